#include "kerberos/password_key.h"

#include <doctest/doctest.h>

#include "base/bytes.h"

namespace pforte::kerberos {

TEST_CASE("keys from passwords are those of the standards' own examples and of MIT krb5") {
  struct Row {
    int encryption;
    std::string_view password, salt, parameters, key;
  };
  std::string sha2_iterations("\0\0\x80\0", 4);
  std::string sha2_salt = *from_hex("10df9dd783e5bc8acea1730e74355f61") + "ATHENA.MIT.EDUraeburn";
  const Row rows[] = {
      // What ktutil of MIT krb5 makes: the library takes no fewer iterations than 4096, as the examples of RFC 3962
      // have.
      {17, "secret1", "EXAMPLE.COMHTTPcrm.example.com", "", "30f3a98fe6fd586b6031935128279c36"},
      {18, "secret1", "EXAMPLE.COMHTTPcrm.example.com", "",
       "92f4d419cbd7b2a6b977cbced40aff21eaa2f0c22cf2f822da4f9b6319a2b015"},
      // RFC 8009, appendix A.
      {19, "password", sha2_salt, sha2_iterations, "089bca48b105ea6ea77ca5d2f39dc5e7"},
      {20, "password", sha2_salt, sha2_iterations, "45bd806dbf6a833a9cffc1c94589a222367a79bc21c413718906e9f578a78467"},
      // RFC 4757: MD4 of UTF-16, whatever the salt.
      {23, "foo", "ignored", "", "ac8e657f83df82beea5d43bdaf7800cc"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.encryption);
    Result<Secret> key = password_key(row.encryption, Secret(row.password), row.salt, row.parameters);
    REQUIRE(key);
    CHECK(to_hex(key->reveal()) == row.key);
  }
}

TEST_CASE("salts follow the principal, or the account in Active Directory") {
  CHECK(default_salt({{"HTTP", "crm.example.com"}, "EXAMPLE.COM"}) == "EXAMPLE.COMHTTPcrm.example.com");
  CHECK(user_salt("example.com", "Svc-Crm") == "EXAMPLE.COMSvc-Crm");
  CHECK(computer_salt("Example.Com", "PC01$") == "EXAMPLE.COMhostpc01.example.com");
  CHECK(computer_salt("EXAMPLE.COM", "PC01") == "EXAMPLE.COMhostpc01.example.com");
}

TEST_CASE("encryptions have short names and those of the registry; DES has none here") {
  CHECK(encryption_called("aes256-sha1") == 18);
  CHECK(encryption_called("aes128-cts-hmac-sha256-128") == 19);
  CHECK(encryption_called("rc4") == 23);
  CHECK(!encryption_called("des-cbc-crc"));
  CHECK(!encryption_called(""));
  CHECK(!password_key(1, Secret("x"), "y"));
}

}  // namespace pforte::kerberos
