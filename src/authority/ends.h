#pragma once

#include <string>
#include <vector>

#include "authority/ca_certificate.h"
#include "authority/places.h"
#include "crypto/certificate.h"

namespace pforte::authority {

// Something of the authority's folder that is good until a time.
struct End {
  enum class Of : std::uint8_t { Root, Intermediate, RootCrl };
  Of of = Of::Root;
  std::string file;
  crypto::UtcTime when{};
};

// When the certificates of the folder end, and the root's revocation list, which nobody renews but whoever has the
// root's key. What is not there, or cannot be read, is left out: whoever opens the authority is told.
std::vector<End> ends_of(const Places& places);

}  // namespace pforte::authority
