#include "kerberos/java_properties.h"

#include <doctest/doctest.h>

namespace pforte::kerberos {

using namespace std::string_view_literals;

namespace {

// "key=value;" for each.
std::string read(std::string_view text) {
  conf::Problems problems;
  std::string out;
  for (const Property& one : read_java_properties(text, "a.properties", problems))
    out += one.key.value + "=" + one.value.value + ";";
  return out;
}

}  // namespace

TEST_CASE("properties are read as Java reads them") {
  struct Row {
    std::string_view text, want;
  };
  const Row rows[] = {
      {"a=b", "a=b;"},
      {"a = b \n", "a=b ;"},
      {"a:b", "a=b;"},
      {"a b", "a=b;"},
      {"a\tb=c", "a=b=c;"},
      {"a", "a=;"},
      {"a=", "a=;"},
      {"=b", "=b;"},
      {"a==b", "a==b;"},
      {"a = = b", "a== b;"},
      {"# a=b\n! c=d\n  # e\nf=g # h", "f=g # h;"},
      {"a=b\\\n   c\\\r\n d", "a=bcd;"},
      {"a\\\n  b=c", "ab=c;"},
      {"a=\\\n\n b=c", "a=;b=c;"},
      {"a=b\\", "a=b;"},
      {"a\\=b=c", "a=b=c;"},
      {"a\\:b\\ c=d", "a:b c=d;"},
      {"a=\\t\\n\\r\\f\\\\\\z", "a=\t\n\r\f\\z;"},
      {"a=\\u00fc\\u20AC", "a=\xc3\xbc\xe2\x82\xac;"},
      {"a=\\uD83D\\uDE00", "a=\xf0\x9f\x98\x80;"},
      {"a=\\uD83Dx", "a=\xef\xbf\xbdx;"},
      {"a=\xc3\xbc", "a=\xc3\xbc;"},
      {"a=\xfc", "a=\xc3\xbc;"},
      {"\xef\xbb\xbf"
       "a=b",
       "a=b;"},
      {"a=b\rc=d\r\n\r\ne=f", "a=b;c=d;e=f;"},
      {"a=1\na=2", "a=1;a=2;"},
      {"", ""},
      {"\\", "=;"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(read(row.text) == row.want);
  }
}

TEST_CASE("the files of the product are read as they are") {
  constexpr std::string_view kText =
      "# path to kerberos configuration\r\n"
      "kerberos.config.location=C:\\\\conf\\\\krb5.ini\r\n"
      "\xc2\xa0\r\n"
      "# one or more service principals (principal = path to keytab file)\r\n"
      "HTTP/MyComputer.MySSODomain.com@MYSSODOMAIN.COM=C:\\\\conf\\\\tomcat.keytab\r\n";
  conf::Problems problems;
  std::vector<Property> got = read_java_properties(kText, "a.properties", problems);
  REQUIRE(got.size() == 3);
  CHECK(got[0].value.value == R"(C:\conf\krb5.ini)");
  CHECK(got[2].key.value == "HTTP/MyComputer.MySSODomain.com@MYSSODOMAIN.COM");
  CHECK(got[2].value.value == R"(C:\conf\tomcat.keytab)");
  CHECK(problems.all().empty());
}

TEST_CASE("keys and values know where they stand") {
  conf::Problems problems;
  std::vector<Property> got =
      read_java_properties("# x\n\n  \xc3\xbc\xc3\xbc = b\r\n\\\n c=\\\n   d", "a.properties", problems);
  REQUIRE(got.size() == 2);
  CHECK(conf::to_text(got[0].key.place) == "a.properties:3:3");
  CHECK(conf::to_text(got[0].value.place) == "a.properties:3:8");
  CHECK(conf::to_text(got[1].key.place) == "a.properties:4:1");
  CHECK(conf::to_text(got[1].value.place) == "a.properties:6:4");
}

TEST_CASE("what Java would refuse or drop is said, with its place") {
  conf::Problems problems;
  read_java_properties("a=b\nb=\\u00g0\nc=C:\\conf\\krb5.ini\n", "a.properties", problems);
  REQUIRE(problems.all().size() == 2);
  CHECK(problems.all()[0].code == "kerberos.properties-escape");
  CHECK(conf::to_text(problems.all()[0].place) == "a.properties:2:3");
  CHECK(problems.all()[1].code == "kerberos.properties-backslash");
  CHECK(conf::to_text(problems.all()[1].place) == "a.properties:3:5");
  CHECK(problems.all()[1].what.en.find("\"C:confkrb5.ini\"") != std::string::npos);
}

TEST_CASE("properties cut anywhere are read to their end") {
  constexpr std::string_view kText = "a\\u00fc=b\\\r\n c\\uD83D\\uDE00\xc3\xbc\\\xc3\xbc\n! x\nk v\\";
  for (std::size_t size = 0; size <= kText.size(); ++size) read(kText.substr(0, size));
}

}  // namespace pforte::kerberos
