#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "doctor/http_answer.h"
#include "doctor/http_teller.h"

// What the fields of an answer promise and give away.

namespace pforte::doctor {

// A Strict-Transport-Security field (RFC 6797, 6.1). Nothing when it has no max-age that is a number.
struct Hsts {
  std::uint64_t max_age = 0;  // seconds; what does not fit counts as the largest
  bool include_subdomains = false;
};
std::optional<Hsts> read_hsts(std::string_view value);

// A Set-Cookie field, but for its value (RFC 6265bis, 4.1).
struct SentCookie {
  std::string name;
  std::string domain;     // lower case, without a dot in front; empty: the host alone
  std::string same_site;  // lower case; empty: not said
  bool secure = false;
  bool http_only = false;
};
SentCookie read_set_cookie(std::string_view value);

// Whether a cookie of this name stands for somebody who has signed in.
bool is_session_name(std::string_view name);

// Tells about HSTS, cookies, the server's clock and links to unprotected content. `now` is what our clock shows.
void tell_fields(HttpTeller& teller, const HttpAnswer& answer, std::chrono::sys_seconds now);

}  // namespace pforte::doctor
