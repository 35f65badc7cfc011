#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pforte::identity {

// Somebody who works with the application.
struct Agent {
  std::int64_t number = 0;  // in the store; never used again
  std::string login;        // as the application is told; unique whatever the case of its letters
  std::string name;
  std::string mail;
  std::vector<std::string> principals;  // "susan@EXAMPLE.COM", exact
  std::vector<std::string> groups;      // sorted
  bool disabled = false;
  bool has_password = false;
};

// How somebody has signed in, as the application is told.
enum class Method : std::uint8_t { Kerberos, Ldap, Database, Token };

// "kerberos", "ldap", "database", "token".
std::string_view method_name(Method method);

}  // namespace pforte::identity
