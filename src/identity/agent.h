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

// Whether an agent can have it as a login: UTF-8 of 1 to 128 characters, no control characters, no blanks at its ends,
// no ':', so that it can be handed on in a header and as HTTP Basic.
bool can_be_login(std::string_view text);

// Whether it can be the name of a group: UTF-8 of 1 to 256 characters, no control characters, no blanks at its ends, no
// ',', so that a list of them can be handed on in a header.
bool can_be_group(std::string_view text);

// A login as two are compared: without case. Of ASCII letters alone, so that no two logins become one by a rule that
// differs from system to system: "müller" and "MÜLLER" are two agents.
std::string folded_login(std::string_view login);

// How somebody has signed in, as the application is told.
enum class Method : std::uint8_t { Kerberos, Ldap, Database, Token };

// "kerberos", "ldap", "database", "token".
std::string_view method_name(Method method);

}  // namespace pforte::identity
