#include "identity/ldap_refusal.h"

#include <algorithm>

namespace pforte::identity {
namespace {

struct Reason {
  std::string_view code;  // a Windows error number, in hex
  std::string_view text;
};

// 52e (wrong password) and 525 (no such account) are missing: they say nothing that the refusal does not.
// Source: Microsoft, system error codes 1327 to 1331, 1793, 1907 and 1909.
constexpr Reason kReasons[] = {
    {"52f", "the account has restrictions"},
    {"530", "not at this hour"},
    {"531", "not from this machine"},
    {"532", "the password has expired"},
    {"533", "the account is disabled"},
    {"701", "the account has expired"},
    {"773", "the password must be changed first"},
    {"775", "the directory has locked the account"},
};

}  // namespace

std::string_view refusal_reason(std::string_view diagnostic) {
  constexpr std::string_view kBefore = ", data ";
  std::size_t at = diagnostic.find(kBefore);
  if (at == std::string_view::npos) return {};
  std::string_view code = diagnostic.substr(at + kBefore.size());
  code = code.substr(0, code.find_first_not_of("0123456789abcdefABCDEF"));
  const Reason* found = std::ranges::find(kReasons, code, &Reason::code);
  return found == std::end(kReasons) ? std::string_view() : found->text;
}

}  // namespace pforte::identity
