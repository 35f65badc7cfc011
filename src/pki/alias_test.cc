#include "pki/alias.h"

#include <doctest/doctest.h>

#include <string>

#include "crypto/certificate_outline.h"
#include "crypto/testing.h"

namespace pforte::pki {
namespace {

TEST_CASE("aliases are lowered letter by letter, as Java does, beyond ASCII too") {
  struct Row {
    std::string_view alias, lowered;
  };
  const Row rows[] = {{"Root-CA", "root-ca"},
                      {"ÄÖÜ Σ", "äöü σ"},
                      {"ẞ", "ß"},
                      {"🔑 X", "🔑 x"},
                      {"\xff"
                       "A",
                       "\xff"
                       "a"}};
  for (const Row& row : rows) {
    CAPTURE(row.alias);
    CHECK(lowered_alias(row.alias) == row.lowered);
  }
}

TEST_CASE("a Java keystore has its aliases in lower case, other stores as they were given") {
  CHECK(canonical_alias("Root Ä", StoreForm::Jks).value() == "root ä");
  CHECK(canonical_alias("Root Ä", StoreForm::Jceks).value() == "root ä");
  CHECK(canonical_alias("Root Ä", StoreForm::Pkcs12).value() == "Root Ä");
  CHECK(canonical_alias("../x", StoreForm::Pem).value() == "../x");
}

TEST_CASE("what cannot be an alias is refused: empty, too long, no text, and in a folder no file name") {
  for (const std::string& alias : {std::string(), std::string(201, 'a'), std::string("a\nb"), std::string("\xff"),
                                   std::string("a\u202eb"), std::string("a\U000e0041")})
    CHECK(canonical_alias(alias, StoreForm::Pkcs12).error().code() == "trust.alias");
  CHECK(canonical_alias(std::string(200, 'a'), StoreForm::Pkcs12));
  for (const char* alias : {"a/b", ".a", ".."})
    CHECK(canonical_alias(alias, StoreForm::Directory).error().code() == "trust.alias");
}

TEST_CASE("a certificate without an alias is called by its common name, in letters that fit every store") {
  struct Row {
    std::string_view subject, alias;
  };
  const Row rows[] = {{"Company Root CA 1", "company-root-ca-1"},
                      {"-.Äpfel & Co.-", "äpfel-co."},
                      {"!!!", "certificate"},
                      {"www.example.com", "www.example.com"}};
  for (const Row& row : rows) {
    CAPTURE(row.subject);
    crypto::Identity made = crypto::testing::make_authority(std::string(row.subject));
    CHECK(alias_by_subject(crypto::der_of(*made.chain[0])) == row.alias);
  }
  CHECK(alias_by_subject("no certificate") == "certificate");
}

}  // namespace
}  // namespace pforte::pki
