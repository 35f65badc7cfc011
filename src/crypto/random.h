#pragma once

#include <cstddef>
#include <string>

namespace pforte::crypto {

// `count` bytes that nobody can guess. A system that has none ends the process.
std::string random_bytes(std::size_t count);

// The same as text for an id: 22 letters of base64url, 128 bits.
std::string random_id();

}  // namespace pforte::crypto
