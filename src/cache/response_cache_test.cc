#include "cache/response_cache.h"

#include <doctest/doctest.h>
#include <malloc.h>

#include <thread>

#include "base/text.h"
#include "cache/testing.h"

namespace pforte::cache {
namespace {

constexpr std::size_t kMiB = 1UZ << 20;

bool has(ResponseCache& cache, const Case& one) {
  return cache.find(one.wanted()).response != nullptr;
}

}  // namespace

TEST_CASE("an answer is found by its key, its backend, and the fields it depends on") {
  ResponseCache cache(kMiB);
  Case one({{"Cache-Control", "max-age=60"}, {"Vary", "Accept-Language, X-Kind"}}, {{"Accept-Language", "de"}});
  REQUIRE(one.store_in(cache, "hallo"));
  auto found = cache.find(one.wanted());
  REQUIRE(found.response);
  CHECK(found.response->body() == "hallo");

  Case other = one;
  other.request = fields_of({{"accept-language", "en"}});
  found = cache.find(other.wanted());
  CHECK_FALSE(found.response);
  CHECK(found.other_variants);
  other.request = fields_of({{"Accept-Language", "de"}, {"X-Kind", ""}});
  CHECK(has(cache, other));
  other = one;
  other.backend = "other";
  CHECK_FALSE(has(cache, other));
  other = one;
  other.key = "site https://crm.example.com/?";
  CHECK_FALSE(has(cache, other));
}

TEST_CASE("an agent is given only what says that it is public") {
  ResponseCache cache(kMiB);
  Case quiet({{"Cache-Control", "max-age=60"}});
  REQUIRE(quiet.store_in(cache));
  CHECK(has(cache, quiet));
  quiet.by_agent = true;
  CHECK_FALSE(has(cache, quiet));

  Case open({{"Cache-Control", "public, max-age=60"}});
  open.key = "open";
  REQUIRE(open.store_in(cache));
  open.by_agent = true;
  CHECK(has(cache, open));
}

TEST_CASE("a newer answer takes the place of the older one") {
  ResponseCache cache(kMiB);
  Case one({{"Cache-Control", "max-age=60"}});
  REQUIRE(one.store_in(cache, "old"));
  REQUIRE(one.store_in(cache, "new"));
  CHECK(cache.entries() == 1);
  CHECK(cache.find(one.wanted()).response->body() == "new");
}

TEST_CASE("of one key there are so many variants and not more") {
  ResponseCache cache(16 * kMiB);
  std::vector<std::string> languages;
  languages.reserve(3 * ResponseCache::kMostVariants);
  for (std::size_t i = 0; i < 3 * ResponseCache::kMostVariants; ++i) languages.push_back(cat("language-", i));
  for (const std::string& language : languages) {
    Case one({{"Cache-Control", "max-age=60"}, {"Vary", "Accept-Language"}}, {{"Accept-Language", language}});
    REQUIRE(one.store_in(cache));
  }
  CHECK(cache.entries() == ResponseCache::kMostVariants);
}

TEST_CASE("an answer that is too long is not kept, and leaves nothing behind") {
  ResponseCache cache(kMiB);
  Case one({{"Cache-Control", "max-age=60"}});
  CHECK_FALSE(one.store_in(cache, std::string(1001, 'x'), 1000));
  CHECK_FALSE(one.store_in(cache, std::string(2 * kMiB, 'x'), 4 * kMiB));
  CHECK(cache.entries() == 0);
  CHECK(cache.bytes() == 0);
  CHECK(one.store_in(cache, std::string(1000, 'x'), 1000));
}

TEST_CASE("what was not asked for longest ago goes first") {
  ResponseCache cache(kMiB);
  std::vector<std::string> keys;
  keys.reserve(200);
  for (int i = 0; i < 200; ++i) keys.push_back(cat("key-", i));
  Case first({{"Cache-Control", "max-age=60"}});
  first.key = "first";
  REQUIRE(first.store_in(cache, std::string(10'000, 'x')));
  for (const std::string& key : keys) {
    Case one({{"Cache-Control", "max-age=60"}});
    one.key = key;
    REQUIRE(one.store_in(cache, std::string(10'000, 'x')));
    CHECK(has(cache, first));
    CHECK(cache.bytes() <= kMiB);
  }
  Case gone({{"Cache-Control", "max-age=60"}});
  gone.key = keys.front();
  CHECK_FALSE(has(cache, gone));
}

TEST_CASE("what somebody is still being given counts until it is let go") {
  ResponseCache cache(kMiB);
  Case one({{"Cache-Control", "max-age=60"}});
  REQUIRE(one.store_in(cache, std::string(700'000, 'x')));
  auto held = cache.find(one.wanted()).response;
  CHECK(cache.remove(one.key) == 1);
  CHECK(cache.bytes() > 700'000);
  Case other = one;
  other.key = "other";
  CHECK_FALSE(other.store_in(cache, std::string(700'000, 'x')));
  held.reset();
  CHECK(cache.bytes() == 0);
  CHECK(other.store_in(cache, std::string(700'000, 'x')));
}

TEST_CASE("what somebody is being given does not cost the others their place") {
  ResponseCache cache(kMiB);
  std::vector<std::string> keys;
  std::vector<std::shared_ptr<const StoredResponse>> readers;
  keys.reserve(9);
  readers.reserve(9);
  auto fill = [&cache](std::string_view key) {
    Case one({{"Cache-Control", "max-age=60"}});
    one.key = key;
    CHECK(one.store_in(cache, std::string(100'000, 'x')));
    return cache.find(one.wanted()).response;
  };
  for (int i = 0; i < 9; ++i) {
    keys.push_back(cat("slow-", i));
    readers.push_back(fill(keys.back()));
  }
  // Nine tenths are held; the rest goes round, and those who are read stay.
  for (std::string_view key : {"a", "b", "c", "d", "e"}) {
    fill(key);
    CHECK(cache.bytes() <= kMiB);
    CHECK(cache.entries() == 10);
  }
  Case large({{"Cache-Control", "max-age=60"}});
  large.key = "large";
  CHECK_FALSE(large.store_in(cache, std::string(200'000, 'x')));
  CHECK(cache.entries() == 9);
  readers.clear();
  CHECK(large.store_in(cache, std::string(200'000, 'x')));
}

TEST_CASE("a body that two answers have is held by the readers of both") {
  ResponseCache cache(kMiB);
  Case one({{"Cache-Control", "max-age=60"}, {"ETag", "\"a\""}});
  REQUIRE(one.store_in(cache, std::string(600'000, 'x')));
  auto reader = cache.find(one.wanted()).response;
  refresh(cache, one.wanted_of(cache), *reader, fields_of({{"ETag", "\"a\""}}), one.journey);
  Case other = one;
  other.key = "other";
  CHECK_FALSE(other.store_in(cache, std::string(600'000, 'x')));
  CHECK(cache.entries() == 1);
}

TEST_CASE("what was asked for before it was taken out is not stored afterwards") {
  for (bool whole_site : {false, true}) {
    CAPTURE(whole_site);
    ResponseCache cache(kMiB);
    Case one({{"Cache-Control", "max-age=60"}, {"ETag", "\"a\""}});
    REQUIRE(one.store_in(cache, "old"));
    auto stale = cache.find(one.wanted()).response;
    Wanted before = one.wanted_of(cache);
    auto recording = Recording::begin(cache, before, one.head, one.freshness(), 0, kMiB);
    REQUIRE(recording->take("old"));
    whole_site ? cache.purge("site") : cache.remove(one.key);
    CHECK_FALSE(recording->finish());
    CHECK(refresh(cache, before, *stale, fields_of({{"ETag", "\"a\""}}), one.journey));
    CHECK(cache.entries() == 0);
    CHECK(one.store_in(cache, "new"));
  }
}

TEST_CASE("a smaller bound holds at once, but for what is being given") {
  ResponseCache held(kMiB);
  Case read({{"Cache-Control", "max-age=60"}});
  REQUIRE(read.store_in(held, std::string(100'000, 'x')));
  auto reader = held.find(read.wanted()).response;
  held.bound(0);
  CHECK(held.entries() == 0);
  reader.reset();
  CHECK(held.bytes() == 0);
}

TEST_CASE("a smaller bound holds at once") {
  ResponseCache cache(kMiB);
  for (std::string key : {"a", "b", "c", "d", "e"}) {
    Case one({{"Cache-Control", "max-age=60"}});
    one.key = key;
    REQUIRE(one.store_in(cache, std::string(100'000, 'x')));
  }
  cache.bound(250'000);
  CHECK(cache.bytes() <= 250'000);
  CHECK(cache.entries() == 2);
  Case last({{"Cache-Control", "max-age=60"}});
  last.key = "e";
  CHECK(has(cache, last));
  cache.bound(0);
  CHECK(cache.entries() == 0);
}

TEST_CASE("what begins with something can be taken out") {
  ResponseCache cache(kMiB);
  for (std::string_view key : {"site https://a/x", "site https://a/y", "site https://b/x", "other https://a/x"}) {
    Case one({{"Cache-Control", "max-age=60"}});
    one.key = key;
    REQUIRE(one.store_in(cache));
  }
  CHECK(cache.purge("site https://a/") == 2);
  CHECK(cache.purge("site") == 1);
  CHECK(cache.purge("") == 1);
  CHECK(cache.bytes() == 0);
}

TEST_CASE("a 304 makes an answer fresh without its body being there twice") {
  ResponseCache cache(kMiB);
  Case one({{"Cache-Control", "max-age=60"}, {"ETag", "\"a\""}});
  REQUIRE(one.store_in(cache, std::string(600'000, 'x')));
  auto stale = cache.find(one.wanted()).response;
  Journey later{kNow + Seconds(100), kNow + Seconds(100)};
  auto fresh = refresh(cache, one.wanted(), *stale, fields_of({{"ETag", "\"a\""}}), later);
  REQUIRE(fresh);
  CHECK(fresh->freshness().time_to_live(kNow + Seconds(110)) == Seconds(50));
  CHECK(fresh->body().data() == stale->body().data());
  CHECK(cache.entries() == 1);

  // With a cookie it is for nobody else.
  auto own = refresh(cache, one.wanted(), *fresh, fields_of({{"Set-Cookie", "a=b"}}), later);
  REQUIRE(own);
  CHECK(value_of(own->fields(), "set-cookie") == "a=b");
  CHECK(cache.entries() == 0);
}

TEST_CASE("many threads at once keep the books right") {
  ResponseCache cache(kMiB);
  auto work = [&cache](int seed) {
    for (int i = 0; i < 2000; ++i) {
      std::string key = cat("key-", (i * seed) % 97);
      Case one({{"Cache-Control", "max-age=60"}});
      one.key = key;
      if (i % 3 == 0) one.store_in(cache, std::string(static_cast<std::size_t>(i) * 10, 'x'));
      if (i % 3 == 1) cache.find(one.wanted());
      if (i % 100 == 2) cache.remove(key);
      if (i % 500 == 3) cache.purge("key-1");
    }
  };
  std::vector<std::jthread> threads;
  for (int seed : {3, 5, 7, 11}) threads.emplace_back(work, seed);
  threads.clear();
  CHECK(cache.bytes() <= kMiB);
  cache.purge("");
  CHECK(cache.bytes() == 0);
}

#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
TEST_CASE("what the allocator gives out is no more than the bound, whatever the size of the answers") {
  auto held = [] {
    struct mallinfo2 now = mallinfo2();
    return now.uordblks + now.hblkhd;
  };
  for (std::size_t size : {0UZ, 100UZ, 5'000UZ, 300'000UZ}) {
    CAPTURE(size);
    std::string body(size, 'x');
    std::size_t before = held();
    ResponseCache cache(8 * kMiB);
    std::size_t most = 0;
    for (int i = 0; i < 30'000; ++i) {
      std::string key = cat("site https://crm.example.com/a/rather/long/path?number=", i);
      Case one({{"Cache-Control", "max-age=60"}, {"Content-Type", "text/css"}, {"Vary", "Accept-Language"}},
               {{"Accept-Language", "de"}});
      one.key = key;
      REQUIRE(one.store_in(cache, body));
      if (i % 500 == 0) most = std::max(most, held() - before);
    }
    MESSAGE(size << " bytes each: " << most / 1024 << " KiB of " << 8 * 1024 << " in " << cache.entries());
    CHECK(most < 8 * kMiB);
    CHECK(cache.bytes() > 7 * kMiB);
  }
}
#endif

}  // namespace pforte::cache
