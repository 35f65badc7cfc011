#include "authority/ends.h"

#include "pki/crl.h"

namespace pforte::authority {

std::vector<End> ends_of(const Places& places) {
  std::vector<End> ends;
  for (const auto& [of, file] :
       {std::pair(End::Of::Root, places.root()), std::pair(End::Of::Intermediate, places.intermediate())}) {
    Result<CaCertificate> read = read_ca_certificate(file);
    if (read && read->judged.not_after) ends.push_back({.of = of, .file = file, .when = *read->judged.not_after});
  }
  Result<std::vector<pki::Crl>> lists = pki::load_crls(places.root_crl());
  if (lists && !lists->empty() && lists->front().next_update)
    ends.push_back({.of = End::Of::RootCrl, .file = places.root_crl(), .when = *lists->front().next_update});
  return ends;
}

}  // namespace pforte::authority
