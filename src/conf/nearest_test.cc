#include "conf/nearest.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace pforte::conf {

TEST_CASE("the nearest word is found within one mistake per three letters") {
  constexpr std::array<std::string_view, 6> kWords = {"address", "tls", "state_dir", "head", "head_time", "listener"};
  struct Row {
    std::string_view word;
    std::optional<std::string_view> meant;
  };
  const Row rows[] = {
      {"adress", "address"},      {"addres", "address"},     {"adderss", "address"},    {"tsl", "tls"},
      {"state-dir", "state_dir"}, {"StateDir", "state_dir"}, {"headtime", "head_time"}, {"haed", "head"},
      {"listner", "listener"},    {"x", std::nullopt},       {"", std::nullopt},        {"certificate", std::nullopt},
      {"tlsssss", std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.word);
    CHECK(nearest(row.word, kWords) == row.meant);
  }
  CHECK(nearest(std::string(100'000, 'a'), kWords) == std::nullopt);
  CHECK(nearest("address", {}) == std::nullopt);
}

}  // namespace pforte::conf
