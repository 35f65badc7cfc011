#include "doctor/name_facts.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

#include "base/ascii.h"
#include "base/text.h"
#include "net/network.h"
#include "net/together.h"

namespace pforte::doctor {
namespace {

constexpr std::uint16_t kDnsPort = 53;
constexpr std::size_t kMostServers = 3;  // that the C library asks: MAXNS of <resolv.h>
constexpr auto kPrivateNetworks =
    std::to_array<std::string_view>({"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
                                     "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128"});

std::vector<std::string> words_of_line(std::string_view line) {
  std::string text(line.substr(0, line.find_first_of("#;")));
  std::istringstream words(text);
  return {std::istream_iterator<std::string>(words), {}};
}

template <class Take>
void each_line(std::string_view text, Take take) {
  std::size_t number = 0;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    take(words_of_line(text.substr(0, end)), ++number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string content_of(const char* file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

SystemAnswer look_up_now(const std::string& host, std::uint16_t port) {
  auto begun = net::Clock::now();
  SystemAnswer answer;
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  int failure = getaddrinfo(host.c_str(), nullptr, &wanted, &found);
  answer.took = std::chrono::duration_cast<std::chrono::milliseconds>(net::Clock::now() - begun);
  if (failure != 0) {
    answer.no_such_name = failure == EAI_NONAME || failure == EAI_NODATA;
    answer.failure = gai_strerror(failure);
    return answer;
  }
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, freeaddrinfo);
  for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next) {
    sockaddr_storage raw{};
    std::memcpy(&raw, one->ai_addr, one->ai_addrlen);
    Result<net::Address> address = net::from_sockaddr(raw, one->ai_addrlen);
    if (address && std::ranges::find(answer.addresses, address->with_port(port)) == answer.addresses.end())
      answer.addresses.push_back(address->with_port(port));
  }
  return answer;
}

net::Task<> keep_answer(const Setting& setting, std::string host, std::uint16_t port, SystemAnswer& answer) {
  std::move_only_function<Result<SystemAnswer>()> work = [host = std::move(host), port] {
    return Result<SystemAnswer>(look_up_now(host, port));
  };
  answer = co_await setting.pool.run<SystemAnswer>(setting.loop, std::move(work));
  co_return {};
}

}  // namespace

NameFacts read_name_facts(std::string_view resolv_conf, std::string_view hosts) {
  NameFacts facts;
  each_line(resolv_conf, [&](const std::vector<std::string>& words, std::size_t) {
    if (words.size() < 2) return;
    Result<net::Address> server = net::parse_ip(words[1], kDnsPort);
    if (words[0] == "nameserver" && server && facts.servers.size() < kMostServers) facts.servers.push_back(*server);
    if (words[0] == "search" || words[0] == "domain") facts.search.assign(words.begin() + 1, words.end());
  });
  each_line(hosts, [&](const std::vector<std::string>& words, std::size_t line) {
    if (words.size() < 2) return;
    Result<net::Address> address = net::parse_ip(words[0]);
    if (!address) return;
    for (std::size_t i = 1; i < words.size(); ++i)
      facts.hosts.push_back({.name = lowered(words[i]), .address = *address, .line = line});
  });
  return facts;
}

NameFacts name_facts_of_this_machine() {
  return read_name_facts(content_of("/etc/resolv.conf"), content_of("/etc/hosts"));
}

net::Task<SystemAnswer> ask_system(const Setting& setting, std::string host, std::uint16_t port) {
  SystemAnswer answer;
  net::Duration limit = 3 * setting.step;  // it may ask several servers, one after the other
  net::Task<> asking = keep_answer(setting, std::move(host), port, answer);
  Result<> ended = co_await outcome(net::within(setting.loop, limit, std::move(asking)));
  if (!ended) {
    answer.failure = "no answer in time";
    answer.took = std::chrono::duration_cast<std::chrono::milliseconds>(limit);
  }
  co_return answer;
}

bool is_private(const net::Address& address) {
  return std::ranges::any_of(kPrivateNetworks, [&](std::string_view text) {
    Result<net::Network> network = net::parse_network(text);
    return network && network->contains(address);
  });
}

std::string ips_of(const std::vector<net::Address>& addresses) {
  std::string text;
  for (const net::Address& address : addresses) text += cat(text.empty() ? "" : ", ", address.ip_text());
  return text.empty() ? "-" : text;
}

}  // namespace pforte::doctor
