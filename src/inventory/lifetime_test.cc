#include "inventory/lifetime.h"

#include <doctest/doctest.h>

#include <string_view>

namespace pforte::inventory {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

TEST_CASE("alarms come 30, 14, 7 and 1 days before the end, or first a third of the lifetime before it") {
  struct Row {
    std::chrono::seconds lifetime, left;
    std::string_view alarm;
  };
  const Row rows[] = {
      {days(365), days(31), "-"},
      {days(365), days(30), "30d"},
      {days(365), days(15), "30d"},
      {days(365), days(14), "14d"},
      {days(365), days(7), "7d"},
      {days(365), days(2), "7d"},
      {days(365), days(1), "1d"},
      {days(365), 0s, "1d"},
      {days(365), -1s, "expired"},
      {days(90), days(30), "30d"},
      {days(47), days(16), "-"},
      {days(47), days(15), "third"},
      {days(47), days(14), "14d"},
      {days(6), days(3), "-"},
      {days(6), days(2), "third"},
      {days(6), days(1), "1d"},
      {24h, 9h, "-"},
      {24h, 8h, "third"},
      {24h, 1h, "third"},
      {24h, -1h, "expired"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.lifetime.count());
    CAPTURE(row.left.count());
    Entry entry;
    entry.not_before = Time(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1));
    entry.not_after = entry.not_before + row.lifetime;
    std::optional<Alarm> due = due_alarm(entry, entry.not_after - row.left);
    CHECK((due ? name_of(*due) : "-") == row.alarm);
  }
}

}  // namespace
}  // namespace pforte::inventory
