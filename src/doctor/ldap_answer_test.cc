#include "doctor/ldap_answer.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace pforte::doctor {
namespace {

using namespace std::string_literals;

TEST_CASE("StartTLS is asked for as ldapsearch -Z asks") {
  CHECK(start_tls_request() ==
        "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
        "1.3.6.1.4.1.1466.20037"s);
}

TEST_CASE("a directory's answer to StartTLS is read") {
  struct Row {
    std::string bytes;
    LdapReading reading;
    int code;
    std::string_view words;
  };
  const Row rows[] = {
      {"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"s, LdapReading::Whole, 0, ""},
      // Active Directory without a certificate.
      {"\x30\x84\x00\x00\x00\x13\x02\x01\x01\x78\x84\x00\x00\x00\x0a\x0a\x01\x34\x04\x00\x04\x03"
       "TLS"s,
       LdapReading::Whole, 52, "TLS"},
      {"", LdapReading::Partial, -1, ""},
      {"\x30\x0c\x02\x01"s, LdapReading::Partial, -1, ""},
      {"\x30\x03\x02\x01\x01"s, LdapReading::NotLdap, -1, ""},
      {"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"s, LdapReading::NotLdap, -1, ""},
      {"HTTP/1.1 400 Bad Request\r\n\r\n", LdapReading::NotLdap, -1, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes);
    LdapAnswer answer;
    CHECK(read_start_tls_answer(row.bytes, answer) == row.reading);
    CHECK(answer.code == row.code);
    CHECK(answer.words == row.words);
  }
}

}  // namespace
}  // namespace pforte::doctor
