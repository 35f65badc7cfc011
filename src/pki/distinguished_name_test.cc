#include "pki/distinguished_name.h"

#include <doctest/doctest.h>
#include <openssl/x509.h>

#include <string>
#include <vector>

#include "crypto/owned.h"

namespace pforte::pki {
namespace {

struct Part {
  const char* attribute;
  int type;  // of the string
  std::string value;
  int set = 0;  // -1: in the part before
};

std::string der_of_name(const std::vector<Part>& parts) {
  crypto::Owned<X509_NAME, X509_NAME_free> name(X509_NAME_new());
  for (const Part& part : parts) {
    REQUIRE(X509_NAME_add_entry_by_txt(name.get(), part.attribute, part.type,
                                       reinterpret_cast<const unsigned char*>(part.value.data()),
                                       int(part.value.size()), -1, part.set) == 1);
  }
  const unsigned char* der = nullptr;
  std::size_t size = 0;
  REQUIRE(X509_NAME_get0_der(name.get(), &der, &size) == 1);
  return {reinterpret_cast<const char*>(der), size};
}

TEST_CASE("names are equal whatever string type, case and superfluous blanks they have") {
  std::string plain =
      name_key(der_of_name({{"O", V_ASN1_UTF8STRING, "Example Company"}, {"CN", V_ASN1_UTF8STRING, "Root"}}));
  CHECK(name_key(der_of_name(
            {{"O", V_ASN1_PRINTABLESTRING, "  example   COMPANY "}, {"CN", V_ASN1_UTF8STRING, "root"}})) == plain);
  CHECK(name_key(der_of_name({{"O", V_ASN1_T61STRING, "Example Company"},
                              {"CN", V_ASN1_BMPSTRING, std::string("\0R\0o\0o\0t", 8)}})) == plain);
  CHECK(name_key(der_of_name({{"CN", V_ASN1_UTF8STRING, "Root"}, {"O", V_ASN1_UTF8STRING, "Example Company"}})) !=
        plain);
  CHECK(name_key(der_of_name({{"O", V_ASN1_UTF8STRING, "ExampleCompany"}, {"CN", V_ASN1_UTF8STRING, "Root"}})) !=
        plain);
}

TEST_CASE("the key of a name is the same, however it is read") {
  const std::string names[] = {
      der_of_name({}),
      der_of_name(
          {{"C", V_ASN1_PRINTABLESTRING, "DE"}, {"O", V_ASN1_UTF8STRING, "Bäcker"}, {"CN", V_ASN1_UTF8STRING, "x"}}),
      der_of_name({{"DC", V_ASN1_IA5STRING, "Example"}, {"DC", V_ASN1_IA5STRING, "COM"}}),
      der_of_name({{"O", V_ASN1_UTF8STRING, "a"}, {"CN", V_ASN1_UTF8STRING, "b", -1}}),
      der_of_name({{"CN", V_ASN1_T61STRING, "\xe4"}}),
      der_of_name({{"CN", V_ASN1_UTF8STRING, "a"}}) + "x",
      "\x30\x02\x31\x00",
      "",
      "no name",
  };
  for (const std::string& der : names) {
    CAPTURE(der);
    CHECK(name_key(der) == read_distinguished_name(der).key());
  }
}

}  // namespace
}  // namespace pforte::pki
