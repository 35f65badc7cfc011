#include "identity/ldap_text.h"

#include <ldap.h>

#include <algorithm>
#include <memory>

#include "base/ascii.h"
#include "base/bytes.h"

namespace pforte::identity {
namespace {

constexpr std::string_view kLogin = "{login}";
constexpr std::string_view kDn = "{dn}";
constexpr std::size_t kLongestLogin = 256;

struct FreeDn {
  void operator()(LDAPDN dn) const { ldap_dnfree(dn); }
};
using Dn = std::unique_ptr<LDAPRDN, FreeDn>;

// Null for what is no distinguished name, and for the empty one.
Dn parse(const std::string& text) {
  LDAPDN dn = nullptr;
  // It would be read up to its NUL only.
  if (text.contains('\0')) return nullptr;
  if (ldap_str2dn(text.c_str(), &dn, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS) return nullptr;
  return Dn(dn);
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void append_hex(std::string& out, char c) {
  out += '\\';
  out += to_hex(std::string_view(&c, 1));
}

}  // namespace

std::string escaped_for_filter(std::string_view value) {
  std::string out;
  for (char c : value) {
    bool plain = !is_control(c) && static_cast<unsigned char>(c) < 0x80 && !std::string_view("*()\\").contains(c);
    if (plain) {
      out += c;
    } else {
      append_hex(out, c);
    }
  }
  return out;
}

std::string escaped_for_dn(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    char c = value[i];
    bool at_end = i == 0 || i + 1 == value.size();
    bool special = std::string_view("\"+,;<>\\=#").contains(c) || (c == ' ' && at_end) || is_control(c);
    if (special) {
      append_hex(out, c);
    } else {
      out += c;
    }
  }
  return out;
}

std::string filled_in(std::string_view pattern, const LdapBlanks& blanks) {
  std::string out;
  while (!pattern.empty()) {
    if (pattern.starts_with(kLogin)) {
      out += blanks.login;
      pattern.remove_prefix(kLogin.size());
    } else if (pattern.starts_with(kDn)) {
      out += blanks.dn;
      pattern.remove_prefix(kDn.size());
    } else {
      out += pattern.front();
      pattern.remove_prefix(1);
    }
  }
  return out;
}

std::string_view unknown_blank(std::string_view pattern) {
  for (std::size_t begin = 0; (begin = pattern.find('{', begin)) != std::string_view::npos; ++begin) {
    std::string_view rest = pattern.substr(begin);
    if (rest.starts_with(kLogin) || rest.starts_with(kDn)) continue;
    return rest.substr(0, std::min(rest.find('}'), rest.size() - 1) + 1);
  }
  return {};
}

bool is_dn(const std::string& text) {
  return parse(text) != nullptr;
}

std::string group_name(const std::string& dn) {
  std::string name = dn;
  if (Dn parsed = parse(dn)) {
    const LDAPAVA& first = **parsed.get()[0];
    if ((first.la_flags & LDAP_AVA_BINARY) != 0) return {};
    name.assign(first.la_value.bv_val, first.la_value.bv_len);
  } else if (name.find_first_of("=,") != std::string::npos) {
    return {};
  }
  return std::ranges::any_of(name, is_control) ? std::string() : name;
}

std::string folded_dn(const std::string& dn) {
  std::string folded = dn;
  Dn parsed = parse(dn);
  char* text = nullptr;
  if (parsed && ldap_dn2str(parsed.get(), &text, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS) {
    folded = text;
    ldap_memfree(text);
  }
  return lowered(folded);
}

bool is_askable_login(std::string_view login) {
  return !login.empty() && login.size() <= kLongestLogin && login.front() != ' ' && login.back() != ' ' &&
         std::ranges::none_of(login, is_control);
}

}  // namespace pforte::identity
