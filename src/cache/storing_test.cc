#include "cache/storing.h"

#include <doctest/doctest.h>

#include "cache/testing.h"
#include "http/date.h"

namespace pforte::cache {
namespace {

using Lines = std::vector<std::pair<std::string_view, std::string_view>>;

std::shared_ptr<const StoredResponse> stored(const Lines& answer) {
  static ResponseCache cache(16UZ << 20);
  cache.purge("");
  Case one(answer);
  REQUIRE(one.store_in(cache));
  return cache.find(one.wanted()).response;
}

CacheControl asked(std::string_view directives) {
  return parse_cache_control(fields_of({{"Cache-Control", directives}}));
}

}  // namespace

TEST_CASE("only what the application declares fresh is stored") {
  struct Row {
    Lines answer;
    bool stored;
  };
  std::string soon = http::date_text(kNow + Seconds(60));
  std::string before = http::date_text(kNow - Seconds(60));
  const Row rows[] = {
      {{{"Cache-Control", "max-age=60"}}, true},
      {{{"Cache-Control", "public, max-age=60"}}, true},
      {{{"Cache-Control", "s-maxage=60"}}, true},
      {{{"Expires", soon}}, true},
      {{}, false},
      {{{"Cache-Control", "public"}}, false},
      {{{"Last-Modified", before}}, false},  // nothing is guessed
      {{{"ETag", "\"a\""}}, false},
      {{{"Cache-Control", "max-age=60, private"}}, false},
      {{{"Cache-Control", "max-age=60, private=\"a\""}}, false},
      {{{"Cache-Control", "max-age=60, no-store"}}, false},
      {{{"Cache-Control", "max-age=60, no-store, must-understand"}}, true},
      {{{"Cache-Control", "max-age=60, no-cache"}}, false},
      {{{"Cache-Control", "max-age=60, no-cache"}, {"ETag", "\"a\""}}, true},  // to be asked about each time
      {{{"Cache-Control", "max-age=0"}}, false},
      {{{"Cache-Control", "s-maxage=0, max-age=60"}}, false},
      {{{"Cache-Control", "max-age=0"}, {"ETag", "\"a\""}}, true},
      {{{"Cache-Control", "max-age=60"}, {"Age", "60"}}, false},
      {{{"Expires", before}}, false},
      {{{"Expires", "0"}}, false},
      {{{"Expires", soon}, {"Expires", soon}}, false},
      {{{"Cache-Control", "max-age=60, max-age=61"}}, false},
      {{{"Cache-Control", "max-age=60"}, {"Set-Cookie", "a=b"}}, false},
      {{{"Cache-Control", "public, max-age=60"}, {"Set-Cookie", "a=b"}}, false},
      {{{"Cache-Control", "max-age=60"}, {"Vary", "*"}}, false},
      {{{"Cache-Control", "max-age=60"}, {"Vary", "Accept, *"}}, false},
      {{{"Cache-Control", "max-age=60"}, {"Vary", "Accept"}}, true},
      {{{"Cache-Control", "max-age=60"}, {"Content-Range", "bytes 0-1/9"}}, false},
      {{{"Cache-Control", "max-age=60"}, {"Content-Encoding", "gzip"}}, false},
      {{{"Cache-Control", "max-age=60"}, {"Content-Encoding", "gzip"}, {"Vary", "Accept-Encoding"}}, true},
  };
  for (const Row& row : rows) {
    std::string shown;
    for (const auto& [name, value] : row.answer) shown.append(name).append(": ").append(value).append("; ");
    CAPTURE(shown);
    CHECK(Case(row.answer).storable() == row.stored);
  }
}

TEST_CASE("what is answered to an agent is stored only if it says public, and nobody's cookie selects it") {
  struct Row {
    std::string_view control;
    std::string_view vary;
    bool stored;
  };
  const Row rows[] = {{"max-age=60", "Accept", false},
                      {"s-maxage=60", "Accept", false},
                      {"must-revalidate, max-age=60", "", false},
                      {"public, max-age=60", "Accept", true},
                      {"public, max-age=60", "Cookie", false},
                      {"public, max-age=60", "authorization", false},
                      {"public, private, max-age=60", "", false}};
  for (const Row& row : rows) {
    CAPTURE(row.control);
    CAPTURE(row.vary);
    Case one({{"Cache-Control", row.control}, {"Vary", row.vary}});
    one.by_agent = true;
    CHECK(one.storable() == row.stored);
  }
}

TEST_CASE("parts and errors of servers are not stored") {
  for (int status : {200, 203, 301, 404, 410}) {
    Case one({{"Cache-Control", "max-age=60"}});
    one.head.status = status;
    CHECK(one.storable());
  }
  for (int status : {206, 304, 401, 403, 416, 500, 503, 299}) {
    CAPTURE(status);
    Case one({{"Cache-Control", "max-age=60"}});
    one.head.status = status;
    CHECK_FALSE(one.storable());
  }
}

TEST_CASE("the age of an answer is what it brought, and what has passed since") {
  Case one({{"Cache-Control", "max-age=100"}, {"Age", "30"}});
  one.journey = {kNow, kNow + Seconds(5)};
  CHECK(one.freshness().age(kNow + Seconds(5)) == Seconds(35));
  CHECK(one.freshness().time_to_live(kNow + Seconds(15)) == Seconds(55));

  std::string date = http::date_text(kNow - Seconds(50));
  Case late({{"Cache-Control", "max-age=100"}, {"Date", date}});
  CHECK(late.freshness().age(kNow) == Seconds(50));
  // A clock that was set back makes nothing younger than it was.
  CHECK(late.freshness().age(kNow - Seconds(1000)) == Seconds(50));
}

TEST_CASE("a request says how fresh it wants it") {
  auto response = stored({{"Cache-Control", "max-age=100"}});
  Time later = kNow + Seconds(60);
  struct Row {
    std::string_view asked;
    Use use;
  };
  const Row rows[] = {{"", Use::Give},
                      {"no-cache", Use::Validate},
                      {"max-age=60", Use::Give},
                      {"max-age=59", Use::Validate},
                      {"max-age=0", Use::Validate},
                      {"min-fresh=40", Use::Give},
                      {"min-fresh=41", Use::Validate},
                      {"max-age=x", Use::Validate}};
  for (const Row& row : rows) {
    CAPTURE(row.asked);
    CHECK(use_of(*response, asked(row.asked), later) == row.use);
  }
  Time stale = kNow + Seconds(110);
  CHECK(use_of(*response, asked(""), stale) == Use::Validate);
  CHECK(use_of(*response, asked("max-stale"), stale) == Use::Give);
  CHECK(use_of(*response, asked("max-stale=10"), stale) == Use::Give);
  CHECK(use_of(*response, asked("max-stale=9"), stale) == Use::Validate);
}

TEST_CASE("what is stale is never given where the application forbids it") {
  for (std::string_view control : {"max-age=100, must-revalidate", "max-age=100, proxy-revalidate", "s-maxage=100"}) {
    CAPTURE(control);
    CHECK(use_of(*stored({{"Cache-Control", control}}), asked("max-stale"), kNow + Seconds(110)) == Use::Validate);
  }
}

TEST_CASE("whoever has the answer already is told so") {
  auto response =
      stored({{"Cache-Control", "max-age=100"}, {"ETag", "\"a\""}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}});
  struct Row {
    Lines request;
    bool known;
  };
  const Row rows[] = {
      {{{"If-None-Match", "\"a\""}}, true},
      {{{"If-None-Match", "\"b\", W/\"a\""}}, true},
      {{{"If-None-Match", "*"}}, true},
      {{{"If-None-Match", "\"b\""}}, false},
      {{{"If-None-Match", "\"b\""}, {"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}, false},
      {{{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}, true},
      {{{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"}}, false},
      {{{"If-Modified-Since", "yesterday"}}, false},
      {{}, false},
  };
  for (const Row& row : rows) CHECK(is_known(*response, fields_of(row.request)) == row.known);
}

TEST_CASE("a 304 freshens the answer that it is about") {
  auto response = stored({{"Cache-Control", "max-age=1"}, {"ETag", "\"a\""}, {"Content-Type", "text/css"}});
  CHECK(is_confirmed(*response, fields_of({{"ETag", "\"a\""}})));
  CHECK(is_confirmed(*response, fields_of({{"ETag", "W/\"a\""}})));
  CHECK(is_confirmed(*response, {}));
  CHECK_FALSE(is_confirmed(*response, fields_of({{"ETag", "\"b\""}})));
  CHECK_FALSE(is_confirmed(*response, fields_of({{"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}})));

  http::Fields update = fields_of({{"Cache-Control", "max-age=50"}, {"Content-Length", "0"}, {"Content-Type", "x/y"}});
  http::Fields fresh = freshened(response->fields(), update);
  CHECK(value_of(fresh, "cache-control") == "max-age=50");
  CHECK(value_of(fresh, "content-type") == "text/css");
  CHECK(value_of(fresh, "etag") == "\"a\"");
  CHECK_FALSE(value_of(fresh, "content-length"));
}

}  // namespace pforte::cache
