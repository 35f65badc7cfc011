#include "inventory/lifetime.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pforte::inventory {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr seconds kFirst = days(30);
constexpr auto kLater = std::to_array<std::pair<Alarm, seconds>>({
    {Alarm::Days1, days(1)},
    {Alarm::Days7, days(7)},
    {Alarm::Days14, days(14)},
});

}  // namespace

std::string_view name_of(Validity validity) {
  constexpr std::array<std::string_view, 5> kNames = {"valid", "expires-soon", "expired", "early", "revoked"};
  return kNames[std::size_t(validity)];
}

std::string_view name_of(Alarm alarm) {
  constexpr std::array<std::string_view, 6> kNames = {"30d", "third", "14d", "7d", "1d", "expired"};
  return kNames[std::size_t(alarm)];
}

Validity validity_of(const Entry& entry, Time now) {
  if (entry.retired) return Validity::Revoked;
  if (now > entry.not_after) return Validity::Expired;
  if (now < entry.not_before) return Validity::Early;
  return due_alarm(entry, now) ? Validity::ExpiresSoon : Validity::Valid;
}

std::optional<Alarm> due_alarm(const Entry& entry, Time now) {
  seconds left = entry.not_after - now;
  if (left < seconds(0)) return Alarm::Expired;
  seconds third = (entry.not_after - entry.not_before) / 3;
  seconds first = std::min(kFirst, third);
  if (left > first) return std::nullopt;
  for (const auto& [alarm, before] : kLater) {
    if (left <= before && before < first) return alarm;
  }
  return third < kFirst ? Alarm::Third : Alarm::Days30;
}

}  // namespace pforte::inventory
