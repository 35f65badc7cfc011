#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pforte::kerberos {

// When the client made the authenticator, which is the plain DER (RFC 4120, 5.5.1): `ctime`. None when it is malformed.
std::optional<std::chrono::sys_seconds> authenticator_time(std::string_view plain);

// KerberosTime, RFC 4120, 5.2.3: "19700101000000Z".
std::optional<std::chrono::sys_seconds> read_kerberos_time(std::string_view text);

}  // namespace pforte::kerberos
