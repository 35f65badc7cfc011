#include "gate/passthrough_coalescing.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "crypto/certificate.h"

namespace pforte::gate {

namespace {

constexpr std::string_view kCode = "conf.passthrough-coalescing";

bool is_named_by(const PassthroughConfig& passthrough, const ListenerConfig& listener) {
  std::string address = listener.address.to_text();
  return std::ranges::find(passthrough.listeners, address, &conf::Text::value) != passthrough.listeners.end();
}

// Sites answer at every TLS listener. One that a passthrough names while it leaves out others is taken for its own.
bool has_own_address(const PassthroughConfig& passthrough, const Config& config) {
  auto left_out = [&](const ListenerConfig& one) { return one.tls && !is_named_by(passthrough, one); };
  return !passthrough.listeners.empty() && std::ranges::any_of(config.listeners, left_out);
}

bool share_address(const PassthroughConfig& one, const PassthroughConfig& other, const Config& config) {
  auto both = [&](const ListenerConfig& listener) {
    return listener.tls && (one.listeners.empty() || is_named_by(one, listener)) &&
           (other.listeners.empty() || is_named_by(other, listener));
  };
  return std::ranges::any_of(config.listeners, both);
}

// A name of a certificate, and the host of a passthrough that it covers.
struct Common {
  std::string name;
  conf::Text host;
};

const conf::Text* host_for(std::string_view name, const PassthroughConfig& passthrough) {
  auto stands_for = [&](const conf::Text& host) { return host.value == "*" || crypto::covers({host.value}, name); };
  auto found = std::ranges::find_if(passthrough.hosts, stands_for);
  return found == passthrough.hosts.end() ? nullptr : &*found;
}

Message three_remedies(std::string_view name) {
  return {cat("give up one of the three: the certificate (one for each, without ", name,
              "), the address (a [[listener]] for these hosts, named in listeners), or HTTP/2 (off at these servers, "
              "then http2 = false here)"),
          cat("eines der drei aufgeben: das Zertifikat (jedem sein eigenes, ohne ", name,
              "), die Adresse (ein [[listener]] für diese Hosts, genannt in listeners) oder HTTP/2 (an diesen Servern "
              "abschalten, dann hier http2 = false)")};
}

class Search {
 public:
  Search(const Plan& plan, conf::Problems& problems) : plan_(plan), problems_(problems) {}

  void with_sites(const Passthrough& passthrough) {
    if (!passthrough.config().http2 || has_own_address(passthrough.config(), plan_.config)) return;
    for (const auto& site : plan_.sites) {
      for (const conf::Text& host : site->config.hosts) {
        std::optional<Common> common = common_with(*site, host, passthrough);
        if (!common) continue;
        tell_site(host, *common);
        break;
      }
    }
  }

  // What is left to know by is a wildcard that one of them has.
  void with_other(const Passthrough& passthrough, const Passthrough& other) {
    bool may_share = passthrough.config().http2 || other.config().http2;
    if (!may_share || !share_address(passthrough.config(), other.config(), plan_.config)) return;
    for (auto [wide, narrow] : {std::pair(&passthrough, &other), std::pair(&other, &passthrough)}) {
      for (const conf::Text& host : wide->config().hosts) {
        std::optional<Common> common =
            host.value.starts_with("*.") ? common_of(host.value, *narrow) : std::optional<Common>();
        if (common) return tell_other(*common, wide->config());
      }
    }
  }

 private:
  bool leads_to(std::string_view name, const Passthrough& passthrough) const {
    return std::ranges::any_of(plan_.passed_hosts,
                               [&](const auto& one) { return one.second.find(name) == &passthrough; });
  }

  // A host of the passthrough that a certificate with this name covers, or that is one of its names.
  std::optional<Common> common_of(const std::string& name, const Passthrough& passthrough) const {
    for (const conf::Text& host : passthrough.config().hosts) {
      if (crypto::covers({name}, host.value)) return Common{.name = name, .host = host};
    }
    const conf::Text* host = leads_to(name, passthrough) ? host_for(name, passthrough.config()) : nullptr;
    return host ? std::optional(Common{.name = name, .host = *host}) : std::nullopt;
  }

  std::optional<Common> common_with(const Site& site, const conf::Text& host, const Passthrough& passthrough) const {
    const tls::ServerContext* context = site.tls.get();
    if (!context && plan_.names) context = plan_.names->find(host.value);
    if (!context) return std::nullopt;
    for (const std::vector<std::string>& names : context->names()) {
      for (const std::string& name : names) {
        std::optional<Common> common = common_of(name, passthrough);
        if (common) return common;
      }
    }
    return std::nullopt;
  }

  void tell_site(const conf::Text& host, const Common& common) {
    problems_.warning(
        common.host.place, kCode,
        {cat("browsers can send requests for ", host.value, " (line ", host.place.line, ") to the servers of ",
             common.host.value, ": both have one address, a certificate with ", common.name,
             " covers both, and over HTTP/2 such hosts share a connection"),
         cat("Browser können Anfragen an ", host.value, " (Zeile ", host.place.line, ") an die Server von ",
             common.host.value, " senden: Beide haben dieselbe Adresse, ein Zertifikat mit ", common.name,
             " gilt für beide, und über HTTP/2 teilen sich solche Hosts eine Verbindung")},
        three_remedies(common.name));
  }

  void tell_other(const Common& common, const PassthroughConfig& earlier) {
    std::uint32_t line = earlier.place.line;
    problems_.warning(common.host.place, kCode,
                      {cat("browsers can mix up the servers of ", common.host.value, " and of the passthrough in line ",
                           line, ": both have one address, a certificate with ", common.name,
                           " would cover both, and over HTTP/2 such hosts share a connection"),
                       cat("Browser können die Server von ", common.host.value, " und der Durchleitung in Zeile ", line,
                           " verwechseln: Beide haben dieselbe Adresse, ein Zertifikat mit ", common.name,
                           " gälte für beide, und über HTTP/2 teilen sich solche Hosts eine Verbindung")},
                      three_remedies(common.name));
  }

  const Plan& plan_;
  conf::Problems& problems_;
};

}  // namespace

void check_coalescing(const Plan& plan, conf::Problems& problems) {
  Search search(plan, problems);
  for (auto one = plan.passthroughs.begin(); one != plan.passthroughs.end(); ++one) {
    search.with_sites(**one);
    for (auto other = plan.passthroughs.begin(); other != one; ++other) search.with_other(**one, **other);
  }
}

}  // namespace pforte::gate
