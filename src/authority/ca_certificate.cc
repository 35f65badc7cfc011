#include "authority/ca_certificate.h"

#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/pem.h"
#include "crypto/pem_blocks.h"
#include "pki/certificate_file.h"

namespace pforte::authority {

std::string CaCertificate::key_id() const {
  return to_hex(judged.subject_key.value_or(std::string()));
}

std::string CaCertificate::pem() const {
  return crypto::pem_block(judged.der);
}

Result<CaCertificate> ca_certificate(std::string der, const std::string& name) {
  CaCertificate made{.x509 = crypto::certificate_from(der), .judged = TRY(pki::read_certificate(std::move(der), name))};
  return made;
}

Result<CaCertificate> read_ca_certificate(const std::string& file) {
  std::vector<std::string> all = TRY(pki::read_certificate_file(file));
  return ca_certificate(std::move(all.front()), file);
}

Result<crypto::PrivateKey> read_ca_key(const std::string& file, const Secret& password,
                                       const CaCertificate& certificate) {
  std::optional<Secret> opener(Secret(password.reveal()));
  crypto::PrivateKey key = TRY(crypto::read_private_key(file, opener));
  if (crypto::belong_together(*certificate.x509, *key)) return key;
  return fail(Kind::Invalid, "authority.key-mismatch",
              cat(file, ": the key does not belong to the certificate of ", certificate.judged.subject.text()));
}

}  // namespace pforte::authority
