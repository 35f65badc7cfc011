#include "kerberos/kdc_locations.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace pforte::kerberos {

std::vector<KdcAddress> kdcs_in(const Krb5File& file, const std::string& realm, std::string_view name) {
  std::vector<KdcAddress> named;
  for (const Krb5Relation& relation : file.relations) {
    bool is_kdc = relation.path.size() == 3 && relation.path[0] == "realms" && relation.path[1] == realm &&
                  relation.path[2] == name;
    std::optional<KdcAddress> address;
    if (is_kdc) address = read_kdc_address(relation.value);
    if (address && std::ranges::find(named, *address) == named.end()) named.push_back(*std::move(address));
  }
  return named;
}

bool asks_dns_for_kdcs(const Krb5File& file) {
  // The first one that is there decides; what is no boolean is a no (MIT krb5, maybe_use_dns()).
  for (std::string_view name : {"dns_lookup_kdc", "dns_fallback"}) {
    if (file.find({"libdefaults", name})) return is_on(file, name, false);
  }
  return true;
}

Result<std::vector<KdcAddress>> kdcs_of(const Krb5File& file, const std::string& realm, KdcKind kind,
                                        std::chrono::milliseconds limit) {
  bool primary = kind == KdcKind::Primary;
  std::vector<KdcAddress> addresses = kdcs_in(file, realm, primary ? "primary_kdc" : "kdc");
  if (addresses.empty() && primary) addresses = kdcs_in(file, realm, "master_kdc");
  if (!addresses.empty() || !asks_dns_for_kdcs(file)) return addresses;
  return kdcs_by_dns(realm, kind, limit);
}

}  // namespace pforte::kerberos
