#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "doctor/kerberos_path.h"
#include "doctor/setting.h"

namespace pforte::doctor {

// What a running gate has counted: tickets sealed with RC4 that it has accepted, by the service's name.
struct Rc4Tickets {
  bool is_running = false;
  std::map<std::string, std::uint64_t> by_service;
};

// Examines who still depends on RC4: what the gate allows and has accepted, keytabs, krb5.conf, and in the directory
// accounts of services and trusts; with the commands by which it is left, in their order.
// Source: RFC 8429; Microsoft KB5073381 (CVE-2026-20833): audited from January 2026, AES by default from April 2026, no
// way back from July 2026.
net::Task<> examine_rc4(const Setting& setting, std::shared_ptr<const KerberosFacts> facts, Rc4Tickets tickets,
                        KerberosHops hops, Path& path);

}  // namespace pforte::doctor
