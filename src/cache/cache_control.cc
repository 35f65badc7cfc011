#include "cache/cache_control.h"

#include <algorithm>

#include "base/ascii.h"

namespace pforte::cache {

namespace {

// delta-seconds, also in quotation marks (RFC 9111, 5.2).
std::optional<CacheControl::Seconds> parse_seconds(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  if (text.empty() || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  std::int64_t seconds = 0;
  for (char c : text) {
    seconds = seconds * 10 + (c - '0');
    if (seconds > CacheControl::kLongest.count()) return CacheControl::kLongest;
  }
  return CacheControl::Seconds(seconds);
}

struct Flag {
  std::string_view name;
  bool CacheControl::* member;
};
constexpr Flag kFlags[] = {
    {"no-store", &CacheControl::no_store},
    {"no-cache", &CacheControl::no_cache},
    {"private", &CacheControl::is_private},
    {"public", &CacheControl::is_public},
    {"must-revalidate", &CacheControl::must_revalidate},
    {"proxy-revalidate", &CacheControl::proxy_revalidate},
    {"must-understand", &CacheControl::must_understand},
    {"only-if-cached", &CacheControl::only_if_cached},
};

struct Lifetime {
  std::string_view name;
  std::optional<CacheControl::Seconds> CacheControl::* member;
};
constexpr Lifetime kLifetimes[] = {
    {"max-age", &CacheControl::max_age},
    {"s-maxage", &CacheControl::s_maxage},
    {"min-fresh", &CacheControl::min_fresh},
    {"max-stale", &CacheControl::max_stale},
};

void take(std::string_view element, CacheControl& out) {
  std::size_t equals = std::min(element.find('='), element.size());
  std::string_view name = http::trim(element.substr(0, equals));
  for (const Flag& flag : kFlags) {
    if (equals_ignoring_case(name, flag.name)) out.*flag.member = true;
  }
  for (const Lifetime& lifetime : kLifetimes) {
    if (!equals_ignoring_case(name, lifetime.name)) continue;
    std::optional<CacheControl::Seconds> said;
    if (equals < element.size()) said = parse_seconds(http::trim(element.substr(equals + 1)));
    if (equals == element.size() && lifetime.member == &CacheControl::max_stale) said = CacheControl::kLongest;
    std::optional<CacheControl::Seconds>& known = out.*lifetime.member;
    out.doubtful |= !said || (known && *known != *said);
    known = said;
  }
}

}  // namespace

CacheControl parse_cache_control(const http::Fields& fields) {
  CacheControl out;
  for (const http::Field& field : fields) {
    if (field.known != http::FieldName::CacheControl) continue;
    std::string_view rest = field.value;
    for (std::string_view one = http::next_element(rest); !one.empty(); one = http::next_element(rest)) take(one, out);
  }
  return out;
}

}  // namespace pforte::cache
