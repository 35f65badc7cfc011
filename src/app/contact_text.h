#pragma once

#include <string>
#include <vector>

#include "app/contact_query.h"
#include "app/contact_search.h"
#include "base/message.h"
#include "net/address.h"

namespace pforte::app {

// What the gate itself says about where clients should arrive, to look for one who does not.
struct Surroundings {
  std::vector<net::Address> listeners;  // TLS
  std::vector<std::string> hosts;       // of sites
  std::vector<std::string> passed;      // hosts that are passed through
  bool contacts_off = false;
};

// Whether a site, or what is passed through, has this name; the one for all other names does not count.
bool is_host_of(const Surroundings& around, const std::string& name);

// `pforte doctor client`: what is known first, then why, then the contacts one by one.
std::string contacts_text(const ContactQuery& query, const ContactFinding& finding, const Surroundings& around,
                          contact::Time now, Language language);

// The newest self-test with the code that was asked for. Null: none was, or none is found.
const contact::Contact* self_test_of(const ContactQuery& query, const ContactFinding& finding);

// What the page of that self-test has shown, one thing a line. Empty: there is none.
std::string self_test_text(const ContactQuery& query, const ContactFinding& finding, Language language);

// Where to look for a client of whom there is nothing, one thing a line.
std::vector<Message> where_else(const ContactQuery& query, const ContactFinding& finding, const Surroundings& around);

// "TLS alert 48 …" of a contact that failed, or of its sign-in: what is wrong, and what to do about it. A command of
// ours goes by `config`, where that is named.
struct Advice {
  std::string id;
  Message what;
  Message remedy;       // may be empty
  std::string command;  // may be empty
};
Advice advice_for(const contact::Contact& contact, const std::string& config);

}  // namespace pforte::app
