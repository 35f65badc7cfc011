#include "gate/listener_config.h"

#include <utility>

#include "gate/network_config.h"

namespace pforte::gate {

ListenerConfig read_listener_config(conf::Reader keys) {
  ListenerConfig config;
  config.place = keys.place();
  conf::Text address = keys.required_text("address");
  config.address_place = address.place;
  if (!address.value.empty()) config.address = read_address(address, keys.problems()).value_or(net::Address());
  config.redirect_to_https = keys.flag_or("redirect_to_https", false);
  config.tls = keys.flag_or("tls", !config.redirect_to_https);
  config.proxy_protocol_from = read_believed_networks_config(keys, "proxy_protocol_from");
  config.forwarded_from = read_believed_networks_config(keys, "forwarded_from");
  keys.end();

  if (config.tls && config.redirect_to_https) {
    keys.problems().error(keys.place_of("tls"), "conf.listener.redirect-with-tls",
                          {"a listener that redirects to https:// cannot speak TLS itself",
                           "ein Listener, der auf https:// umleitet, kann nicht selbst TLS sprechen"},
                          {"remove one of tls = true and redirect_to_https = true",
                           "tls = true oder redirect_to_https = true entfernen"});
  }
  return config;
}

}  // namespace pforte::gate
