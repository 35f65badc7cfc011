#include "doctor/setting.h"

#include <doctest/doctest.h>

#include "doctor/fetch_shelf.h"

namespace pforte::doctor {
namespace {

struct Place {
  net::Loop loop;
  net::Pool pool{1};
  FetchShelf shelf;
  Setting setting{.loop = loop, .pool = pool, .whole = std::chrono::milliseconds(50), .shelf = shelf};

  // How many examinations told that they had ended.
  int run(std::vector<Examination>& examinations, std::size_t at_once) {
    int told = 0;
    loop.spawn(examine(setting, examinations, at_once, [&](const Path&) { ++told; }),
               [&](const Result<>&) { loop.stop(); });
    loop.run();
    return told;
  }
};

Examination an_examination(std::function<net::Task<>(Path&)> work) {
  std::vector<Hop> hops{{.name = {"here", "hier"}, .reached = true}, {.name = {"there", "dort"}}};
  return {.path = std::make_unique<Path>("there", std::move(hops)), .work = std::move(work)};
}

net::Task<> finish_at_once(Path& path) {
  path.reach(1);
  co_return {};
}

net::Task<> sleep_long(net::Loop& loop) {
  co_await loop.sleep_for(std::chrono::hours(1));
  co_return {};
}

net::Task<> fail_now(Path& /*path*/) {
  co_return fail(Kind::Unavailable, "test.failure", "there is nothing");
}

TEST_CASE("all examinations run, also when there are more than may run at once") {
  Place place;
  std::vector<Examination> examinations;
  examinations.reserve(7);
  for (int i = 0; i < 7; ++i) examinations.push_back(an_examination(finish_at_once));
  CHECK(place.run(examinations, 2) == 7);
  for (const Examination& one : examinations) CHECK(one.path->hops()[1].reached);
}

TEST_CASE("an examination that takes too long is stopped, and that is told where it stood") {
  Place place;
  std::vector<Examination> examinations;
  examinations.push_back(an_examination([&](Path&) { return sleep_long(place.loop); }));
  CHECK(place.run(examinations, 4) == 1);
  REQUIRE(examinations[0].path->first_error() != nullptr);
  CHECK(examinations[0].path->first_error()->check.id == "doctor.out-of-time");
  CHECK(examinations[0].path->first_error()->hop == 0);
}

TEST_CASE("what an examination fails with is an error of its path") {
  Place place;
  std::vector<Examination> examinations;
  examinations.push_back(an_examination(fail_now));
  place.run(examinations, 4);
  REQUIRE(examinations[0].path->first_error() != nullptr);
  const Finding& told = *examinations[0].path->first_error();
  CHECK(told.seen.de == "die Untersuchung ging von hier nicht weiter");
  REQUIRE(told.evidence.size() == 1);
  CHECK(told.evidence[0].value == "there is nothing");
}

}  // namespace
}  // namespace pforte::doctor
