#include "doctor/name_examination.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "doctor/all_ended.h"
#include "doctor/dns_query.h"
#include "doctor/name_verdict.h"

namespace pforte::doctor {
namespace {

net::Task<> keep_reply(const Setting& setting, const ServerView& view, const std::string& name, DnsType type,
                       DnsReply& reply) {
  reply = co_await ask_dns(setting, view.server, name, type);
  co_return {};
}

net::Task<> keep_system_answer(const Setting& setting, const Station& station, SystemAnswer& answer) {
  answer = co_await ask_system(setting, station.host, station.port);
  co_return {};
}

// Browsers and curl take such names for this machine without asking anybody (RFC 6761, 6.3).
bool is_localhost(const std::string& host) {
  return host == "localhost" || host.ends_with(".localhost");
}

std::vector<net::Address> loopback(std::uint16_t port) {
  std::array<std::uint8_t, 4> v4 = {127, 0, 0, 1};
  std::array<std::uint8_t, 16> v6 = {};
  v6.back() = 1;
  return {net::Address(v4, port), net::Address(v6, port)};
}

NameView view_before_asking(const NameFacts& facts, const Station& station) {
  NameView view{
      .host = station.host, .asked = station.host, .system = {}, .hosts = {}, .servers = {}, .other_server = {}};
  bool dotted = station.host.find('.') != std::string::npos;
  if (!dotted && !facts.search.empty()) view.asked = cat(station.host, '.', facts.search.front());
  std::ranges::copy_if(facts.hosts, std::back_inserter(view.hosts),
                       [&](const NameFacts::Entry& entry) { return entry.name == station.host; });
  if (is_localhost(station.host)) return view;
  view.servers.reserve(facts.servers.size());
  for (const net::Address& server : facts.servers) view.servers.push_back({.server = server, .a = {}, .aaaa = {}});
  if (facts.other_server) view.other_server = ServerView{.server = *facts.other_server, .a = {}, .aaaa = {}};
  return view;
}

// What the server of --dns says stands in for what this machine does not find.
std::vector<net::Address> addresses_to_try(const NameView& view, std::uint16_t port) {
  if (!view.system.addresses.empty() || !view.other_server) return view.system.addresses;
  std::vector<net::Address> addresses;
  for (const net::Address& address : view.other_server->addresses()) addresses.push_back(address.with_port(port));
  return addresses;
}

}  // namespace

net::Task<std::vector<net::Address>> examine_name(const Setting& setting, const NameFacts& facts,
                                                  const Station& station, Path& path) {
  std::vector<net::Address> addresses;
  if (station.at) addresses.push_back(*station.at);
  if (Result<net::Address> ip = net::parse_ip(station.host, station.port); ip && addresses.empty())
    addresses.push_back(*ip);
  if (!addresses.empty()) co_return addresses;

  NameView view = view_before_asking(facts, station);
  std::vector<net::Task<>> asking;
  asking.push_back(keep_system_answer(setting, station, view.system));
  auto ask = [&](ServerView& server) {
    asking.push_back(keep_reply(setting, server, view.asked, DnsType::A, server.a));
    asking.push_back(keep_reply(setting, server, view.asked, DnsType::Aaaa, server.aaaa));
  };
  for (ServerView& server : view.servers) ask(server);
  if (view.other_server) ask(*view.other_server);
  co_await all_ended(std::move(asking));
  if (view.system.addresses.empty() && is_localhost(station.host)) co_return loopback(station.port);
  judge_name(view, station.hop, path);
  co_return addresses_to_try(view, station.port);
}

}  // namespace pforte::doctor
