#include "conf/quantity.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <span>

#include "base/ascii.h"
#include "base/text.h"

namespace pforte::conf {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Smallest first. Milliseconds.
constexpr Unit kTimes[] = {{"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};

// Smallest first. Bytes.
constexpr Unit kSizes[] = {
    {"B", 1}, {"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30}, {"TiB", 1ULL << 40}};

struct Alias {
  std::string_view theirs, ours;
};

// Lower case. "m" is a minute here, as in most other configuration files; in ours it says so.
constexpr Alias kTimeAliases[] = {
    {"msec", "ms"},     {"millis", "ms"},  {"sec", "s"},  {"secs", "s"},   {"second", "s"},   {"seconds", "s"},
    {"sek", "s"},       {"sekunden", "s"}, {"m", "min"},  {"mins", "min"}, {"minute", "min"}, {"minutes", "min"},
    {"minuten", "min"}, {"hr", "h"},       {"hour", "h"}, {"hours", "h"},  {"std", "h"},      {"stunden", "h"},
    {"day", "d"},       {"days", "d"},     {"tage", "d"}, {"ms", "ms"},    {"s", "s"},        {"min", "min"},
    {"h", "h"},         {"d", "d"},        {"", "s"},
};
constexpr Alias kSizeAliases[] = {
    {"k", "KiB"}, {"kb", "KiB"}, {"kib", "KiB"}, {"m", "MiB"}, {"mb", "MiB"}, {"mib", "MiB"},
    {"g", "GiB"}, {"gb", "GiB"}, {"gib", "GiB"}, {"t", "TiB"}, {"tb", "TiB"}, {"tib", "TiB"},
    {"b", "B"},   {"byte", "B"}, {"bytes", "B"}, {"", "B"},
};

struct Parts {
  std::uint64_t number;
  std::string_view unit;
};

std::optional<Parts> cut(std::string_view text) {
  Parts parts{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts.number);
  if (error != std::errc()) return std::nullopt;
  parts.unit = text.substr(static_cast<std::size_t>(end - text.data()));
  return parts;
}

std::optional<std::uint64_t> parse(std::string_view text, std::span<const Unit> units) {
  std::optional<Parts> parts = cut(text);
  if (!parts) return std::nullopt;
  if (parts->number == 0 && parts->unit.empty()) return 0;

  const auto* unit = std::ranges::find(units, parts->unit, &Unit::name).base();
  if (unit == units.data() + units.size()) return std::nullopt;
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (parts->number > kMost / unit->factor) return std::nullopt;
  return parts->number * unit->factor;
}

std::string to_text(std::uint64_t number, std::span<const Unit> units) {
  const Unit* best = units.data();
  for (const Unit& unit : units) {
    if (number % unit.factor == 0) best = &unit;
  }
  return cat(number / best->factor, best->name);
}

std::optional<std::string> meant(std::string_view text, std::span<const Alias> aliases) {
  std::optional<Parts> parts = cut(text);
  if (!parts) return std::nullopt;
  std::string unit;
  for (char c : parts->unit) {
    if (c != ' ') unit += lower(c);
  }
  for (const Alias& alias : aliases) {
    if (alias.theirs == unit) return cat(parts->number, alias.ours);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  // libstdc++ and we agree on milliseconds in 64 bits; the bound leaves room to turn them into nanoseconds.
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max() / 1'000'000;
  std::optional<std::uint64_t> parsed = parse(text, kTimes);
  if (!parsed || *parsed > kMost) return std::nullopt;
  return Duration(static_cast<std::int64_t>(*parsed));
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse(text, kSizes);
}

std::string duration_text(Duration duration) {
  auto count = static_cast<std::uint64_t>(duration.count());
  return count == 0 ? "0s" : to_text(count, kTimes);
}

std::string size_text(std::uint64_t bytes) {
  return bytes == 0 ? "0" : to_text(bytes, kSizes);
}

std::optional<std::string> meant_duration(std::string_view text) {
  return meant(text, kTimeAliases);
}

std::optional<std::string> meant_size(std::string_view text) {
  return meant(text, kSizeAliases);
}

}  // namespace pforte::conf
