#include "kerberos/token.h"

#include <doctest/doctest.h>

#include "kerberos/der_testing.h"

namespace pforte::kerberos {

using namespace std::string_view_literals;
using namespace testing;

namespace {

const std::string ntlm_token("NTLMSSP\0\x01\0\0\0", 12);

void check_ticket(const Token& token) {
  CHECK(token.service.to_text() == "HTTP/crm.example.com@EXAMPLE.COM");
  CHECK(token.encryption == 18);
  CHECK(token.key_version == 3);
  CHECK(token.authenticator == "sealed authenticator");
  CHECK(token.ticket == ticket({}));
  CHECK(token.request.starts_with('\x6e'));
}

}  // namespace

TEST_CASE("a ticket tells its service, key version and encryption without a key") {
  std::string bare = krb5_token();
  std::string first = first_leg(microsoft_krb5_oid + krb5_oid + ntlm_oid, bare);
  std::string later = later_leg(bare);
  CHECK(read_token(bare).form == Token::Form::Krb5);
  CHECK(read_token(first).form == Token::Form::Spnego);
  CHECK(read_token(later).form == Token::Form::Continue);
  for (const std::string& bytes : {bare, first, later}) check_ticket(read_token(bytes));
}

TEST_CASE("a ticket need not name a key version") {
  TicketParts parts;
  parts.key_version.clear();
  std::string bytes = krb5_token(parts);
  CHECK(read_token(bytes).key_version == -1);
  parts.key_version = field(1, der(tag::kInteger, "\x7f\xff\xff\xff"));
  bytes = krb5_token(parts);
  CHECK(read_token(bytes).key_version == 0x7fffffff);
}

TEST_CASE("every form is told from the others") {
  struct Row {
    std::string_view name;
    std::string bytes;
    Token::Form form;
  };
  const Row rows[] = {
      {"NTLM", ntlm_token, Token::Form::Ntlm},
      {"NTLM in a frame", der(tag::application(0), {ntlm_oid, ntlm_token}), Token::Form::Ntlm},
      {"SPNEGO with NTLM", first_leg(ntlm_oid, ntlm_token), Token::Form::Ntlm},
      {"SPNEGO with NegoEx and NTLM", first_leg(nego_ex_oid + ntlm_oid, "NEGOEXTS"), Token::Form::Ntlm},
      {"NTLM where a ticket was announced", first_leg(krb5_oid + ntlm_oid, ntlm_token), Token::Form::Ntlm},
      {"NTLM in a later leg", later_leg(ntlm_token), Token::Form::Ntlm},
      {"SPNEGO with NegoEx", first_leg(nego_ex_oid, "NEGOEXTS"), Token::Form::Other},
      {"another mechanism", der(tag::application(0), {nego_ex_oid, "x"}), Token::Form::Other},
      {"NTLM first, krb5 offered", first_leg(ntlm_oid + krb5_oid, ntlm_token), Token::Form::SpnegoWithoutTicket},
      {"krb5 without a ticket", first_leg(krb5_oid, ""), Token::Form::SpnegoWithoutTicket},
      {"a later leg without a ticket", later_leg("", "code"), Token::Form::Continue},
      {"an empty later leg", later_leg(""), Token::Form::Continue},
      {"nothing", "", Token::Form::Garbage},
      {"text", "Basic dXNlcjpw", Token::Form::Garbage},
      {"garbage in a later leg", later_leg("x"), Token::Form::Garbage},
      {"garbage for a ticket", first_leg(krb5_oid, "x"), Token::Form::Garbage},
      {"no mechanism", first_leg("", ""), Token::Form::Garbage},
      {"a TLS hello", "\x16\x03\x01\x02\x01", Token::Form::Garbage},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Token token = read_token(row.bytes);
    CHECK(token.form == row.form);
    CHECK(!token.has_ticket());
  }
}

TEST_CASE("a token that is cut anywhere has no ticket") {
  std::string bare = krb5_token();
  for (const std::string& whole : {bare, first_leg(krb5_oid, bare), later_leg(bare)}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CAPTURE(size);
      CHECK(!read_token(std::string_view(whole).substr(0, size)).has_ticket());
    }
  }
}

TEST_CASE("nothing may stand behind the end, twice, or in another order") {
  std::string bare = krb5_token();
  std::string trailing = bare + '\0';
  std::string twice =
      der(tag::application(0), {spnego_oid, field(0, der(tag::kSequence, {field(0, der(tag::kSequence, krb5_oid)),
                                                                          field(2, der(tag::kOctetString, bare)),
                                                                          field(2, der(tag::kOctetString, bare))}))});
  std::string order =
      der(tag::application(0), {spnego_oid, field(0, der(tag::kSequence, {field(2, der(tag::kOctetString, bare)),
                                                                          field(0, der(tag::kSequence, krb5_oid))}))});
  std::string long_length = "\x60\x84" + std::string("\0\0", 2);
  long_length += char(bare.size() >> 8);
  long_length += char(bare.size() & 0xff);
  for (const std::string& bytes : {trailing, first_leg(krb5_oid, trailing), first_leg(krb5_oid, bare) + "x",
                                   later_leg(trailing), twice, order, long_length + bare.substr(3)}) {
    CHECK(read_token(bytes).form == Token::Form::Garbage);
  }
}

TEST_CASE("a token of depth or breadth without end is garbage in no time") {
  std::string deep = "x";
  for (int i = 0; i < 5000; ++i) deep = der(tag::application(0), deep);
  CHECK(read_token(deep).form == Token::Form::Garbage);

  std::string many;
  for (int i = 0; i < 10000; ++i) many += nego_ex_oid;
  CHECK(read_token(first_leg(many, "")).form == Token::Form::Garbage);
}

TEST_CASE("a ticket of 64 kB is read") {
  TicketParts parts;
  parts.cipher.assign(65000, 'x');
  std::string bytes = first_leg(krb5_oid, krb5_token(parts));
  CHECK(read_token(bytes).form == Token::Form::Spnego);
}

TEST_CASE("a service's name is taken byte by byte") {
  TicketParts parts;
  parts.name = {"HTTP", "a/b@c"};
  parts.realm = std::string("R\0X", 3);
  std::string bytes = krb5_token(parts);
  CHECK(read_token(bytes).service.to_text() == R"(HTTP/a\/b\@c@R\0X)");
}

TEST_CASE("a krb5 token is taken out of SPNEGO when it is for the first mechanism of the list") {
  std::string bare = krb5_token({});
  CHECK(read_token(first_leg(krb5_oid, bare)).inner == bare);
  CHECK(read_token(first_leg(microsoft_krb5_oid + krb5_oid + ntlm_oid, bare)).inner == bare);
  CHECK(read_token(first_leg(ntlm_oid + krb5_oid, bare)).inner.empty());
  CHECK(read_token(bare).inner.empty());
}

TEST_CASE("what SPNEGO itself says last is as RFC 4178 has it") {
  std::string head = field(0, der(tag::kEnumerated, std::string(1, '\0'))) + field(1, krb5_oid);
  CHECK(spnego_completed("") == field(1, der(tag::kSequence, head)));
  for (std::size_t size : {1, 0x7f, 0x80, 0x100, 70000}) {
    std::string answer(size, 'x');
    CHECK(spnego_completed(answer) == field(1, der(tag::kSequence, head + field(2, der(tag::kOctetString, answer)))));
  }
}

}  // namespace pforte::kerberos
