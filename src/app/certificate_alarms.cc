#include "app/certificate_alarms.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "inventory/lifetime.h"

namespace pforte::app {
namespace {

using inventory::Alarm;
using inventory::Entry;
using inventory::Time;

constexpr std::size_t kMostMetrics = 200;

std::string first_name_of(const Entry& entry) {
  return entry.names.empty() ? entry.subject : entry.names.front();
}

std::vector<std::string> uses_of(const Entry& entry) {
  std::vector<std::string> uses;
  for (const inventory::Use& use : entry.uses) {
    if (use.current) uses.push_back(cat(inventory::name_of(use.kind), ' ', use.place));
  }
  return uses;
}

bool can_be_shown(const Entry& entry) {
  return entry.has_key && !entry.retired;
}

// When the last certificate ends that a site could show for each name.
using LastEnds = std::map<std::string_view, Time>;

LastEnds last_ends(const std::vector<Entry>& entries) {
  LastEnds ends;
  for (const Entry& entry : entries) {
    if (!can_be_shown(entry)) continue;
    for (const std::string& name : entry.names) {
      Time& last = ends[name];
      last = std::max(last, entry.not_after);
    }
  }
  return ends;
}

bool is_in_use(const Entry& entry, const LastEnds& ends) {
  if (!uses_of(entry).empty()) return true;
  return can_be_shown(entry) &&
         std::ranges::any_of(entry.names, [&](const std::string& name) { return ends.at(name) <= entry.not_after; });
}

Result<> tell_alarm(inventory::Inventory& inventory, const Entry& entry, Alarm alarm) {
  if (!TRY(inventory.remember(entry.sha256, inventory::name_of(alarm)))) return {};
  std::string uses;
  for (const std::string& use : uses_of(entry)) uses += cat(uses.empty() ? "" : ", ", use);
  bool urgent = alarm == Alarm::Days1 || alarm == Alarm::Expired;
  log::write(urgent ? log::Level::Error : log::Level::Warning, "certificate.expires",
             {{"name", first_name_of(entry)},
              {"sha256", entry.sha256},
              {"expires", rfc3339(entry.not_after)},
              {"alarm", inventory::name_of(alarm)},
              {"used_by", uses.empty() ? "-" : uses},
              {"owner", entry.owner.empty() ? "-" : entry.owner}});
  return {};
}

}  // namespace

Result<CertificateSight> judge_certificates(inventory::Inventory& inventory, Time now) {
  CertificateSight sight;
  std::vector<Entry> entries = TRY(inventory.list());
  LastEnds ends = last_ends(entries);
  for (const Entry& entry : entries) {
    if (!is_in_use(entry, ends)) continue;
    if (sight.metrics.size() < kMostMetrics) {
      sight.metrics.push_back({.name = first_name_of(entry),
                               .sha256 = entry.sha256.substr(0, 12),
                               .source = std::string(inventory::name_of(entry.source)),
                               .seconds = (entry.not_after - now).count()});
    }
    std::optional<Alarm> due = inventory::due_alarm(entry, now);
    if (!due) continue;
    TRY(tell_alarm(inventory, entry, *due));
    sight.expiring.push_back({.sha256 = entry.sha256,
                              .name = first_name_of(entry),
                              .owner = entry.owner,
                              .expires = entry.not_after,
                              .uses = uses_of(entry)});
  }
  return sight;
}

}  // namespace pforte::app
