#include "kerberos/krb5_file.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "crypto/testing.h"
#include "kerberos/kdc_locations.h"

namespace pforte::kerberos {

namespace {

std::string told(const std::vector<Krb5Doubt>& doubts) {
  std::string out;
  for (const Krb5Doubt& doubt : doubts) out += cat(doubt.place.line, ':', doubt.place.column, ' ', doubt.what.en, '\n');
  return out;
}

}  // namespace

TEST_CASE("DNS is asked for KDCs unless the first setting that is there is no yes") {
  auto asks = [](std::string_view lines) {
    return asks_dns_for_kdcs(read_krb5_file(cat("[libdefaults]\n", lines), "k"));
  };
  CHECK(asks(""));
  CHECK(asks("dns_lookup_kdc = true\n"));
  CHECK(asks("dns_lookup_kdc = on\ndns_fallback = no\n"));
  CHECK(!asks("dns_lookup_kdc = maybe\n"));
  CHECK(!asks("dns_fallback = 0\n"));
}

TEST_CASE("sections, blocks and values are read as the library reads them") {
  Krb5File file = read_krb5_file(
      "# c\n; c\n[libdefaults]\r\n  default_realm = A.B \n[realms]\n A.B = {\n  kdc = k1\n  kdc = \"k 2\"\n"
      "  v4 = {\n   x = y\n  }\n }\n C =\n {\n kdc* = k3\n } # c\ninclude /etc/x\nincludedir /etc/y\n[libdefaults]*\n"
      "default_realm = Z\n",
      "k");
  CHECK(told(file.doubts).empty());
  CHECK(file.find({"libdefaults", "default_realm"})->value == "A.B");
  CHECK(file.find({"realms", "A.B", "kdc"})->value == "k1");
  CHECK(file.relations[2].value == "k 2");
  CHECK(file.find({"realms", "A.B", "v4", "x"})->value == "y");
  CHECK(file.find({"realms", "C", "kdc"})->place == conf::Place{"k", 15, 2});
  CHECK(file.find({"realms", "C"}) == nullptr);
  REQUIRE(file.includes.size() == 2);
  CHECK(file.includes[0].value == "/etc/x");
}

TEST_CASE("what is hardly meant is told with its line") {
  struct Row {
    std::string_view text, want;
  };
  const Row rows[] = {
      {"[realms]\n  A.B = { kdc = x }\n", "2:3 something stands behind the { of A.B"},
      {"[realms]\n A.B = {\n kdc = x\n", "2:2 the block of A.B is never closed"},
      {"[realms]\n A.B = {\n kdc = x }\n }\n", "3:2 the } belongs to the value of kdc"},
      {"[realms\n", "1:1 the head of a section"},
      {"[realms] x\n", "1:1 the head of a section"},
      {"[realms]\nfoo\n", "2:1 the line is not of the form"},
      {"[realms]\n a b = c\n", "2:2 the line is not of the form"},
      {"[realms]\n = c\n", "2:2 the line is not of the form"},
      {"a = b\n[realms]\n", "1:1 a stands before the first section"},
      {"[realms]\n}\n", "2:1 } closes no block"},
      {"[realms]\n a =\n b = c\n", "3:2 a has no value, and no { follows"},
      {"[realms]\n a = {\n[x]\n", "3:1 a section begins inside the block of a"},
      {"\xef\xbb\xbf[realms]\n", "1:1 the file begins with a byte order mark"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(told(read_krb5_file(row.text, "k").doubts).starts_with(row.want));
  }
}

TEST_CASE("what the library refuses is an error, what it reads otherwise a warning, each with its line") {
  struct Row {
    std::string_view text, want;
    conf::Severity severity;
  };
  const Row rows[] = {
      {"[realms]\n  A.B = { kdc = x }\n", "kerberos.krb5-doubt", conf::Severity::Warning},
      {"[realms]\n  A.B = { kdc = x\n }\n", "kerberos.krb5-syntax", conf::Severity::Error},
      {"[realms]\n  foo\n", "kerberos.krb5-syntax", conf::Severity::Error},
      {"[libdefaults]\n  permitted_enctypes = rc4-hmac,des-cbc-crc\n", "kerberos.krb5-weak", conf::Severity::Warning},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    crypto::testing::Folder folder;
    std::string file = folder.write("krb5.conf", row.text);
    conf::Problems problems;
    check_krb5_file({file, {}}, problems);
    REQUIRE(!problems.all().empty());
    CHECK(problems.all()[0].code == row.want);
    CHECK(problems.all()[0].severity == row.severity);
    CHECK(conf::to_text(problems.all()[0].place) == cat(file, ":2:3"));
  }
}

TEST_CASE("what is included is read as well, and named where it is wrong") {
  crypto::testing::Folder folder;
  std::string part = folder.write("part.conf", "[libdefaults]\ndefault_realm = A\nfoo\n");
  std::string file = folder.write("krb5.conf", cat("include ", part, "\n"));
  conf::Problems problems;
  Krb5File read = check_krb5_file({file, {}}, problems);
  REQUIRE(read.find({"libdefaults", "default_realm"}));
  REQUIRE(problems.all().size() == 1);
  CHECK(conf::to_text(problems.all()[0].place) == cat(part, ":3:1"));

  std::string lost = folder.write("lost.conf", "\ninclude /nowhere/krb5.conf\n");
  conf::Problems others;
  check_krb5_file({lost, {}}, others);
  REQUIRE(others.all().size() == 1);
  CHECK(conf::to_text(others.all()[0].place) == cat(lost, ":2:1"));
}

TEST_CASE("a file that is not there is told where it is named") {
  conf::Problems problems;
  check_krb5_file({"/nowhere/krb5.conf", {"pforte.toml", 3, 5}}, problems);
  REQUIRE(problems.all().size() == 1);
  CHECK(problems.all()[0].code == "kerberos.krb5-missing");
  CHECK(problems.all()[0].what.en == "there is no file /nowhere/krb5.conf");
  CHECK(problems.all()[0].place.line == 3);
}

}  // namespace pforte::kerberos
