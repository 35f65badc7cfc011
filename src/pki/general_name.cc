#include <algorithm>
#include <cstddef>
#include <string>

#include "pki/decoded.h"

namespace pforte::pki {
namespace {

std::string der_of(const GENERAL_NAME* name) {
  unsigned char* der = nullptr;
  int size = i2d_GENERAL_NAME(name, &der);
  if (size < 0) return {};
  std::string bytes(reinterpret_cast<char*>(der), std::size_t(size));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

GeneralName name_of(const GENERAL_NAME* name) {
  switch (name->type) {
    case GEN_EMAIL:
      return {NameForm::Mail, std::string(view_of(name->d.rfc822Name)), {}};
    case GEN_DNS:
      return {NameForm::Dns, std::string(view_of(name->d.dNSName)), {}};
    case GEN_URI:
      return {NameForm::Uri, std::string(view_of(name->d.uniformResourceIdentifier)), {}};
    case GEN_IPADD:
      return {NameForm::Ip, std::string(view_of(name->d.iPAddress)), {}};
    case GEN_DIRNAME:
      return {NameForm::Directory, {}, name_of(name->d.directoryName)};
    case GEN_X400:
      return {NameForm::X400, der_of(name), {}};
    case GEN_EDIPARTY:
      return {NameForm::Edi, der_of(name), {}};
    case GEN_RID:
      return {NameForm::Id, id_of(name->d.registeredID), {}};
    default:
      return {NameForm::Other, der_of(name), {}};
  }
}

std::vector<GeneralName> names_of(const GENERAL_NAMES* names) {
  std::vector<GeneralName> all;
  all.reserve(std::size_t(std::max(0, sk_GENERAL_NAME_num(names))));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) all.push_back(name_of(sk_GENERAL_NAME_value(names, i)));
  return all;
}

std::vector<GeneralName> names_of(const DIST_POINT_NAME* point, const X509_NAME* relative_to) {
  if (point->type == 0) return names_of(point->name.fullname);
  crypto::Owned<X509_NAME, X509_NAME_free> whole(X509_NAME_dup(relative_to));
  for (int i = 0; whole && i < sk_X509_NAME_ENTRY_num(point->name.relativename); ++i) {
    const X509_NAME_ENTRY* entry = sk_X509_NAME_ENTRY_value(point->name.relativename, i);
    X509_NAME_add_entry(whole.get(), entry, -1, i == 0 ? 0 : -1);
  }
  if (!whole) return {};
  return {{NameForm::Directory, {}, name_of(whole.get())}};
}

std::uint16_t bits_of(const ASN1_BIT_STRING* bits) {
  unsigned found = 0;
  for (int i = 0; i < 9; ++i) found |= unsigned(ASN1_BIT_STRING_get_bit(bits, i)) << i;
  return std::uint16_t(found);
}

}  // namespace pforte::pki
