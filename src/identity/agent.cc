#include "identity/agent.h"

#include <algorithm>

#include "base/ascii.h"
#include "identity/plain_text.h"

namespace pforte::identity {

bool can_be_login(std::string_view text) {
  return is_plain_name(text, 128) && !text.contains(':');
}

bool can_be_group(std::string_view text) {
  return is_plain_name(text, 256) && !text.contains(',');
}

std::string folded_login(std::string_view login) {
  return lowered(login);
}

std::string_view method_name(Method method) {
  switch (method) {
    case Method::Kerberos:
      return "kerberos";
    case Method::Ldap:
      return "ldap";
    case Method::Database:
      return "database";
    case Method::Token:
      return "token";
  }
  return {};
}

}  // namespace pforte::identity
