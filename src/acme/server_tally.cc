#include "acme/server_tally.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"

namespace pforte::acme {

void ServerTally::count_issued() {
  std::lock_guard lock(mutex_);
  ++issued_;
}

void ServerTally::refused(const Refusal& refusal, Clock::time_point now) {
  const auto* found = std::ranges::find(kTypes, refusal.binding ? "binding" : refusal.type);
  std::uint64_t silent = 0;
  {
    std::lock_guard lock(mutex_);
    Kind& kind = kinds_[std::min(std::size_t(found - kTypes.begin()), kTypes.size() - 1)];
    ++kind.count;
    if (refusal.type == "badNonce") return;
    if (kind.lines > 0 && now - kind.since >= std::chrono::minutes(1)) kind.lines = 0;
    if (kind.lines == 0) kind.since = now;
    if (kind.lines == kLinesInAMinute) {
      ++kind.silent;
      return;
    }
    ++kind.lines;
    silent = std::exchange(kind.silent, 0);
  }
  std::string names;
  for (const std::string& name : refusal.names) names += cat(names.empty() ? "" : " ", name);
  log::warning("acme-server.refused", {{"client", refusal.client},
                                       {"account", refusal.account},
                                       {"names", names},
                                       {"type", refusal.type},
                                       {"detail", refusal.detail},
                                       {"untold_before", silent}});
}

std::uint64_t ServerTally::issued() const {
  std::lock_guard lock(mutex_);
  return issued_;
}

std::vector<std::pair<std::string_view, std::uint64_t>> ServerTally::refusals() const {
  std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string_view, std::uint64_t>> all;
  all.reserve(kTypes.size());
  for (std::size_t i = 0; i < kTypes.size(); ++i) all.emplace_back(kTypes[i], kinds_[i].count);
  return all;
}

}  // namespace pforte::acme
