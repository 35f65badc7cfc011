#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pforte::conf {

using Duration = std::chrono::milliseconds;

// Reads a duration: a whole number and one of ms, s, min, h, d; or "0". None for anything else, and for more
// than about 290 years.
std::optional<Duration> parse_duration(std::string_view text);

// Reads a size in bytes: a whole number and one of B, KiB, MiB, GiB, TiB; or "0". None for anything else, and
// for 8 EiB and more.
std::optional<std::uint64_t> parse_size(std::string_view text);

// In the largest unit that needs no fraction: "90s", "2h", "0s".
std::string duration_text(Duration duration);

// In the largest unit that needs no fraction: "64KiB", "1500B", "0".
std::string size_text(std::uint64_t bytes);

// What somebody meant who wrote "5m", "5 seconds", "64KB" or "64k": with one of our units, or nothing.
std::optional<std::string> meant_duration(std::string_view text);
std::optional<std::string> meant_size(std::string_view text);

}  // namespace pforte::conf
