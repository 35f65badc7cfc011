#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/setting.h"
#include "net/address.h"

namespace pforte::doctor {

// What this machine knows of how names are looked up, read once for all paths.
struct NameFacts {
  // A line of the hosts file.
  struct Entry {
    std::string name;  // in lower case
    net::Address address;
    std::size_t line = 0;
  };

  std::vector<net::Address> servers;         // of resolv.conf, in its order
  std::vector<std::string> search;           // what is tried behind a name without a dot
  std::vector<Entry> hosts;                  // of /etc/hosts
  std::optional<net::Address> other_server;  // whose view of names is compared with ours: --dns
};

// Reads resolv.conf(5) and hosts(5), leniently as the system does: what is no address is passed over.
NameFacts read_name_facts(std::string_view resolv_conf, std::string_view hosts);

// The same of the files of this machine; one that is missing counts as empty.
NameFacts name_facts_of_this_machine();

// What the system's resolver makes of a name: files, DNS, whatever nsswitch.conf says.
struct SystemAnswer {
  std::vector<net::Address> addresses;  // in the order of RFC 6724, without those that occur before; with the port
  bool no_such_name = false;            // it says that there is none
  std::string failure;                  // its words, where there is no address
  std::chrono::milliseconds took = {};
};

// Asks it on the pool, also for addresses of a family that this machine has no way to.
net::Task<SystemAnswer> ask_system(const Setting& setting, std::string host, std::uint16_t port);

// Addresses that the Internet does not carry: private, shared, link-local (RFC 1918, RFC 6598, RFC 3927, RFC 4193).
bool is_private(const net::Address& address);

// "10.0.0.1, 10.0.0.2": without ports; "-" for none.
std::string ips_of(const std::vector<net::Address>& addresses);

}  // namespace pforte::doctor
