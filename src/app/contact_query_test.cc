#include "app/contact_query.h"

#include <doctest/doctest.h>

using namespace pforte;
using namespace pforte::app;

namespace {

contact::Contact somebody() {
  contact::Contact contact;
  contact.client = net::parse_address("192.0.2.7:4711").value();
  contact.sender = net::parse_address("10.0.0.1:80").value();
  contact.server_name = "crm.example.com";
  contact.host = "CRM.example.com:8443";
  contact.selftest = "K7QM2XPA";
  contact.sign_ins = {{.mark = contact::mark_of("peter"), .code = "sign-in.denied"},
                      {.succeeded = true, .login = "Anna", .principal = "anna.b@EXAMPLE.COM"}};
  return contact;
}

}  // namespace

TEST_CASE("a client is found by address, network, login, principal, host and code") {
  for (std::string_view who : {"192.0.2.7", "192.0.2.0/24", "10.0.0.1", "anna", "ANNA", "anna.b", "anna.b@example.com",
                               "peter", "crm.example.com", "K7QM-2XPA", "k7qm2xpa"}) {
    CAPTURE(who);
    CHECK(asks_for(contact_query(std::string(who)), somebody()));
  }
}

TEST_CASE("and by nothing else") {
  for (std::string_view who : {"192.0.2.8", "192.0.3.0/24", "0.0.0.0", "ann", "anna.b@other.com", "example.com",
                               "K7QM-2XPB", "mark", "::1", "", "-"}) {
    CAPTURE(who);
    CHECK(!asks_for(contact_query(std::string(who)), somebody()));
  }
}
