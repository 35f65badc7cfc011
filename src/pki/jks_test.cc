#include "pki/jks.h"

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/testing.h"
#include "pki/jks_text.h"

namespace pforte::pki {
namespace {

Jks example() {
  std::string root = crypto::der_of(*crypto::testing::make_authority("root").chain[0]);
  std::string leaf = crypto::der_of(*crypto::testing::make_authority("leaf").chain[0]);
  Jks store;
  store.entries.push_back({.alias = "root \u00e4\u20ac\U0001f511", .created = 1'764'460'800'000, .chain = {root}});
  store.entries.push_back({.alias = "server", .created = -1, .key = "encrypted", .chain = {leaf, root}});
  store.entries.push_back({.alias = "", .created = 0, .key = "another", .chain = {}});
  return store;
}

std::string write(const Jks& store, std::string_view password) {
  auto written = write_jks(store, Secret(password));
  REQUIRE(written);
  return *written;
}

TEST_CASE("a keystore is read as it was written, and written as it was read") {
  for (bool jceks : {false, true}) {
    for (std::string_view password : {"changeit", "", "P\u00e4ssw\u00f6rt \u20ac \U0001f511"}) {
      Jks store = example();
      store.jceks = jceks;
      std::string bytes = write(store, password);
      CHECK(is_jks(bytes));
      auto read = read_jks(bytes, "f", Secret(password));
      REQUIRE(read);
      CHECK(read->checked);
      CHECK(read->jceks == jceks);
      REQUIRE(read->entries.size() == 3);
      CHECK(read->entries[0].alias == store.entries[0].alias);
      CHECK(read->entries[1].key == "encrypted");
      CHECK(read->entries[1].chain == store.entries[1].chain);
      CHECK(write(*read, password) == bytes);
    }
  }
}

TEST_CASE("the check sum is the one that Java writes") {
  auto sum_of = [](std::string_view password) {
    std::string bytes = write(Jks(), password);
    return to_hex(bytes.substr(bytes.size() - 20));
  };
  // Empty keystores of OpenJDK 17.
  CHECK(sum_of("changeit") == "e2686e45fb43dfa4d992dd41ceb6b21c6330d792");
  CHECK(sum_of("") == "57bebc2762a21d70fff218dd5968011ffe423a69");
  CHECK(sum_of("P\u00e4ssw\u00f6rt \u20ac \U0001f511") == "b356f599fb7a0190b047e98bc55fc2a072df3fb1");
}

TEST_CASE("without its password a keystore is read, but nobody says that it is untouched") {
  std::string bytes = write(example(), "changeit");
  auto read = read_jks(bytes, "f", std::nullopt);
  REQUIRE(read);
  CHECK(!read->checked);
}

TEST_CASE("a keystore that is cut or changed anywhere is refused") {
  std::string bytes = write(example(), "changeit");
  std::optional<Secret> password("changeit");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK(!read_jks(bytes.substr(0, size), "f", password));
    CHECK(!read_jks(bytes.substr(0, size), "f", std::nullopt));
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    CAPTURE(at);
    std::string changed = bytes;
    changed[at] = char(changed[at] ^ 1);
    CHECK(!read_jks(changed, "f", password));
  }
  CHECK(!read_jks(bytes + "x", "f", std::nullopt));
}

TEST_CASE("what cannot be read says why") {
  struct Row {
    std::string_view hex, code, why;
  };
  const Row rows[] = {
      {"feedfeed00000001", "trust.unsupported", "JDK 1.1"},
      {"cececece000000020000000100000003", "trust.unsupported", "secret key"},
      {"feedfeed000000020000000100000007", "trust.damaged", "unknown type 7"},
      {"feedfeed0000000200000001000000020002c0af", "trust.damaged", "alias"},
      {"feedfeed00000002000000010000000200016100000000000000000005582e353130", "trust.unsupported", "X.509"},
      {"feedfeed000000020000000100000002000161000000000000000000"
       "05582e353039ffffffff",
       "trust.damaged", "entry 1"},
      {"feedfeed00000002ffffffff", "trust.damaged", "entry 1"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.hex);
    auto read = read_jks(*from_hex(row.hex), "f", std::nullopt);
    REQUIRE(!read);
    CHECK(read.error().code() == row.code);
    CHECK(read.error().text().find(row.why) != std::string::npos);
  }
}

TEST_CASE("Java's UTF-8 is UTF-8 but for NUL and what lies beyond U+FFFF") {
  CHECK(to_modified_utf8("a\u00e4\u20ac") == "a\u00e4\u20ac");
  CHECK(to_modified_utf8(std::string_view("\0", 1)) == "\xc0\x80");
  CHECK(to_modified_utf8("\U0001f511") == "\xed\xa0\xbd\xed\xb4\x91");
  CHECK(from_modified_utf8("\xed\xa0\xbd\xed\xb4\x91") == "\U0001f511");
  for (const char* bytes : {"\xc1\xbf", "\xe0\x81\x81", "\xed\xa0\xbd", "\xf0\x9f\x94\x91", "\x80", "\xc3"}) {
    CAPTURE(bytes);
    CHECK(!from_modified_utf8(bytes));
  }
  CHECK(!from_modified_utf8(std::string_view("\0", 1)));
  CHECK(!to_modified_utf8("\xff"));
}

}  // namespace
}  // namespace pforte::pki
