#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "app/contact_query.h"
#include "contact/contact.h"
#include "contact/ring.h"

namespace pforte::app {

// What the ring has of somebody.
struct ContactFinding {
  static constexpr std::size_t kMostKept = 1000;

  std::deque<contact::Contact> contacts;        // the newest, in the order in which they were written down
  std::uint64_t count = 0;                      // of all, also of those that were only counted
  std::uint64_t failures = 0;                   // of these
  std::optional<contact::Time> before;          // the last one before the time that is looked at
  std::uint64_t lost = 0;                       // contacts of anybody that could not be written down in that time
  std::optional<contact::Contact> last_of_all;  // of anybody
  contact::RingOutline ring;
};

// Whether something is to be put right about it: it failed, or whoever tried to sign in was not let in.
bool is_at_fault(const contact::Contact& contact);
// Whether it tells how this client fares: neither a look at the port nor a connection in reserve.
bool is_decisive(const contact::Contact& contact);

// The last that is decisive; none: there is no such.
const contact::Contact* decisive(const ContactFinding& finding);

// Reads the file. What lies before `since` is only seen as `before`. Fails as contact::read_ring() does.
Result<ContactFinding> find_contacts(const std::string& file, const ContactQuery& query, contact::Time since);

}  // namespace pforte::app
