#pragma once

#include <string>
#include <string_view>

#include "doctor/kerberos_path.h"
#include "kerberos/service_name.h"

namespace pforte::doctor {

// Judges a krb5.conf or krb5.ini as it is read by MIT krb5, and tells what of it does not work, or otherwise than was
// meant. Says nothing where it is all right. Asks nobody: names are looked up by RealmCheck.
// Source: krb5.conf(5) of MIT krb5 1.20, and what that does.
void lint_krb5(const KerberosFacts& facts, const KerberosHops& hops, Path& path);

// The parts of it: names of sections; [libdefaults]; [realms] and what is missing there; [domain_realm]; whose file it
// is.
void lint_krb5_defaults(const KerberosFacts& facts, const KerberosHops& hops, Path& path);
void lint_krb5_realms(const KerberosFacts& facts, const KerberosHops& hops, Path& path);
void lint_krb5_domains(const KerberosFacts& facts, const KerberosHops& hops, Path& path);
void lint_krb5_sections(const KerberosFacts& facts, const KerberosHops& hops, Path& path);
void lint_krb5_rights(const KerberosFacts& facts, const KerberosHops& hops, Path& path);

// A finding about a line of the file.
Finding about(const kerberos::Krb5Relation& relation, const Check& check, Level level, std::size_t hop);

using kerberos::is_on;

// Whether [realms] has a kdc, primary_kdc or master_kdc of it.
bool has_kdc(const kerberos::Krb5File& file, std::string_view realm);

using kerberos::has_lower_case;

}  // namespace pforte::doctor
