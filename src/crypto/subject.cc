#include "crypto/subject.h"

namespace pforte::crypto {

Owned<X509_NAME, X509_NAME_free> x509_name(const Subject& subject) {
  Owned<X509_NAME, X509_NAME_free> name(X509_NAME_new());
  for (const SubjectAttribute& attribute : subject) {
    const auto* value = reinterpret_cast<const unsigned char*>(attribute.value.data());
    if (!name || X509_NAME_add_entry_by_txt(name.get(), attribute.type.c_str(), MBSTRING_UTF8, value,
                                            int(attribute.value.size()), -1, 0) != 1)
      return nullptr;
  }
  return name;
}

}  // namespace pforte::crypto
