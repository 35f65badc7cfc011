#include "base/time.h"

#include <doctest/doctest.h>

namespace pforte {

TEST_CASE("an instant is written in UTC, to the second") {
  using std::chrono::milliseconds;
  using Time = std::chrono::system_clock::time_point;
  CHECK(rfc3339(Time()) == "1970-01-01T00:00:00Z");
  CHECK(rfc3339(Time(milliseconds(1'795'339'805'999))) == "2026-11-22T09:30:05Z");
}

}  // namespace pforte
