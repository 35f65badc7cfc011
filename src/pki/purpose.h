#pragma once

#include <cstdint>

namespace pforte::pki {

// What the peer's certificate is used for.
enum class Purpose : std::uint8_t { Any, Server, Client, Mail };

}  // namespace pforte::pki
