#include "pki/alias.h"

#include <clocale>
#include <cwctype>
#include <tuple>
#include <utility>

#include "base/ascii.h"
#include "base/format_control.h"
#include "base/text.h"
#include "base/utf16.h"
#include "crypto/certificate_outline.h"

namespace pforte::pki {

namespace {

constexpr std::size_t kMostAliasBytes = 200;

bool is_unseen(char32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || is_format_control(point);
}

// How many units the character at `at` has, and which it is; no surrogate stands alone.
std::pair<std::size_t, char32_t> character_at(std::u16string_view units, std::size_t at) {
  char32_t unit = units[at];
  bool pair = unit >= 0xd800 && unit <= 0xdbff && at + 1 < units.size();
  if (!pair) return {1, unit};
  return {2, 0x10000 + ((unit - 0xd800) << 10) + (units[at + 1] - 0xdc00U)};
}

// Nothing but what shows. No UTF-8 stays as it is.
std::string without_unseen(std::string_view text) {
  std::optional<std::u16string> units = utf16_of(text);
  if (!units) return std::string(text);
  std::u16string kept;
  for (std::size_t at = 0, size = 0; at < units->size(); at += size) {
    char32_t point = 0;
    std::tie(size, point) = character_at(*units, at);
    if (!is_unseen(point)) kept.append(*units, at, size);
  }
  return utf8_of(kept).value_or(std::string(text));
}

}  // namespace

std::string lowered_alias(std::string_view alias) {
  // glibc has it built in; what it does not know stays.
  static const locale_t the_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  std::optional<std::u16string> units = utf16_of(alias);
  if (!units || !the_locale) return lowered(alias);
  for (char16_t& unit : *units) {
    bool surrogate = unit >= 0xd800 && unit <= 0xdfff;
    std::wint_t small = surrogate ? unit : towlower_l(unit, the_locale);
    if (small <= 0xffff) unit = char16_t(small);
  }
  return utf8_of(*units).value_or(std::string(alias));
}

Result<std::string> canonical_alias(std::string_view alias, StoreForm form) {
  auto unfit = [](std::string_view why) { return fail(Kind::Invalid, "trust.alias", cat("an alias ", why)); };
  if (alias.empty() || alias.size() > kMostAliasBytes) return unfit("has 1 to 200 bytes");
  if (!utf16_of(alias) || without_unseen(alias) != alias)
    return unfit("is UTF-8 without control characters and what does not show");
  bool is_file = form == StoreForm::Directory;
  if (is_file && (alias.contains('/') || alias.starts_with('.')))
    return unfit("in a directory is the name of a file, without '/' and no '.' at its beginning");
  bool lower_case = form == StoreForm::Jks || form == StoreForm::Jceks;
  return lower_case ? lowered_alias(alias) : std::string(alias);
}

std::string alias_by_subject(std::string_view der) {
  auto outline = crypto::outline_of(der);
  std::string subject = outline ? lowered_alias(without_unseen(crypto::name_text(outline->subject))) : "";
  std::size_t cn = subject.starts_with("cn=") ? 0 : subject.find(",cn=");
  std::string_view name(subject);
  if (cn != name.npos) name.remove_prefix(name.find('=', cn) + 1);
  std::string alias;
  for (char c : name.substr(0, 60)) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || std::uint8_t(c) >= 0x80;
    if (plain) alias += c;
    if (c == ',') break;
    if (!plain && !alias.empty() && !alias.ends_with('-')) alias += '-';
  }
  while (!alias.empty() && !utf16_of(alias)) alias.pop_back();
  while (alias.ends_with('-')) alias.pop_back();
  while (alias.starts_with('.')) alias.erase(0, 1);
  return alias.empty() ? "certificate" : alias;
}

}  // namespace pforte::pki
