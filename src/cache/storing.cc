#include "cache/storing.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "http/date.h"

namespace pforte::cache {

namespace {

using http::Field;
using http::FieldName;

// Those whose meaning for a cache we know. Parts and errors of servers are not among them.
bool is_understood(int status) {
  constexpr std::array kUnderstood = {200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 410};
  return std::ranges::find(kUnderstood, status) != kUnderstood.end();
}

bool is_forbidden(const CacheControl& control) {
  // RFC 9111, 5.2.2.3: who understands the status goes by must-understand.
  return control.is_private || control.doubtful || (control.no_store && !control.must_understand);
}

std::string_view opaque(std::string_view etag) {
  return etag.starts_with("W/") ? etag.substr(2) : etag;
}

bool has_validator(const http::Fields& fields) {
  return value_of(fields, "etag") || value_of(fields, "last-modified");
}

// What a 304 says of its own message, or what only a whole answer knows.
bool is_about_body(const Field& field) {
  return field.known == FieldName::ContentLength || field.known == FieldName::ContentEncoding ||
         field.known == FieldName::ContentRange || field.known == FieldName::ContentType;
}

bool is_listed(const Field& field, std::string_view etag) {
  std::string_view rest = field.value;
  for (std::string_view one = http::next_element(rest); !one.empty(); one = http::next_element(rest)) {
    if (one == "*" || (!etag.empty() && opaque(one) == opaque(etag))) return true;
  }
  return false;
}

}  // namespace

bool may_store(const Wanted& wanted, const http::ResponseHead& answer, const CacheControl& control,
               const Freshness& freshness) {
  if (!is_understood(answer.status) || is_forbidden(control) || answer.find(FieldName::ContentRange)) return false;
  if (answer.find(FieldName::SetCookie)) return false;
  if (wanted.by_agent && !control.is_public) return false;
  if (!freshness.lifetime) return false;
  bool fresh = freshness.time_to_live(freshness.arrived) > Seconds(0) && !control.no_cache;
  if (!fresh && !has_validator(answer.fields)) return false;
  std::optional<Selection> selection = Selection::of(answer.fields, wanted.request);
  if (!selection) return false;
  // Nobody else has this cookie.
  if (wanted.by_agent && (selection->has("cookie") || selection->has("authorization"))) return false;
  // An application that chose a coding without saying why would have it given to those who cannot read it.
  return !answer.find(FieldName::ContentEncoding) || selection->has("accept-encoding");
}

Use use_of(const StoredResponse& stored, const CacheControl& asked, Time now) {
  const CacheControl& control = stored.control();
  if (control.no_cache || asked.no_cache || asked.doubtful) return Use::Validate;
  Seconds age = stored.freshness().age(now);
  Seconds left = stored.freshness().time_to_live(now);
  if (asked.max_age && age > *asked.max_age) return Use::Validate;
  if (asked.min_fresh && left < *asked.min_fresh) return Use::Validate;
  if (left > Seconds(0)) return Use::Give;
  bool strict = control.must_revalidate || control.proxy_revalidate || control.s_maxage;
  return !strict && asked.max_stale && -left <= *asked.max_stale ? Use::Give : Use::Validate;
}

bool is_known(const StoredResponse& stored, const http::Fields& request) {
  if (stored.status() < 200 || stored.status() > 299) return false;  // RFC 9110, 13.2.1
  bool by_etag = false;
  for (const Field& field : request) {
    if (!equals_ignoring_case(field.name, "if-none-match")) continue;
    if (is_listed(field, stored.etag().value_or(""))) return true;
    by_etag = true;
  }
  std::optional<std::string_view> since = value_of(request, "if-modified-since");
  if (by_etag || !since || !stored.last_modified()) return false;
  std::optional<Time> theirs = http::parse_date(*since);
  std::optional<Time> ours = http::parse_date(*stored.last_modified());
  return theirs && ours && *ours <= *theirs;
}

bool is_confirmed(const StoredResponse& stored, const http::Fields& not_modified) {
  std::optional<std::string_view> etag = value_of(not_modified, "etag");
  if (etag) return stored.etag() && opaque(*etag) == opaque(*stored.etag());
  std::optional<std::string_view> modified = value_of(not_modified, "last-modified");
  return !modified || modified == stored.last_modified();
}

http::Fields freshened(const http::Fields& stored, const http::Fields& not_modified) {
  http::Fields out;
  for (const Field& field : stored) {
    if (is_about_body(field) || !value_of(not_modified, field.name)) out.push_back(field);
  }
  for (const Field& field : not_modified) {
    if (!is_about_body(field)) out.push_back(field);
  }
  return out;
}

}  // namespace pforte::cache
