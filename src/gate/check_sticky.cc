#include "gate/check_sticky.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace pforte::gate {

namespace {

std::vector<const BackendConfig*> backends_of(const Config& config, const SiteConfig& site) {
  std::set<std::string_view> names{site.backend.value};
  for (const RuleConfig& rule : site.rules) {
    if (rule.backend) names.insert(rule.backend->value);
  }
  std::vector<const BackendConfig*> found;
  for (const BackendConfig& backend : config.backends) {
    if (names.contains(backend.name.value)) found.push_back(&backend);
  }
  return found;
}

// Our cookies are for all paths of a host, so that the later takes the place of the earlier. Those of applications may
// have paths of their own.
bool shares_cookie(const BackendConfig& one, const BackendConfig& other) {
  auto has_ours = [](const BackendConfig& backend) {
    return backend.sticky && backend.sticky->by == StickyConfig::By::Cookie;
  };
  return has_ours(one) && has_ours(other) && one.sticky->name == other.sticky->name;
}

}  // namespace

void check_sticky_names(const Config& config, conf::Problems& problems) {
  std::set<const BackendConfig*> told;
  for (const SiteConfig& site : config.sites) {
    const std::vector<const BackendConfig*> backends = backends_of(config, site);
    for (auto at = backends.begin(); at != backends.end(); ++at) {
      auto first = std::find_if(backends.begin(), at, [&](const auto* one) { return shares_cookie(*one, **at); });
      if (first == at || !told.insert(*at).second) continue;
      const BackendConfig& backend = **at;
      problems.error(backend.sticky->place, "conf.sticky.name-twice",
                     {cat("the site in line ", site.place.line, " has the same cookie \"", backend.sticky->name,
                          "\" for the backend in line ", (*first)->place.line, ": clients would stay at neither"),
                      cat("die Site in Zeile ", site.place.line, " hat dasselbe Cookie \"", backend.sticky->name,
                          "\" für das Backend in Zeile ", (*first)->place.line, ": Clients blieben bei keinem")},
                     {"give each backend another name, or leave it out: then it is the backend's",
                      "jedem Backend einen anderen name geben oder ihn weglassen: Dann ist es der des Backends"});
    }
  }
}

}  // namespace pforte::gate
