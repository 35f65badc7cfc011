// What is read of a token lies inside it, and a token with a ticket is one no longer once anything stands behind it:
// two readers cannot see different tickets.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "kerberos/token.h"

namespace {

using pforte::kerberos::Token;

bool lies_in(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

void check(const Token& token, std::string_view bytes) {
  bool may_have =
      token.form == Token::Form::Spnego || token.form == Token::Form::Krb5 || token.form == Token::Form::Continue;
  bool must_have = token.form == Token::Form::Spnego || token.form == Token::Form::Krb5;
  if (token.has_ticket() ? !may_have : must_have) std::abort();
  if (!token.has_ticket()) return;
  if (!lies_in(token.request, bytes) || !lies_in(token.ticket, token.request)) std::abort();
  if (!lies_in(token.authenticator, token.request) || token.authenticator.empty()) std::abort();
  if (token.service.components.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  Token token = pforte::kerberos::read_token(bytes);
  check(token, bytes);
  if (!token.has_ticket()) return 0;
  for (std::string other : {bytes + '\0', bytes.substr(0, bytes.size() - 1)}) {
    if (pforte::kerberos::read_token(other).has_ticket()) std::abort();
  }
  return 0;
}
