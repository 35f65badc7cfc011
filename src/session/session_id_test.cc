#include "session/session_id.h"

#include <doctest/doctest.h>

#include <set>

namespace pforte::session {

TEST_CASE("no two sessions have the same id, even if they begin at the same time") {
  constexpr std::size_t kMany = 1000;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < kMany; ++i) ids.insert(new_session_id(from_milliseconds(1'795'000'000'000)));
  CHECK(ids.size() == kMany);
}

TEST_CASE("ids of sessions that begin together begin alike, and are 22 letters long") {
  std::string one = new_session_id(from_milliseconds(1'795'000'000'001));
  std::string same = new_session_id(from_milliseconds(1'795'000'000'001));
  std::string later = new_session_id(from_milliseconds(1'795'000'000'002));
  CHECK(one.size() == 22);
  CHECK(one.substr(0, 8) == same.substr(0, 8));
  CHECK(one.substr(0, 7) == later.substr(0, 7));
  CHECK(one.substr(0, 8) != later.substr(0, 8));
}

}  // namespace pforte::session
