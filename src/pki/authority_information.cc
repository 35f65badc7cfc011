#include "pki/authority_information.h"

#include <openssl/err.h>

#include <algorithm>

#include "pki/decoded.h"
#include "pki/object_id.h"

namespace pforte::pki {
namespace {

using AccessPointer = crypto::Owned<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>;

}  // namespace

AuthorityInformation authority_information_of(const Certificate& certificate) {
  AuthorityInformation information;
  const X509* x509 = certificate.decoded->x509.get();
  AccessPointer access(static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(x509, NID_info_access, nullptr, nullptr)));
  ERR_clear_error();
  for (int i = 0; i < (access ? sk_ACCESS_DESCRIPTION_num(access.get()) : 0); ++i) {
    const ACCESS_DESCRIPTION* each = sk_ACCESS_DESCRIPTION_value(access.get(), i);
    if (each->location->type != GEN_URI) continue;
    std::string address(view_of(each->location->d.uniformResourceIdentifier));
    int method = OBJ_obj2nid(each->method);
    if (method == NID_ad_ca_issuers) information.certificates.push_back(address);
    if (method == NID_ad_OCSP) information.responders.push_back(address);
  }
  return information;
}

bool is_of_public_authority(const Certificate& certificate) {
  bool logged = certificate.find_extension(oid::kTimestampList) != nullptr;
  return logged || (certificate.policies && std::ranges::any_of(*certificate.policies, [](const std::string& policy) {
                      return policy.starts_with(oid::kForumPolicies);
                    }));
}

}  // namespace pforte::pki
