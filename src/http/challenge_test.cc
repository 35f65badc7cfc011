#include "http/challenge.h"

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

namespace pforte::http {

namespace {

std::vector<Challenge> challenges_in(std::string_view value) {
  std::vector<Challenge> found;
  while (std::optional<Challenge> next = next_challenge(value)) found.push_back(*next);
  return found;
}

}  // namespace

TEST_CASE("a field holds one challenge or several, each with its own parameters") {
  struct Row {
    std::string_view value;
    std::vector<Challenge> want;
  };
  const Row rows[] = {
      {"", {}},
      {" , ,", {}},
      {"Negotiate", {{"Negotiate", "Negotiate"}}},
      {"Negotiate YII/ab+c==", {{"Negotiate", "Negotiate YII/ab+c=="}}},
      {"Negotiate, NTLM", {{"Negotiate", "Negotiate"}, {"NTLM", "NTLM"}}},
      {",,NTLM ,\t negotiate,", {{"NTLM", "NTLM"}, {"negotiate", "negotiate"}}},
      {"Basic realm=\"a, Negotiate\"", {{"Basic", "Basic realm=\"a, Negotiate\""}}},
      {"Basic realm=\"a\\\", NTLM\", NTLM", {{"Basic", "Basic realm=\"a\\\", NTLM\""}, {"NTLM", "NTLM"}}},
      {"Digest realm=\"x\", nonce=\"y\" , qop=auth,, Negotiate,Basic realm=z",
       {{"Digest", "Digest realm=\"x\", nonce=\"y\" , qop=auth"},
        {"Negotiate", "Negotiate"},
        {"Basic", "Basic realm=z"}}},
      {"Newauth realm = \"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\"",
       {{"Newauth", "Newauth realm = \"apps\", type=1, title=\"Login to \\\"apps\\\"\""},
        {"Basic", "Basic realm=\"simple\""}}},
      {"Digest ntlm=1, negotiate = 2", {{"Digest", "Digest ntlm=1, negotiate = 2"}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    CHECK(challenges_in(row.value) == row.want);
  }
}

TEST_CASE("what is malformed belongs to the challenge before, or is one without a scheme") {
  struct Row {
    std::string_view value;
    std::vector<Challenge> want;
  };
  const Row rows[] = {
      {"realm=x, charset=y, Basic", {{"", "realm=x, charset=y"}, {"Basic", "Basic"}}},
      {"\"quoted\", Basic", {{"", "\"quoted\""}, {"Basic", "Basic"}}},
      {"Basic realm=\"open, NTLM", {{"Basic", "Basic realm=\"open, NTLM"}}},
      {"Basic realm=\"open\\", {{"Basic", "Basic realm=\"open\\"}}},
      {"Basic, =x, \xff, NTLM", {{"Basic", "Basic, =x, \xff"}, {"NTLM", "NTLM"}}},
      {"NTLM/x, Negotiate\"y\"", {{"NTLM", "NTLM/x"}, {"Negotiate", "Negotiate\"y\""}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    CHECK(challenges_in(row.value) == row.want);
  }
}

TEST_CASE("some schemes sign in a connection, whatever their case") {
  for (std::string_view scheme : {"Negotiate", "NTLM", "ntlm", "NEGOTIATE", "Nego2", "Kerberos", "CredSSP"}) {
    CAPTURE(scheme);
    CHECK(is_connection_scheme(scheme));
  }
  for (std::string_view scheme : {"", "Basic", "Bearer", "Digest", "Negotiated", "NTLMv2", "Nego"}) {
    CAPTURE(scheme);
    CHECK(!is_connection_scheme(scheme));
  }
}

TEST_CASE("a server says by its fields that it signs in the connection, or asks for it") {
  struct Row {
    FieldName known;
    std::string_view value;
    bool want;
  };
  const Row rows[] = {
      {FieldName::WwwAuthenticate, "Negotiate", true},
      {FieldName::WwwAuthenticate, "ntlm TlRMTVNTUAACAAAA", true},
      {FieldName::WwwAuthenticate, "Basic realm=\"a, b\", NTLM", true},
      {FieldName::WwwAuthenticate, "Basic realm=\"a, NTLM\"", false},
      {FieldName::WwwAuthenticate, "Digest x=1, Negotiate=2", false},
      {FieldName::WwwAuthenticate, "", false},
      {FieldName::PersistentAuth, "true", true},
      {FieldName::PersistentAuth, "", true},
      {FieldName::PersistentAuth, "False", false},
      {FieldName::Authorization, "Negotiate YII=", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    CHECK(signs_in_connection({.name = "X", .value = row.value, .known = row.known}) == row.want);
  }
}

}  // namespace pforte::http
