#include "identity/ldap_refusal.h"

#include <doctest/doctest.h>

#include <string>

namespace pforte::identity {

TEST_CASE("what Active Directory has against an account is told from a wrong password") {
  auto reason = [](const std::string& data) {
    return refusal_reason("80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data " + data +
                          ", v3839");
  };
  CHECK(reason("52e").empty());
  CHECK(reason("525").empty());
  CHECK(reason("532") == "the password has expired");
  CHECK(reason("533") == "the account is disabled");
  CHECK(reason("701") == "the account has expired");
  CHECK(reason("773") == "the password must be changed first");
  CHECK(reason("775") == "the directory has locked the account");
  CHECK(reason("5330").empty());
  CHECK(refusal_reason("").empty());
  CHECK(refusal_reason("data 533").empty());
}

}  // namespace pforte::identity
