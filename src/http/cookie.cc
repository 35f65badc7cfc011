#include "http/cookie.h"

#include <algorithm>

#include "base/text.h"

namespace pforte::http {

namespace {

// Calls `visit` for the text of each cookie, trimmed and not empty, until it says true. Whether it did.
template <class Visit>
bool visit_cookies(const Fields& fields, Visit visit) {
  for (const Field& field : fields) {
    std::string_view rest = field.known == FieldName::Cookie ? field.value : std::string_view();
    while (!rest.empty()) {
      std::size_t end = std::min(rest.find(';'), rest.size());
      std::string_view cookie = trim(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (!cookie.empty() && visit(cookie)) return true;
    }
  }
  return false;
}

std::string_view sloppy_name(std::string_view cookie) {
  return trim(cookie.substr(0, cookie.find('=')));
}

// RFC 6265bis, 4.1.1.
bool is_cookie_octet(char c) {
  return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

}  // namespace

void find_cookies(const Fields& fields, std::string_view name, std::vector<std::string_view>& values) {
  values.clear();
  visit_cookies(fields, [&](std::string_view cookie) {
    bool found = cookie.size() > name.size() && cookie[name.size()] == '=' && cookie.starts_with(name);
    if (found) values.push_back(cookie.substr(name.size() + 1));
    return false;
  });
}

bool append_cookies_without(CookieNames names, const Fields& fields, std::string& out) {
  std::string_view separator;
  bool found = false;
  visit_cookies(fields, [&](std::string_view cookie) {
    if (names(sloppy_name(cookie))) {
      found = true;
      return false;
    }
    out.append(separator).append(cookie);
    separator = "; ";
    return false;
  });
  return found;
}

std::string set_cookie_text(const NewCookie& cookie) {
  if (!is_token(cookie.name) || !std::ranges::all_of(cookie.value, is_cookie_octet)) return {};
  std::string out = cat(cookie.name, '=', cookie.value,
                        "; Path=/; Secure; HttpOnly; SameSite=", cookie.same_site == SameSite::Lax ? "Lax" : "Strict");
  if (cookie.max_age) out += cat("; Max-Age=", cookie.max_age->count());
  return out;
}

}  // namespace pforte::http
