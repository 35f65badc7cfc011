#include "kerberos/principal.h"

#include "base/text.h"

namespace pforte::kerberos {
namespace {

// Control characters that have a letter, RFC 1964, 2.1.1.
constexpr std::string_view kControls("\n\t\b\0", 4);
constexpr std::string_view kLetters = "ntb0";

void append_escaped(std::string& out, std::string_view text) {
  for (char c : text) {
    std::size_t control = kControls.find(c);
    if (control != std::string_view::npos) {
      out += '\\';
      out += kLetters[control];
      continue;
    }
    if (c == '/' || c == '@' || c == '\\') out += '\\';
    out += c;
  }
}

std::unexpected<Error> invalid(std::string_view text, std::string_view why) {
  return fail(Kind::Invalid, "kerberos.principal", cat("the principal \"", text, "\" ", why));
}

char unescaped(char c) {
  std::size_t letter = kLetters.find(c);
  return letter == std::string_view::npos ? c : kControls[letter];
}

Result<> check(std::string_view text, const Principal& principal, bool has_realm) {
  if (principal.realm.empty()) return invalid(text, has_realm ? "has an empty realm" : "has no realm");
  for (const std::string& component : principal.components) {
    if (component.empty()) return invalid(text, "has an empty component");
  }
  return {};
}

}  // namespace

std::string Principal::to_text() const {
  std::string out;
  for (const std::string& component : components) {
    if (!out.empty()) out += '/';
    append_escaped(out, component);
  }
  out += '@';
  append_escaped(out, realm);
  return out;
}

Result<Principal> parse_principal(std::string_view text, std::string_view default_realm) {
  Principal principal;
  std::string* part = &principal.components.emplace_back();
  bool in_realm = false;

  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\0') return invalid(text.substr(0, i), "goes on behind a NUL");
    if (c == '\\') {
      if (++i == text.size()) return invalid(text, "ends in the middle of an escape");
      *part += unescaped(text[i]);
    } else if (c == '@') {
      if (in_realm) return invalid(text, "has two realms");
      in_realm = true;
      part = &principal.realm;
    } else if (c == '/') {
      if (in_realm) return invalid(text, "has a slash in its realm");
      part = &principal.components.emplace_back();
    } else {
      *part += c;
    }
  }
  if (!in_realm) principal.realm = default_realm;
  TRY(check(text, principal, in_realm));
  return principal;
}

}  // namespace pforte::kerberos
