#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "doctor/kerberos_path.h"
#include "kerberos/service_name.h"

namespace pforte::doctor {

// Where what is found of a keytab is told.
struct KeytabHop {
  Path& path;
  std::size_t hop;
};

// Judges the names of the services: whether browsers ask for tickets of that name, and whether each host under which
// people sign in has one. Reads no keytab.
void check_service_names(const KerberosFacts& facts, const KerberosHops& hops, Path& path);

// Judges the keytab of each service: whether it has its keys, who can read and change it, and whether the gate's user
// can. Blocks.
void check_service_keytabs(const KerberosFacts& facts, const KerberosHops& hops, Path& path);

// Judges a keytab file by itself: its form, names and keys, who can read it, whether the gate's user can, who can
// replace it. With `services_judge`, what each service is told of its own name and keys is left out. Blocks.
void check_keytab_file(const std::string& file, uid_t gate_user, bool services_judge, KeytabHop at);

// Whether a host is among those that a site names, which may be "*" or "*.example.com".
bool is_served(const KerberosFacts& facts, std::string_view host);

using kerberos::is_address;

// "setspn -S HTTP/crm.example.com ACCOUNT".
std::string setspn_command(std::string_view host);

}  // namespace pforte::doctor
