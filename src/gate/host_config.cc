#include "gate/host_config.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "net/address.h"

namespace pforte::gate {
namespace {

bool is_label(std::string_view label) {
  bool letters = std::ranges::all_of(
      label, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
  return letters && !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-';
}

bool is_bracketed_v6(std::string_view host) {
  bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  return bracketed && net::parse_ip(host.substr(1, host.size() - 2)).has_value();
}

Message host_is(std::string_view host, std::string_view en, std::string_view de) {
  return {cat("host \"", host, "\" ", en), cat("Host \"", host, "\" ", de)};
}

Message write_host(std::string_view host) {
  return {cat("write \"", host, '"'), cat("schreiben: \"", host, '"')};
}

// Why a text is no host, and what to write.
struct Mistake {
  Message what;
  Message remedy;
};

std::optional<Mistake> mistake_in(std::string_view host, HostsOf block) {
  if (host == "*" || is_bracketed_v6(host)) return std::nullopt;
  if (host.empty())
    return Mistake{host_is(host, "is empty", "ist leer"),
                   {"for every host write \"*\"", "für jeden Host schreiben: \"*\""}};
  if (std::size_t scheme = host.find("://"); scheme != std::string_view::npos) {
    return Mistake{host_is(host, "is a URL", "ist eine URL"), write_host(host.substr(scheme + 3))};
  }
  if (std::size_t slash = host.find('/'); slash != std::string_view::npos) {
    return Mistake{host_is(host, "has a path", "hat einen Pfad"), write_host(host.substr(0, slash))};
  }
  if (std::size_t colon = host.find(':'); colon != std::string_view::npos) {
    Message why = {"has a port; a site answers on every listener",
                   "hat einen Port; eine Site antwortet auf jedem Listener"};
    if (block == HostsOf::Passthrough)
      why = {"has a port; where it holds, `listeners` says", "hat einen Port; wo er gilt, sagt `listeners`"};
    return Mistake{host_is(host, why.en, why.de), write_host(host.substr(0, colon))};
  }
  std::string_view name = host.starts_with("*.") ? host.substr(2) : host;
  if (name.ends_with('.')) {
    return Mistake{host_is(host, "ends in a dot", "endet mit einem Punkt"),
                   write_host(host.substr(0, host.size() - 1))};
  }
  if (std::ranges::any_of(host, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    return Mistake{host_is(host, "has letters outside ASCII", "hat Zeichen außerhalb von ASCII"),
                   {"write it as clients send it, in Punycode: `idn2 NAME` prints that",
                    "so schreiben, wie Clients ihn senden, in Punycode: `idn2 NAME` gibt das aus"}};
  }
  if (name.contains('*')) {
    return Mistake{host_is(host, "has a * that is not its first label", "hat einen *, der nicht das erste Glied ist"),
                   {"\"*.example.com\" stands for one label, \"*\" for every host",
                    "\"*.example.com\" steht für genau ein Glied, \"*\" für jeden Host"}};
  }
  if (is_host_name(name)) return std::nullopt;
  return Mistake{host_is(host, "is not a host name", "ist kein Hostname"),
                 {"letters, digits and hyphens, with dots between: \"crm.example.com\"",
                  "Buchstaben, Ziffern und Bindestriche, dazwischen Punkte: \"crm.example.com\""}};
}

}  // namespace

bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  while (true) {
    std::size_t dot = host.find('.');
    if (!is_label(host.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    host.remove_prefix(dot + 1);
  }
}

std::vector<conf::Text> read_hosts_config(conf::Reader& keys, HostsOf block) {
  std::vector<conf::Text> hosts;
  bool missing = !keys.has("hosts");
  std::optional<std::vector<conf::Text>> texts = keys.texts("hosts");
  if (missing || (texts && texts->empty())) {
    Message what = {"the site has no host", "die Site hat keinen Host"};
    if (block == HostsOf::Passthrough) what = {"the passthrough has no host", "die Durchleitung hat keinen Host"};
    keys.problems().error(keys.place_of("hosts"), "conf.site.no-host", std::move(what),
                          {"add hosts = [\"crm.example.com\"], or hosts = [\"*\"] for every host",
                           "hosts = [\"crm.example.com\"] ergänzen, oder hosts = [\"*\"] für jeden Host"});
  }
  if (!texts) return hosts;
  for (conf::Text& text : *texts) {
    text.value = lowered(text.value);
    std::optional<Mistake> mistake = mistake_in(text.value, block);
    if (mistake) {
      keys.problems().error(text.place, "conf.site.host", mistake->what, mistake->remedy);
    } else {
      hosts.push_back(std::move(text));
    }
  }
  return hosts;
}

}  // namespace pforte::gate
