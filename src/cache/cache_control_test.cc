#include "cache/cache_control.h"

#include <doctest/doctest.h>

namespace pforte::cache {
namespace {

CacheControl read(const std::vector<std::string_view>& lines) {
  http::Fields fields;
  fields.reserve(lines.size());
  for (std::string_view line : lines) fields.push_back({"Cache-Control", line, http::FieldName::CacheControl});
  return parse_cache_control(fields);
}

}  // namespace

TEST_CASE("directives are read in any case, from all fields, with and without quotation marks") {
  CacheControl control = read({"Public, MAX-AGE=60", "s-maxage=\"5\" , must-revalidate,, unknown=\"a,b\""});
  CHECK(control.is_public);
  CHECK(control.must_revalidate);
  CHECK(control.max_age == CacheControl::Seconds(60));
  CHECK(control.s_maxage == CacheControl::Seconds(5));
  CHECK_FALSE(control.is_private);
  CHECK_FALSE(control.doubtful);
}

TEST_CASE("a directive that names fields counts for all of the answer") {
  CHECK(read({"private=\"set-cookie\""}).is_private);
  CHECK(read({"no-cache=\"a, b\""}).no_cache);
  // Within quotation marks nothing is a directive.
  CHECK_FALSE(read({"x=\"a, private\""}).is_private);
}

TEST_CASE("a lifetime that is none, or is two, is in doubt") {
  for (std::string_view bad : {"max-age", "max-age=", "max-age=-1", "max-age=1.5", "max-age=a", "max-age=1, max-age=2",
                               "s-maxage= ", "max-age=\"", "max-age='1'"}) {
    CAPTURE(bad);
    CHECK(read({bad}).doubtful);
  }
  CHECK_FALSE(read({"max-age=1, max-age=1"}).doubtful);
}

TEST_CASE("a lifetime that is too long for a number is the longest there is") {
  CHECK(read({"max-age=99999999999999999999"}).max_age == CacheControl::kLongest);
}

TEST_CASE("max-stale without a value takes what is stale however long") {
  CHECK(read({"max-stale"}).max_stale == CacheControl::kLongest);
  CHECK(read({"max-stale=5"}).max_stale == CacheControl::Seconds(5));
}

}  // namespace pforte::cache
