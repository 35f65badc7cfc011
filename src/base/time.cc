#include "base/time.h"

#include "base/text.h"

namespace pforte {

namespace {

std::string two(unsigned number) {
  return number < 10 ? cat('0', number) : cat(number);
}

}  // namespace

std::string rfc3339(std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  sys_seconds second = floor<seconds>(time);
  sys_days day = floor<days>(second);
  year_month_day date(day);
  hh_mm_ss clock(second - day);
  return cat(int(date.year()), '-', two(unsigned(date.month())), '-', two(unsigned(date.day())), 'T',
             two(unsigned(clock.hours().count())), ':', two(unsigned(clock.minutes().count())), ':',
             two(unsigned(clock.seconds().count())), 'Z');
}

}  // namespace pforte
