#include "pki/certificate_file.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "crypto/asn1_element.h"
#include "crypto/pem.h"
#include "crypto/pem_blocks.h"
#include "pki/java_content.h"
#include "pki/other_form.h"

namespace pforte::pki {
namespace {

using crypto::PemThing;

Result<std::vector<std::string>> read_der(std::string_view content, std::string_view file, PemThing wanted) {
  std::vector<std::string> found;
  while (!content.empty()) {
    std::optional<crypto::Asn1Element> element = crypto::take_element(content, crypto::kSequenceTag);
    if (!element) {
      std::string_view code = wanted == PemThing::Certificate ? "certificate.damaged" : "crl.damaged";
      return fail(Kind::Invalid, code,
                  cat(file, ": ", name_of(wanted), " ", found.size() + 1, " is cut off, or not DER"));
    }
    found.emplace_back(element->whole);
  }
  return found;
}

Result<std::vector<std::string>> read_pem(std::string_view content, std::string_view file, PemThing wanted) {
  std::vector<std::string> found;
  for (crypto::PemBlock& block : TRY(crypto::read_pem_blocks(content, file, wanted))) {
    if (!block.content.empty()) found.push_back(std::move(block.content));
  }
  if (!found.empty()) return found;
  std::string_view code = wanted == PemThing::Certificate ? "certificate.none" : "crl.none";
  return fail(Kind::Invalid, code, cat(file, ": holds no ", name_of(wanted), " in PEM or DER form"));
}

Result<std::vector<std::string>> read_any(std::string_view content, std::string_view file, PemThing wanted) {
  if (wanted == PemThing::Certificate && (is_java_content(content) || is_pkcs7(content)))
    return is_other_form(content, file);
  bool is_der = content.starts_with('\x30') && !content.contains("-----BEGIN ");
  return is_der ? read_der(content, file, wanted) : read_pem(content, file, wanted);
}

}  // namespace

Result<std::vector<std::string>> read_certificates(std::string_view content, std::string_view file) {
  return read_any(content, file, PemThing::Certificate);
}

Result<std::vector<std::string>> read_crls(std::string_view content, std::string_view file) {
  return read_any(content, file, PemThing::RevocationList);
}

Result<std::vector<std::string>> read_certificate_file(const std::string& file) {
  return read_certificates(TRY(crypto::read_file(file)), file);
}

Result<std::vector<std::string>> read_crl_file(const std::string& file) {
  return read_crls(TRY(crypto::read_file(file)), file);
}

}  // namespace pforte::pki
