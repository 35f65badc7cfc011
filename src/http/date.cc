#include "http/date.h"

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

}  // namespace

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
