#include "gate/cache_turn.h"

#include <doctest/doctest.h>

#include "gate/metrics.h"

namespace pforte::gate {
namespace {

using http::Field;
using http::known_field;

Field header_line(std::string_view name, std::string_view value) {
  return {name, value, known_field(name)};
}

// A site that keeps answers, and what comes to it.
struct Keeper {
  cache::ResponseCache kept{1UZ << 20};
  Metrics metrics;
  CacheConfig config;
  http::RequestHead request;
  http::ResponseHead answer;
  CacheTurn::Asker asker{.site = "crm", .scheme = "https", .host = "crm.example.com", .path = "/a", .backend = "app"};

  Keeper() {
    request.method = http::Method::Get;
    request.authority = "crm.example.com";
    answer.status = 200;
    answer.fields = {header_line("Cache-Control", "max-age=60")};
  }
  CacheTurn turn() { return {kept, metrics, &config, request, asker}; }
  // The application's answer to it, whole.
  void be_answered(CacheTurn& turn) {
    turn.note(answer, http::Framing::Kind::Length);
    turn.take("body");
    turn.finish();
  }
};

}  // namespace

TEST_CASE("what may tell applications of another origin than the key has goes past the cache") {
  const Field rows[] = {header_line("X_Tenant", "a"),
                        header_line("X.Forwarded.Host", "a"),
                        header_line("x-forwarded-scheme", "http"),
                        header_line("X-Forwarded-Ssl", "off"),
                        header_line("X-Forwarded-Path", "/b"),
                        header_line("X-Url-Scheme", "http"),
                        header_line("Front-End-Https", "off"),
                        header_line("X-Host", "evil.example"),
                        header_line("X-Original-Host", "evil.example"),
                        header_line("X-Script-Name", "/b"),
                        header_line("X-Original-URL", "/b"),
                        header_line("X-Rewrite-URL", "/b")};
  for (const Field& row : rows) {
    CAPTURE(row.name);
    Keeper keeper;
    CacheTurn plain = keeper.turn();
    keeper.be_answered(plain);
    REQUIRE(keeper.turn().answer());
    keeper.request.fields = {row};
    CacheTurn turn = keeper.turn();
    CHECK_FALSE(turn.answer());
    CHECK(turn.status() == "pforte; fwd=bypass");
    keeper.be_answered(turn);
    CHECK(keeper.kept.entries() == 1);
  }
}

TEST_CASE("what a listed proxy forwards of host and scheme goes past the cache, and whom it serves does not") {
  for (bool believed : {false, true}) {
    for (std::string_view said : {"for=192.0.2.1", "for=192.0.2.1;Host=evil.example", "proto=http"}) {
      CAPTURE(believed);
      CAPTURE(said);
      Keeper keeper;
      keeper.asker.is_believed = believed;
      keeper.request.fields = {header_line("Forwarded", said)};
      CacheTurn turn = keeper.turn();
      keeper.be_answered(turn);
      CHECK(keeper.kept.entries() == (believed && said != "for=192.0.2.1" ? 0 : 1));
    }
  }
}

TEST_CASE("an answer that was under way when something changed is not kept") {
  Keeper keeper;
  CacheTurn reading = keeper.turn();
  CHECK_FALSE(reading.answer());
  http::RequestHead change;
  change.method = http::Method::Post;
  change.authority = keeper.request.authority;
  CacheTurn writing(keeper.kept, keeper.metrics, nullptr, change, keeper.asker);
  writing.note(keeper.answer, http::Framing::Kind::Length);
  keeper.be_answered(reading);
  CHECK(keeper.kept.entries() == 0);
  CHECK(keeper.metrics.cache_stored.value() == 0);
  CacheTurn later = keeper.turn();
  keeper.be_answered(later);
  CHECK(keeper.kept.entries() == 1);
}

}  // namespace pforte::gate
