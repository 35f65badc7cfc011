#pragma once

#include <string>
#include <string_view>

#include "doctor/kerberos_path.h"

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

// "yes", "1", "true", "t", "y", "on" and their opposites, any case; anything else is `otherwise`, as the library has
// it.
bool is_on(const kerberos::Krb5File& file, std::string_view name, bool otherwise);

// Whether the KDCs of a realm without a kdc line are looked for in DNS.
bool looks_up_kdcs(const kerberos::Krb5File& file);

// Whether [realms] has a kdc, primary_kdc or master_kdc of it.
bool has_kdc(const kerberos::Krb5File& file, std::string_view realm);

// Whether it has a letter in lower case.
bool has_lower_case(std::string_view realm);

// ASCII in capitals, as realms are written.
std::string capitals(std::string_view text);

}  // namespace pforte::doctor
