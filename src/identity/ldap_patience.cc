#include "identity/ldap_patience.h"

#include <algorithm>

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kFirst = 5s;
constexpr std::chrono::seconds kLongest = 60s;

std::chrono::seconds pause_after(unsigned failures) {
  return std::min(kFirst * (1U << std::min(failures - 1, 4U)), kLongest);
}

}  // namespace

bool LdapPatience::may_ask(Clock::time_point now) {
  std::lock_guard lock(mutex_);
  if (failures_ == 0) return true;
  if (now < not_before_) return false;
  not_before_ = now + pause_after(failures_);
  return true;
}

bool LdapPatience::answered() {
  std::lock_guard lock(mutex_);
  bool had_failed = failures_ != 0;
  failures_ = 0;
  return had_failed;
}

std::chrono::seconds LdapPatience::failed(Clock::time_point began, Clock::time_point now) {
  std::lock_guard lock(mutex_);
  if (failures_ != 0 && began < last_failed_) return std::chrono::ceil<std::chrono::seconds>(not_before_ - now);
  ++failures_;
  last_failed_ = now;
  not_before_ = now + pause_after(failures_);
  return pause_after(failures_);
}

std::optional<LdapPatience::Clock::time_point> LdapPatience::left_alone_until() const {
  std::lock_guard lock(mutex_);
  return failures_ == 0 ? std::nullopt : std::optional(not_before_);
}

}  // namespace pforte::identity
