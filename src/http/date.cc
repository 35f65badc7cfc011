#include "http/date.h"

#include <algorithm>
#include <array>

namespace pforte::http {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void append_two(std::string& out, unsigned number) {
  out += char('0' + number / 10 % 10);
  out += char('0' + number % 10);
}

// Takes the parts of a date off a text, one by one; once something is missing, nothing more is read.
class DateText {
 public:
  explicit DateText(std::string_view text) : rest_(text) {}

  void word(std::string_view expected) {
    good_ &= rest_.starts_with(expected);
    rest_.remove_prefix(good_ ? expected.size() : 0);
  }
  unsigned number(std::size_t digits) {
    unsigned value = 0;
    good_ &= rest_.size() >= digits;
    for (std::size_t i = 0; good_ && i < digits; ++i) {
      good_ = rest_[i] >= '0' && rest_[i] <= '9';
      value = value * 10 + static_cast<unsigned>(rest_[i] - '0');
    }
    rest_.remove_prefix(good_ ? digits : 0);
    return value;
  }
  month month_name() {
    std::string_view name = rest_.substr(0, 3);
    const auto* found = std::ranges::find(kMonths, name);
    good_ &= found != kMonths.end();
    rest_.remove_prefix(good_ ? 3 : 0);
    return month(static_cast<unsigned>(found - kMonths.begin()) + 1);
  }
  seconds clock() {
    unsigned hour = number(2);
    word(":");
    unsigned minute = number(2);
    word(":");
    unsigned second = number(2);
    good_ &= hour < 24 && minute < 60 && second <= 60;
    return hours(hour) + minutes(minute) + seconds(second);
  }
  bool complete() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// Two digits mean the year that is at most 50 years ahead (RFC 9110, 5.6.7).
int full_year(unsigned two_digits) {
  int now = int(year_month_day(floor<days>(system_clock::now())).year());
  int full = now / 100 * 100 + int(two_digits);
  return full > now + 50 ? full - 100 : full;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", and "Sunday, 06-Nov-94 08:49:37 GMT" behind the name of the day.
std::optional<sys_seconds> parse_after_day(std::string_view rest, bool dashes) {
  DateText text(rest);
  std::string_view between = dashes ? "-" : " ";
  unsigned day_number = text.number(2);
  text.word(between);
  month named = text.month_name();
  text.word(between);
  int full = dashes ? full_year(text.number(2)) : int(text.number(4));
  text.word(" ");
  seconds clock = text.clock();
  text.word(" GMT");
  year_month_day date(year(full), named, day(day_number));
  if (!text.complete() || !date.ok()) return std::nullopt;
  return sys_days(date) + clock;
}

// "Sun Nov  6 08:49:37 1994" behind the name of the day.
std::optional<sys_seconds> parse_asctime(std::string_view rest) {
  DateText text(rest);
  text.word(" ");
  month named = text.month_name();
  text.word(" ");
  bool one_digit = rest.size() > 5 && rest[5] == ' ';
  if (one_digit) text.word(" ");
  unsigned day_number = text.number(one_digit ? 1 : 2);
  text.word(" ");
  seconds clock = text.clock();
  text.word(" ");
  year_month_day date(year(int(text.number(4))), named, day(day_number));
  if (!text.complete() || !date.ok()) return std::nullopt;
  return sys_days(date) + clock;
}

}  // namespace

std::optional<sys_seconds> parse_date(std::string_view text) {
  auto is_named = [&](std::string_view day) { return text.starts_with(day); };
  if (std::ranges::none_of(kDays, is_named)) return std::nullopt;
  std::size_t comma = text.find(", ");
  if (comma == std::string_view::npos) return parse_asctime(text.substr(3));
  return parse_after_day(text.substr(comma + 2), comma > 3);
}

std::string date_text(sys_seconds time) {
  sys_days day = floor<days>(time);
  year_month_day date(day);
  hh_mm_ss clock(time - day);
  std::string out;
  out.reserve(29);
  out.append(kDays[weekday(day).c_encoding()]).append(", ");
  append_two(out, unsigned(date.day()));
  out.append(" ").append(kMonths[unsigned(date.month()) - 1]).append(" ");
  append_two(out, unsigned(int(date.year())) / 100);
  append_two(out, unsigned(int(date.year())) % 100);
  out += ' ';
  append_two(out, unsigned(clock.hours().count()));
  out += ':';
  append_two(out, unsigned(clock.minutes().count()));
  out += ':';
  append_two(out, unsigned(clock.seconds().count()));
  out += " GMT";
  return out;
}

std::string_view date_now() {
  thread_local sys_seconds second;
  thread_local std::string text;
  sys_seconds now = floor<seconds>(system_clock::now());
  if (now != second || text.empty()) {
    second = now;
    text = date_text(now);
  }
  return text;
}

}  // namespace pforte::http
