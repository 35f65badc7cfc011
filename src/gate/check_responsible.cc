#include "gate/check_responsible.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/text.h"
#include "conf/nearest.h"

namespace pforte::gate {
namespace {

// What the doctor calls hops, besides by the names of backends and by hosts.
constexpr std::array<std::string_view, 13> kHopWords = {"client", "gate",  "browser",   "dns",  "keytab",
                                                        "kdc",    "proxy", "directory", "ldap", "acme",
                                                        "mail",   "alarm", "webhook"};

// "ldaps://dc1:636": "dc1".
std::string host_in_url(std::string_view url) {
  std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return lowered(url.substr(0, url.find_first_of(":/")));
}

std::vector<std::string> names_of_hops(const Config& config) {
  std::vector<std::string> names(kHopWords.begin(), kHopWords.end());
  auto add_servers = [&](const std::vector<ServerConfig>& servers) {
    for (const ServerConfig& server : servers) names.push_back(server.host);
  };
  for (const BackendConfig& backend : config.backends) {
    names.push_back(lowered(backend.name.value));
    add_servers(backend.servers);
  }
  for (const PassthroughConfig& passthrough : config.passthroughs) add_servers(passthrough.servers);
  for (const acme::CaConfig& ca : config.acme) names.push_back(lowered(ca.name.value));
  if (config.ldap)
    for (const conf::Text& server : config.ldap->servers) names.push_back(host_in_url(server.value));
  return names;
}

}  // namespace

void check_responsible(const std::vector<ResponsibleConfig>& responsible, const Config& config,
                       conf::Problems& problems) {
  std::vector<std::string> names = names_of_hops(config);
  std::vector<std::string_view> candidates(names.begin(), names.end());
  for (const ResponsibleConfig& one : responsible) {
    std::string hop = lowered(one.hop.value);
    bool is_host = hop.find_first_of(".:") != std::string::npos;
    if (is_host || std::ranges::find(candidates, hop) != candidates.end()) continue;
    Message remedy{"write gate, client, the name of a backend or a host",
                   "gate, client, den Namen eines Backends oder einen Host schreiben"};
    if (auto meant = conf::nearest(hop, candidates))
      remedy = {cat("did you mean \"", *meant, "\"?"), cat("ist \"", *meant, "\" gemeint?")};
    problems.warning(one.hop.place, "conf.responsible.unknown",
                     {cat("no hop is called \"", one.hop.value, "\", so nobody would be named"),
                      cat("keine Station heißt \"", one.hop.value, "\", also würde niemand genannt")},
                     std::move(remedy));
  }
}

}  // namespace pforte::gate
