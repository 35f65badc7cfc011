#include "gate/form_token.h"

#include <charconv>

#include "base/text.h"

namespace pforte::gate {

namespace {

std::string purpose(std::string_view host) {
  return cat("form ", host);
}

// A worker reads the clock now and then, so one may be ahead of another by that many seconds.
constexpr std::int64_t kMostAhead = 2;

std::int64_t seconds_of(FormTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

std::string make_form_token(std::string_view bound_to, std::string_view host, FormTime now,
                            const crypto::SealingKeys& keys) {
  return keys.seal(cat(seconds_of(now), ' ', bound_to), purpose(host));
}

bool is_form_token(std::string_view token, std::string_view bound_to, std::string_view host, FormTime now,
                   const crypto::SealingKeys& keys) {
  std::string plain;
  if (bound_to.empty() || !keys.open(token, purpose(host), plain)) return false;
  std::int64_t made = 0;
  auto [end, failure] = std::from_chars(plain.data(), plain.data() + plain.size(), made);
  if (failure != std::errc()) return false;
  std::string_view rest(end, std::size_t(plain.data() + plain.size() - end));
  if (!rest.starts_with(' ') || rest.substr(1) != bound_to) return false;
  std::int64_t age = seconds_of(now) - made;
  return age >= -kMostAhead && age <= kFormTokenLife.count();
}

}  // namespace pforte::gate
