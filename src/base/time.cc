#include "base/time.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"

namespace pforte {

namespace {

std::string two(unsigned number) {
  return number < 10 ? cat('0', number) : cat(number);
}

// A number of two digits at a place, or -1.
int two_at(std::string_view text, std::size_t at) {
  auto digit = [&](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -100;
  };
  return std::max(10 * digit(at) + digit(at + 1), -1);
}

// "Z", "+01:00".
std::optional<std::chrono::minutes> distance_from_utc(std::string_view text) {
  using namespace std::chrono;
  if (text == "Z" || text == "z") return minutes(0);
  bool known = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':';
  int hour = known ? two_at(text, 1) : -1, minute = known ? two_at(text, 4) : -1;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  minutes distance = hours(hour) + minutes(minute);
  return text[0] == '-' ? -distance : distance;
}

}  // namespace

std::chrono::sys_seconds now_in_seconds() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::string rfc3339(std::chrono::system_clock::time_point time) {
  return rfc3339(std::chrono::floor<std::chrono::seconds>(time));
}

std::string rfc3339(std::chrono::sys_seconds second) {
  using namespace std::chrono;
  sys_days day = floor<days>(second);
  year_month_day date(day);
  hh_mm_ss clock(second - day);
  return cat(int(date.year()), '-', two(unsigned(date.month())), '-', two(unsigned(date.day())), 'T',
             two(unsigned(clock.hours().count())), ':', two(unsigned(clock.minutes().count())), ':',
             two(unsigned(clock.seconds().count())), 'Z');
}

std::optional<std::chrono::sys_seconds> read_rfc3339(std::string_view text) {
  using namespace std::chrono;
  bool has_form = text.size() >= 20 && text[4] == '-' && text[7] == '-' && (text[10] == 'T' || text[10] == 't') &&
                  text[13] == ':' && text[16] == ':';
  if (!has_form) return std::nullopt;
  int century = two_at(text, 0), year_in_it = two_at(text, 2), hour = two_at(text, 11), minute = two_at(text, 14),
      second = two_at(text, 17);
  if (century < 0 || year_in_it < 0 || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  year_month_day date(year(100 * century + year_in_it), month(unsigned(two_at(text, 5))),
                      day(unsigned(two_at(text, 8))));
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  text.remove_prefix(19);
  if (text.starts_with('.')) {
    std::size_t end = text.find_first_not_of("0123456789", 1);
    if (end == text.npos || end == 1) return std::nullopt;
    text.remove_prefix(end);
  }
  std::optional<minutes> distance = distance_from_utc(text);
  if (!distance) return std::nullopt;
  return sys_days(date) + hours(hour) + minutes(minute) + seconds(second) - *distance;
}

std::string rfc3339_to_the_millisecond(std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  std::string text = rfc3339(time);
  auto rest = floor<milliseconds>(time - floor<seconds>(time)).count();
  text.back() = '.';
  return cat(text, rest < 100 ? "0" : "", two(unsigned(rest)), 'Z');
}

}  // namespace pforte
