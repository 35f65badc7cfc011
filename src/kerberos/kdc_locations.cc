#include "kerberos/kdc_locations.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace pforte::kerberos {

std::vector<KdcAddress> kdcs_in(const Krb5File& file, const std::string& realm) {
  std::vector<KdcAddress> named;
  for (const Krb5Relation& relation : file.relations) {
    bool is_kdc = relation.path.size() == 3 && relation.path[0] == "realms" && relation.path[1] == realm &&
                  relation.path[2] == "kdc";
    std::optional<KdcAddress> address;
    if (is_kdc) address = read_kdc_address(relation.value);
    if (address && std::ranges::find(named, *address) == named.end()) named.push_back(*std::move(address));
  }
  return named;
}

bool asks_dns_for_kdcs(const Krb5File& file) {
  const Krb5Relation* relation = file.find({"libdefaults", "dns_lookup_kdc"});
  return !relation || relation->value == "true" || relation->value == "yes" || relation->value == "1";
}

std::vector<KdcAddress> kdcs_of(const Krb5File& file, const std::string& realm, std::chrono::milliseconds limit) {
  std::vector<KdcAddress> addresses = kdcs_in(file, realm);
  return addresses.empty() && asks_dns_for_kdcs(file) ? kdcs_by_dns(realm, limit) : addresses;
}

}  // namespace pforte::kerberos
