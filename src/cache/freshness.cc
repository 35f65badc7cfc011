#include "cache/freshness.h"

#include <algorithm>

#include "base/ascii.h"
#include "http/date.h"

namespace pforte::cache {

namespace {

std::optional<Time> date_in(std::optional<std::string_view> value) {
  return value ? http::parse_date(*value) : std::nullopt;
}

std::optional<Seconds> parse_age(std::string_view text) {
  Seconds::rep age = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    age = std::min<Seconds::rep>(age * 10 + (c - '0'), CacheControl::kLongest.count());
  }
  return text.empty() ? std::nullopt : std::optional(Seconds(age));
}

// RFC 9111, 4.2.1, for a shared cache.
std::optional<Seconds> lifetime_of(const http::Fields& answer, const CacheControl& control, Time date) {
  if (control.doubtful) return Seconds(0);
  if (control.s_maxage) return control.s_maxage;
  if (control.max_age) return control.max_age;
  int expiries = 0;
  std::optional<Seconds> lifetime;
  for (const http::Field& field : answer) {
    if (!equals_ignoring_case(field.name, "expires")) continue;
    std::optional<Time> expires = http::parse_date(field.value);
    // "0" and everything else that is no date is in the past (RFC 9111, 5.3).
    lifetime = expires ? std::max(*expires - date, Seconds(0)) : Seconds(0);
    ++expiries;
  }
  return expiries > 1 ? Seconds(0) : lifetime;
}

}  // namespace

std::optional<std::string_view> value_of(const http::Fields& fields, std::string_view name) {
  auto found =
      std::ranges::find_if(fields, [&](const http::Field& one) { return equals_ignoring_case(one.name, name); });
  return found == fields.end() ? std::nullopt : std::optional(found->value);
}

Freshness freshness_of(const http::Fields& answer, const CacheControl& control, Journey journey) {
  Freshness out;
  out.arrived = journey.arrived;
  out.date = date_in(value_of(answer, "date")).value_or(journey.arrived);
  out.lifetime = lifetime_of(answer, control, out.date);
  // RFC 9111, 4.2.3.
  Seconds apparent = std::max(journey.arrived - out.date, Seconds(0));
  Seconds said(0);
  if (std::optional<std::string_view> age = value_of(answer, "age")) said = parse_age(*age).value_or(Seconds(0));
  out.initial_age = std::max(apparent, said + std::max(journey.arrived - journey.asked, Seconds(0)));
  return out;
}

}  // namespace pforte::cache
