#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pforte::kerberos {

// A Kerberos name: primary/instance@REALM (RFC 4120, 6.2). Compared exactly; case matters.
struct Principal {
  std::vector<std::string> components;  // at least one
  std::string realm;

  const std::string& primary() const { return components.front(); }
  // One component: a person, as a rule. "user/admin" and "HTTP/host" have two.
  bool is_simple() const { return components.size() == 1; }
  // A computer's account of Active Directory: "pc01$".
  bool is_machine() const { return is_simple() && primary().ends_with('$'); }

  // "HTTP/crm.example.com@EXAMPLE.COM", with '\' before what would be misread: / @ \ and control characters, as
  // krb5_unparse_name() writes it.
  std::string to_text() const;

  friend bool operator==(const Principal&, const Principal&) = default;
};

// Reads what to_text() writes; a name without a realm gets `default_realm`. Fails with Kind::Invalid: an empty
// component, no realm, an escape that ends nowhere.
Result<Principal> parse_principal(std::string_view text, std::string_view default_realm = {});

}  // namespace pforte::kerberos
