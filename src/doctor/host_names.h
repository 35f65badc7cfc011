#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doctor/dns_query.h"
#include "doctor/kerberos_path.h"
#include "doctor/setting.h"

namespace pforte::doctor {

// What is known of a name.
struct HostView {
  bool unknown = false;              // nobody could be asked
  std::vector<std::string> aliases;  // where CNAMEs lead, one after the other
  std::vector<net::Address> addresses;
};

// Names as one DNS server, that of --dns or else the first of resolv.conf, and the hosts file have them. The server is
// asked until it is silent for the first time. Any number of tasks of one loop may ask.
class HostNames {
 public:
  HostNames(const Setting& setting, const NameFacts& facts);

  // Empty where there is no answer.
  net::Task<DnsAnswer> ask(std::string name, DnsType type);

  // An address is itself; the hosts file goes before DNS.
  net::Task<HostView> look_up(std::string host);

  // What an address is called: of the hosts file, else by its PTR records.
  net::Task<std::vector<std::string>> names_of(net::Address address);

  // Whether it did not answer, and its address.
  bool is_silent() const { return silent_; }
  const std::string& trouble() const { return trouble_; }

 private:
  const Setting& setting_;
  const NameFacts& facts_;
  std::optional<net::Address> server_;
  bool silent_ = false;
  std::string trouble_;
};

// Tells where the hosts at which people sign in are aliases, or have addresses that lead back to other names: clients
// that go by those ask for the ticket of another service.
net::Task<> examine_host_names(HostNames& names, const KerberosFacts& facts, const KerberosHops& hops, Path& path);

// "4.3.2.1.in-addr.arpa" (RFC 1035, 3.5) or its like below ip6.arpa (RFC 3596, 2.5).
std::string reverse_name(const net::Address& address);

}  // namespace pforte::doctor
