#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pforte::identity {

// The texts of LDAP: filters, and distinguished names.

// A value as a part of a filter: nothing in it means anything (RFC 4515, 3). What is not ASCII is escaped as well.
std::string escaped_for_filter(std::string_view value);

// A value as a part of a distinguished name (RFC 4514, 2.4).
std::string escaped_for_dn(std::string_view value);

// What stands for {login} and {dn} in a filter or pattern, escaped already.
struct LdapBlanks {
  std::string login;
  std::string dn;
};

// `pattern` with its blanks filled in; what was filled in is not looked at again.
std::string filled_in(std::string_view pattern, const LdapBlanks& blanks);

// The first word in braces that is neither {login} nor {dn}, braces included; empty: none.
std::string_view unknown_blank(std::string_view pattern);

// Whether it is a distinguished name of at least one part.
bool is_dn(const std::string& text);

// "CRM Users" of "CN=CRM Users,OU=Groups,DC=example,DC=com", unescaped; of several values in the first part, the first.
// A plain word is its own name. Empty where there is none: a damaged name, a binary value, control characters.
std::string group_name(const std::string& dn);

// A distinguished name in the one spelling by which two are compared: lower case, without spaces that mean nothing.
std::string folded_dn(const std::string& dn);

// Whether a login can be asked for: 1 to 256 bytes, no control characters, no blanks at its ends.
bool is_askable_login(std::string_view login);

}  // namespace pforte::identity
