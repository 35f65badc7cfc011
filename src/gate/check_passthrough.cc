#include "gate/check_passthrough.h"

#include <algorithm>
#include <map>
#include <string>

#include "base/text.h"
#include "gate/passthrough_circle.h"

namespace pforte::gate {

namespace {

// The block that has a host already.
struct Owner {
  Message block;
  std::uint32_t line;
};

void check_own_hosts(const Config& config, conf::Problems& problems) {
  std::map<std::string_view, Owner> owners;
  for (const SiteConfig& site : config.sites) {
    for (const conf::Text& host : site.hosts)
      owners.try_emplace(host.value, Message{"the site", "der Site"}, host.place.line);
  }
  for (const PassthroughConfig& passthrough : config.passthroughs) {
    for (const conf::Text& host : passthrough.hosts) {
      auto [first, is_new] =
          owners.try_emplace(host.value, Message{"the passthrough", "der Durchleitung"}, host.place.line);
      if (is_new) continue;
      const Owner& owner = first->second;
      problems.error(host.place, "conf.passthrough.host-twice",
                     {cat("host \"", host.value, "\" belongs to ", owner.block.en, " in line ", owner.line, " already"),
                      cat("Host \"", host.value, "\" gehört schon ", owner.block.de, " in Zeile ", owner.line)},
                     {"its TLS ends here or at one group of servers: remove one of the two",
                      "sein TLS endet hier oder bei einer Gruppe von Servern: einen von beiden entfernen"});
    }
  }
}

void check_listeners(const Config& config, const PassthroughConfig& passthrough, conf::Problems& problems) {
  if (std::ranges::none_of(config.listeners, &ListenerConfig::tls) && !config.listeners.empty()) {
    problems.error(passthrough.place, "conf.passthrough.no-listener",
                   {"no listener speaks TLS, and only TLS clients say which host they want",
                    "kein Listener spricht TLS, und nur TLS-Clients sagen, welchen Host sie wollen"},
                   {"add a block [[listener]] with address = \"[::]:443\"",
                    "einen Block [[listener]] mit address = \"[::]:443\" ergänzen"});
    return;
  }
  for (const conf::Text& wanted : passthrough.listeners) {
    auto is_it = [&](const ListenerConfig& one) { return one.tls && one.address.to_text() == wanted.value; };
    if (std::ranges::any_of(config.listeners, is_it)) continue;
    std::string known;
    for (const ListenerConfig& one : config.listeners) {
      if (one.tls) known += cat(known.empty() ? "\"" : ", \"", one.address.to_text(), '"');
    }
    problems.error(wanted.place, "conf.passthrough.listener",
                   {cat("no TLS listener has the address \"", wanted.value, '"'),
                    cat("kein TLS-Listener hat die Adresse \"", wanted.value, '"')},
                   {cat("write it as the listener has it: ", known), cat("schreiben wie beim Listener: ", known)});
  }
}

// A connection that comes back in is passed on again, until no descriptor is left.
void check_circle(const Config& config, const PassthroughConfig& passthrough, conf::Problems& problems) {
  for (const ServerConfig& server : passthrough.servers) {
    Result<net::Address> address = net::parse_ip(server.host, server.port);
    if (!address) continue;
    for (const ListenerConfig& listener : config.listeners) {
      if (!is_same_door(listener.address, *address, address->is_loopback())) continue;
      problems.error(
          server.place, "conf.passthrough.circle",
          {cat(address->to_text(), " is this gate itself, by the listener in line ", listener.place.line),
           cat(address->to_text(), " ist dieses Tor selbst, durch den Listener in Zeile ", listener.place.line)},
          {"name the server that has the certificate of these hosts",
           "den Server angeben, der das Zertifikat dieser Hosts hat"});
    }
  }
}

}  // namespace

void check_passthroughs(const Config& config, conf::Problems& problems) {
  check_own_hosts(config, problems);
  for (const PassthroughConfig& passthrough : config.passthroughs) {
    check_listeners(config, passthrough, problems);
    check_circle(config, passthrough, problems);
  }
}

}  // namespace pforte::gate
