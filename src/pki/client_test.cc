#include "pki/client.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "pki/client_words.h"
#include "pki/testing.h"

namespace pforte::pki {
namespace {

using testing::about;
using testing::authority;
using testing::kNow;
using testing::Made;
using testing::make;
using testing::Recipe;

std::vector<ClientVerdict> asked(ClientKind kind, const Question& question) {
  return judge_as(kind, {question, question.untrusted});
}

TEST_CASE("each kind of client has its programs") {
  const Made root = make(authority("root"), nullptr), leaf = make({}, &root);
  Question question = about(leaf, {}, {&root});
  for (auto [kind, count] :
       {std::pair(ClientKind::Browser, 2), {ClientKind::App, 2}, {ClientKind::Java, 1}, {ClientKind::OpenSsl, 1}}) {
    std::vector<ClientVerdict> verdicts = asked(kind, question);
    CHECK(verdicts.size() == std::size_t(count));
    for (const ClientVerdict& verdict : verdicts) {
      CHECK(verdict.kind == kind);
      CHECK(verdict.trusted);
      CHECK(verdict.message.empty());
    }
  }
}

TEST_CASE(
    "of a wrong name and a wrong date, browsers tell the name, Java and OpenSSL the date or the name they meet first") {
  const Made root = make(authority("root"), nullptr);
  const Made leaf = make({.until = kNow - std::chrono::days(1)}, &root);
  Question question = about(leaf, {}, {&root});
  question.wanted.names = {{NameForm::Dns, "other.example.com"}};
  CHECK(asked(ClientKind::Browser, question)[0].message == "net::ERR_CERT_COMMON_NAME_INVALID (-200)");
  CHECK(asked(ClientKind::Java, question)[0].message.contains("validity check failed"));
  CHECK(asked(ClientKind::OpenSsl, question)[0].message == "error 62 at 0 depth lookup: hostname mismatch");
}

TEST_CASE("a wildcard below a public suffix keeps browsers from the hosts that no other name covers") {
  const Made root = make(authority("root"), nullptr);
  const Made leaf = make({.extensions = {{NID_subject_alt_name, "DNS:intranet,DNS:app.intranet,DNS:*.intranet"},
                                         {NID_ext_key_usage, "serverAuth"}}},
                         &root);
  Question question = about(leaf, {}, {&root});
  for (auto [host, trusted] : {std::pair("intranet", true), {"app.intranet", true}, {"other.intranet", false}}) {
    CAPTURE(host);
    question.wanted.names = {{NameForm::Dns, host}};
    CHECK(asked(ClientKind::Browser, question)[0].trusted == trusted);
  }
}

TEST_CASE("Java has a sentence for each kind of name, and one for certificates without any") {
  const Made root = make(authority("root"), nullptr), leaf = make({}, &root);
  const Made nameless = make({.extensions = {}}, &root);
  struct Row {
    const Made& made;
    PeerName name;
    std::string_view says;
  };
  const PeerName host{NameForm::Dns, "a.example"}, address{NameForm::Ip, std::string("\x0a\x00\x00\x01", 4)};
  const Row rows[] = {{leaf, host, "No subject alternative DNS name matching a.example found."},
                      {leaf, address, "No subject alternative names matching IP address 10.0.0.1 found"},
                      {nameless, host, "No name matching a.example found"},
                      {nameless, address, "No subject alternative names present"}};
  for (const Row& row : rows) {
    CAPTURE(row.says);
    Question question = about(row.made, {}, {&root});
    question.wanted.names = {row.name};
    CHECK(asked(ClientKind::Java, question)[0].message == row.says);
  }
}

TEST_CASE("clients ask for no revocation list or OCSP response of their own accord") {
  const Made root = make(authority("root"), nullptr), leaf = make({.serial = 7}, &root);
  const Crl revoked = make_list({.revoked = {7}}, root);
  Question question = about(leaf, {}, {&root});
  question.crls = {&revoked};
  CHECK(!verify(question).trusted);
  CHECK(asked(ClientKind::Browser, question)[0].trusted);
  const OcspResponse unavailable = read_ocsp("\x30\x03\x0a\x01\x03", "test").value();
  question.crls.clear();
  question.responses = {&unavailable};
  CHECK(!verify(question).trusted);
  CHECK(asked(ClientKind::Java, question)[0].trusted);
}

TEST_CASE("whoever has words for a broken rule has them for one that there is") {
  for (const ClientWords& words : client_words()) CHECK(rule_of(words.rule).id == words.rule);
}

}  // namespace
}  // namespace pforte::pki
