#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doctor/dns_query.h"
#include "doctor/name_facts.h"
#include "doctor/path.h"

namespace pforte::doctor {

// How one name server sees a name.
struct ServerView {
  net::Address server;
  DnsReply a;
  DnsReply aaaa;

  bool answered() const { return a.state == DnsState::Answered; }
  // Of both families; as DNS has them, without a port.
  std::vector<net::Address> addresses() const;
};

// A name as everybody who was asked sees it.
struct NameView {
  std::string host;
  std::string asked;                       // of the servers: with the first search domain where it has no dot
  SystemAnswer system;                     // what programs on this machine see
  std::vector<NameFacts::Entry> hosts;     // of the hosts file, those of this name
  std::vector<ServerView> servers;         // of resolv.conf
  std::optional<ServerView> other_server;  // of --dns
};

// Tells at `hop` what is wrong with a name, or how it was found.
void judge_name(const NameView& view, std::size_t hop, Path& path);

}  // namespace pforte::doctor
