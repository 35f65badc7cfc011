#include "acme/proofs.h"

namespace pforte::acme {

// RFC 8555, 8.3.
const std::string* Proofs::page_at(std::string_view path) const {
  constexpr std::string_view kPrefix = "/.well-known/acme-challenge/";
  if (!path.starts_with(kPrefix)) return nullptr;
  auto found = pages.find(path.substr(kPrefix.size()));
  return found == pages.end() ? nullptr : &found->second;
}

}  // namespace pforte::acme
