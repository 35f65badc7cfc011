#include "coding/accept_encoding.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"

namespace pforte::coding {

namespace {

constexpr std::uint16_t kFull = 1000;

// "0", "0.5", "1.000" in thousandths (RFC 9110, 12.4.2).
std::optional<std::uint16_t> parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  auto weight = static_cast<std::uint16_t>((text[0] - '0') * kFull);
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  unsigned unit = 100;
  for (std::size_t i = 2; i < text.size(); ++i, unit /= 10) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    weight = static_cast<std::uint16_t>(weight + (text[i] - '0') * unit);
  }
  return weight <= kFull ? std::optional(weight) : std::nullopt;
}

std::optional<Coding> coding_named(std::string_view name) {
  if (equals_ignoring_case(name, "x-gzip")) return Coding::Gzip;
  const auto* found = std::ranges::find_if(kCodingNames, [&](auto one) { return equals_ignoring_case(one, name); });
  if (found == kCodingNames.end()) return std::nullopt;
  return static_cast<Coding>(found - kCodingNames.begin());
}

}  // namespace

AcceptEncoding::AcceptEncoding(const http::Fields& request) {
  for (const http::Field& field : request) {
    if (field.known != http::FieldName::AcceptEncoding) continue;
    std::string_view rest = field.value;
    for (std::string_view element = http::next_element(rest); !element.empty(); element = http::next_element(rest))
      take(element);
  }
}

// One coding with its weight. Named twice, the smaller weight holds.
void AcceptEncoding::take(std::string_view element) {
  std::size_t end = std::min(element.find(';'), element.size());
  std::string_view name = http::trim(element.substr(0, end));
  std::uint16_t weight = kFull;
  if (end < element.size()) {
    std::string_view parameter = http::trim(element.substr(end + 1));
    if (parameter.size() < 2 || lower(parameter[0]) != 'q' || parameter[1] != '=') return;
    std::optional<std::uint16_t> said = parse_weight(parameter.substr(2));
    if (!said) return;
    weight = *said;
  }
  if (name == "*") {
    others_ = std::min(others_, weight);
  } else if (std::optional<Coding> coding = coding_named(name)) {
    std::uint16_t& known = weights_[static_cast<std::size_t>(*coding)];
    known = std::min(known, weight);
  }
}

std::uint16_t AcceptEncoding::weight(Coding coding) const {
  std::uint16_t said = weights_[static_cast<std::size_t>(coding)];
  if (said != kUnsaid) return said;
  // "*" stands for identity only where it forbids everything that is not named.
  if (coding == Coding::Identity) return others_ == 0 ? 0 : 1;
  return others_ == kUnsaid ? 0 : others_;
}

Coding AcceptEncoding::best_of(std::span<const Coding> offered) const {
  Coding best = Coding::Identity;
  std::uint16_t most = 0;
  for (Coding one : offered) {
    if (std::uint16_t liked = weight(one); liked > most) {
      best = one;
      most = liked;
    }
  }
  // Of equals, what is smaller on the wire.
  return weight(Coding::Identity) > most ? Coding::Identity : best;
}

}  // namespace pforte::coding
