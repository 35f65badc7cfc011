#pragma once

#include <string>
#include <vector>

#include "contact/contact.h"
#include "gate/sign_in_page.h"

namespace pforte::gate {

// What arrives of a browser at the page /.pforte/selftest.
struct SelfTestFacts {
  static constexpr std::size_t kMostOfLanguage = 40;  // bytes

  std::string tls_version = {};  // empty: TLS ends before the gate, or there is none
  std::string cipher = {};
  std::string server_name = {};  // SNI
  std::string protocol = {};     // "HTTP/2"
  std::string certificate = {};  // the names in it; empty: none was shown
  std::string valid_until = {};  // RFC 3339
  std::string client = {};
  std::string language = {};  // Accept-Language, its beginning
  std::string cookie = {};    // "yes", "no", "not-over-http"
  std::string ticket = {};    // "kerberos", "ntlm", "garbage", "other"; "none" where it was asked for, "not-asked"
  std::string bytes = {};     // of the ticket
  std::string service = {};   // that it is for
};

// One below the other, as the page shows them to whoever sits in front of the browser, and `pforte doctor client CODE`
// to the administrator.
std::vector<SelfTestRow> rows_of(const SelfTestFacts& facts);

// What a contact keeps of them besides what it knows of its connection: "cookie=yes ticket=kerberos bytes=1432 …". The
// most telling first, since what is too long is cut.
std::string findings_of(const SelfTestFacts& facts);

// The facts as a contact has kept them.
SelfTestFacts facts_of(const contact::Contact& contact);

}  // namespace pforte::gate
