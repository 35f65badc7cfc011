#include "conf/quantity.h"

#include <doctest/doctest.h>

namespace pforte::conf {

using namespace std::chrono_literals;

TEST_CASE("a duration is a whole number and its unit") {
  struct Row {
    std::string_view text;
    std::optional<Duration> duration;
  };
  const Row rows[] = {
      {"100ms", 100ms},
      {"5s", 5s},
      {"10min", 10min},
      {"8h", 8h},
      {"30d", 24h * 30},
      {"0", 0s},
      {"0s", 0s},
      {"", std::nullopt},
      {"5", std::nullopt},
      {"s", std::nullopt},
      {"-5s", std::nullopt},
      {"+5s", std::nullopt},
      {" 5s", std::nullopt},
      {"5 s", std::nullopt},
      {"5s ", std::nullopt},
      {"1.5h", std::nullopt},
      {"5m", std::nullopt},
      {"5S", std::nullopt},
      {"99999999999999999999s", std::nullopt},
      {"9223372036854775807d", std::nullopt},
      {"106752d", std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(parse_duration(row.text) == row.duration);
  }
}

TEST_CASE("a size is a whole number and its unit") {
  struct Row {
    std::string_view text;
    std::optional<std::uint64_t> bytes;
  };
  const Row rows[] = {
      {"0", 0},
      {"240B", 240},
      {"64KiB", 64 << 10},
      {"10MiB", 10 << 20},
      {"1TiB", 1ULL << 40},
      {"64", std::nullopt},
      {"64KB", std::nullopt},
      {"64k", std::nullopt},
      {"-1B", std::nullopt},
      {"9999999999TiB", std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(parse_size(row.text) == row.bytes);
  }
}

TEST_CASE("what is printed reads back the same") {
  for (Duration duration : {0ms, 1ms, 1500ms, 90'000ms, 3'600'000ms, 86'400'000ms, 86'400'001ms})
    CHECK(parse_duration(duration_text(duration)) == duration);
  for (std::uint64_t bytes : {0ULL, 1ULL, 1500ULL, 1024ULL, 1ULL << 40, (1ULL << 40) + 1})
    CHECK(parse_size(size_text(bytes)) == bytes);
}

TEST_CASE("units of other programs are recognised") {
  CHECK(meant_duration("5m") == "5min");
  CHECK(meant_duration("5 Seconds") == "5s");
  CHECK(meant_duration("15") == "15s");
  CHECK(meant_duration("soon") == std::nullopt);
  CHECK(meant_size("64KB") == "64KiB");
  CHECK(meant_size("10 mb") == "10MiB");
  CHECK(meant_size("4 parsecs") == std::nullopt);
}

}  // namespace pforte::conf
