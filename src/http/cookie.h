#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/field.h"

namespace pforte::http {

// The values of all cookies with exactly that name, in the order sent, instead of what `values` held; views into
// `fields`. There may be several: a neighbouring host can plant one of the same name in front of ours, so whoever looks
// for a cookie tries each. Quotes belong to the value (RFC 6265bis, 5.6). Nothing is allocated once `values` has room.
void find_cookies(const Fields& fields, std::string_view name, std::vector<std::string_view>& values);

// Says of a cookie's name whether it is meant.
using CookieNames = bool (*)(std::string_view name);

// All cookies but those with these names at the end of `out`, as the value of one Cookie field; nothing if none is
// left. Whether there was one with such a name (RFC 6265bis, 5.8.3; RFC 9113, 8.2.3). Names are asked about without the
// white space around them, and a cookie without '=' as if it were a name, so that a sloppy reader behind us finds none
// that we did not.
bool append_cookies_without(CookieNames names, const Fields& fields, std::string& out);

// When a browser sends a cookie with requests that another site caused (RFC 6265bis, 5.6.7).
enum class SameSite : std::uint8_t {
  Lax,     // only when it goes to our page by a link
  Strict,  // never
};

// A cookie to be kept by a browser: over TLS only, out of reach of scripts, for the whole host.
struct NewCookie {
  std::string_view name;   // a token
  std::string_view value;  // cookie-octets (RFC 6265bis, 4.1.1), as base64url is
  SameSite same_site = SameSite::Lax;
  std::optional<std::chrono::seconds> max_age = std::nullopt;  // none: until the browser ends; zero: forget it now
};

// The value of a Set-Cookie field. Empty if name or value have a letter that they may not have: better no cookie than
// another one.
std::string set_cookie_text(const NewCookie& cookie);

}  // namespace pforte::http
