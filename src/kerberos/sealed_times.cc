#include "kerberos/sealed_times.h"

#include <array>
#include <charconv>

#include "kerberos/der.h"

namespace pforte::kerberos {

std::optional<std::chrono::sys_seconds> read_kerberos_time(std::string_view text) {
  constexpr std::array<std::size_t, 6> kWidths = {4, 2, 2, 2, 2, 2};
  if (text.size() != 15 || text.back() != 'Z') return std::nullopt;
  std::array<int, 6> parts{};
  for (std::size_t i = 0, at = 0; i < parts.size(); at += kWidths[i], ++i) {
    const char* begin = text.data() + at;
    auto [end, why] = std::from_chars(begin, begin + kWidths[i], parts[i]);
    if (why != std::errc() || end != begin + kWidths[i] || *begin == '-') return std::nullopt;
  }
  using namespace std::chrono;
  year_month_day date{year(parts[0]), month(unsigned(parts[1])), day(unsigned(parts[2]))};
  if (!date.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60) return std::nullopt;
  return sys_days(date) + hours(parts[3]) + minutes(parts[4]) + seconds(parts[5]);
}

std::optional<std::chrono::sys_seconds> authenticator_time(std::string_view plain) {
  // The cipher pads some encryptions, so something may stand behind.
  DerReader outer(plain);
  std::optional<DerElement> application = outer.take(tag::application(2));
  std::optional<std::string_view> content = application ? der_only(application->content, tag::kSequence) : std::nullopt;
  if (!content) return std::nullopt;
  DerReader sequence(*content);
  while (std::optional<DerElement> element = sequence.next()) {
    if (element->tag != tag::context(5)) continue;
    std::optional<std::string_view> text = der_only(element->content, tag::kGeneralizedTime);
    return text ? read_kerberos_time(*text) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace pforte::kerberos
