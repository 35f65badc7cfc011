#include "doctor/name_verdict.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace pforte::doctor {
namespace {

using Ips = std::vector<net::Address>;

Ips ips(std::initializer_list<std::string_view> texts) {
  Ips list;
  for (std::string_view text : texts) list.push_back(net::parse_ip(text).value());
  return list;
}

ServerView says(std::string_view server, Ips addresses, int rcode = kDnsNoError) {
  DnsReply a{.state = DnsState::Answered};
  a.answer.rcode = rcode;
  a.answer.addresses = std::move(addresses);
  return {.server = net::parse_ip(server, 53).value(), .a = std::move(a), .aaaa = {.state = DnsState::Answered}};
}

ServerView fails(std::string_view server, DnsState state) {
  return {.server = net::parse_ip(server, 53).value(), .a = {.state = state}, .aaaa = {.state = state}};
}

NameView view_of(Ips system, std::vector<ServerView> servers) {
  NameView view;
  view.host = view.asked = "crm.example";
  view.system.addresses = std::move(system);
  view.servers = std::move(servers);
  return view;
}

// What is told of a view: "dns.slow warning", the worst first.
std::vector<std::string> told(const NameView& view) {
  Path path("crm.example", {{.name = {"client", "Client"}}, {.name = {"crm", "crm"}}});
  judge_name(view, 1, path);
  std::vector<std::string> all;
  for (const Finding* finding : path.in_order()) {
    CHECK(!finding->seen.en.empty());
    CHECK(!finding->seen.de.empty());
    all.push_back(std::string(finding->check.id) + ' ' + std::string(name_of(finding->level)));
  }
  return all;
}

TEST_CASE("a name without addresses is put down to the most certain answer") {
  CHECK(told(view_of({}, {fails("10.0.0.1", DnsState::NoAnswer), says("10.0.0.2", {}, kDnsNoSuchName)})) ==
        std::vector<std::string>{"dns.no-such-name error", "dns.no-answer warning"});
  CHECK(told(view_of({}, {says("10.0.0.1", {}, kDnsServerFailure)})) ==
        std::vector<std::string>{"dns.server-failure error"});
  CHECK(told(view_of({}, {says("10.0.0.1", {})})) == std::vector<std::string>{"dns.no-address error"});
  CHECK(told(view_of({}, {says("10.0.0.1", ips({"192.0.2.1"}))})) ==
        std::vector<std::string>{"dns.system-differs error"});
  CHECK(told(view_of({}, {})) == std::vector<std::string>{"dns.no-server error"});
}

TEST_CASE("a name without a dot is blamed for that, unless the servers do not answer at all") {
  NameView view = view_of({}, {says("10.0.0.1", {}, kDnsNoSuchName)});
  view.host = "crm";
  CHECK(told(view) == std::vector<std::string>{"dns.no-dot error"});
  view.servers = {fails("10.0.0.1", DnsState::NoAnswer)};
  CHECK(told(view) == std::vector<std::string>{"dns.no-answer error"});
}

TEST_CASE("servers that disagree are a warning where it matters which one answers") {
  auto differ = [](Ips one, Ips other) {
    Ips system = one;
    return told(view_of(std::move(system), {says("10.0.0.1", std::move(one)), says("10.0.0.2", std::move(other))}));
  };
  CHECK(differ(ips({"192.0.2.1", "192.0.2.2"}), ips({"192.0.2.2"})) == std::vector<std::string>{"dns.resolved ok"});
  CHECK(differ(ips({"192.0.2.1"}), ips({"192.0.2.3"})).front() == "dns.servers-differ note");
  CHECK(differ(ips({"192.0.2.1"}), ips({"10.0.0.9"})).front() == "dns.servers-differ warning");
  CHECK(differ(ips({"192.0.2.1"}), {}).front() == "dns.servers-differ warning");
}

TEST_CASE("another server's view is compared with this machine's") {
  NameView view = view_of(ips({"10.0.0.9"}), {says("10.0.0.1", ips({"10.0.0.9"}))});
  view.other_server = says("192.0.2.53", ips({"10.0.0.9"}));
  CHECK(told(view).front() == "dns.private-address warning");
  view.other_server = says("192.0.2.53", ips({"192.0.2.1"}));
  CHECK(told(view).front() == "dns.split-horizon note");
  view.other_server = says("192.0.2.53", {}, kDnsNoSuchName);
  CHECK(told(view).front() == "dns.unknown-there warning");
}

TEST_CASE("a lookup that takes a second is slow") {
  NameView view = view_of(ips({"192.0.2.1"}), {});
  view.system.took = std::chrono::milliseconds(1500);
  CHECK(told(view).front() == "dns.slow warning");
}

}  // namespace
}  // namespace pforte::doctor
