#include "gate/network_config.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace pforte::gate {
namespace {

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// ":443", "*:443", "443" and "localhost:443" say plainly what they mean in other programs.
Message remedy_for(std::string_view text) {
  std::size_t colon = text.rfind(':');
  std::string_view port = colon == std::string_view::npos ? text : text.substr(colon + 1);
  std::string_view host = colon == std::string_view::npos ? "" : text.substr(0, colon);
  if (is_port(port) && (host.empty() || host == "*"))
    return {cat("for all addresses of this computer write \"[::]:", port, "\""),
            cat("für alle Adressen dieses Rechners schreiben: \"[::]:", port, "\"")};
  if (is_port(port) && host == "localhost")
    return {cat("write \"127.0.0.1:", port, "\""), cat("schreiben: \"127.0.0.1:", port, "\"")};
  return {"it takes an IP address and a port: \"192.0.2.1:443\", \"[2001:db8::1]:443\", \"[::]:443\"",
          "nötig sind IP-Adresse und Port: \"192.0.2.1:443\", \"[2001:db8::1]:443\", \"[::]:443\""};
}

void refuse_network(const conf::Text& text, const Error& why, conf::Problems& problems) {
  Message what = {why.text(), cat('"', text.value, "\" ist kein Netz")};
  Message remedy = {"write it as \"10.0.0.0/8\" or \"fd00::/8\", a single address as \"192.0.2.1\"",
                    "schreiben als \"10.0.0.0/8\" oder \"fd00::/8\", eine einzelne Adresse als \"192.0.2.1\""};
  if (std::optional<std::string> meant = meant_network(why)) {
    what.de += ": hinter seiner Länge sind Bits gesetzt";
    remedy = {cat("write \"", *meant, '"'), cat("schreiben: \"", *meant, '"')};
  }
  problems.error(text.place, "conf.network", std::move(what), std::move(remedy));
}

}  // namespace

std::vector<net::Network> read_networks_config(conf::Reader& keys, std::string_view key) {
  std::vector<net::Network> networks;
  const std::vector<conf::Text> texts = keys.texts(key).value_or(std::vector<conf::Text>());
  for (const conf::Text& text : texts) {
    Result<net::Network> network = net::parse_network(text.value);
    if (network) {
      networks.push_back(*network);
      continue;
    }
    refuse_network(text, network.error(), keys.problems());
  }
  return networks;
}

std::vector<net::Network> read_believed_networks_config(conf::Reader& keys, std::string_view key) {
  std::vector<net::Network> networks = read_networks_config(keys, key);
  bool everybody = std::ranges::any_of(networks, [](const net::Network& n) { return n.to_text().ends_with("/0"); });
  if (everybody) {
    keys.problems().warning(
        keys.place_of(key), "conf.network.everybody",
        {cat(key, " believes everybody, so any client can choose the address it seems to come from"),
         cat(key, " glaubt allen, daher kann sich jeder Client die Adresse aussuchen, von der er zu kommen scheint")},
        {"list only the proxies in front of this gate", "nur die Proxys vor diesem Tor aufzählen"});
  }
  return networks;
}

std::optional<std::string> meant_network(const Error& why) {
  constexpr std::string_view kMeant = "the network is ";
  std::size_t at = why.text().find(kMeant);
  if (at == std::string::npos) return std::nullopt;
  return why.text().substr(at + kMeant.size());
}

std::optional<net::Address> read_address(const conf::Text& text, conf::Problems& problems) {
  Result<net::Address> address = net::parse_address(text.value);
  if (address) return *address;
  problems.error(text.place, "conf.address",
                 {cat('"', text.value, "\" is not an address to listen on"),
                  cat('"', text.value, "\" ist keine Adresse, auf der gewartet werden kann")},
                 remedy_for(text.value));
  return std::nullopt;
}

}  // namespace pforte::gate
