#include "crypto/pem_blocks.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/text.h"
#include "crypto/asn1_element.h"
#include "crypto/failure.h"
#include "crypto/owned.h"

namespace pforte::crypto {

namespace {

template <class T>
using Allocated = Owned<T, [](T* memory) { OPENSSL_free(memory); }>;

// A "TRUSTED CERTIFICATE" has OpenSSL's own settings behind it: a name for it, and what it is trusted for and what not.
bool is_trusted_for_all(std::string_view content) {
  const auto* at = reinterpret_cast<const unsigned char*>(content.data());
  Certificate certificate(d2i_X509_AUX(nullptr, &at, long(content.size())));
  return certificate && X509_get0_trust_objects(certificate.get()) == nullptr &&
         X509_get0_reject_objects(certificate.get()) == nullptr;
}

std::string certificate_alone(std::string_view content) {
  std::string_view rest = content;
  std::optional<Asn1Element> certificate = take_element(rest);
  return std::string(certificate ? certificate->whole : content);
}

}  // namespace

bool PemBlock::is_certificate() const {
  return label == PEM_STRING_X509 || label == PEM_STRING_X509_OLD || label == PEM_STRING_X509_TRUSTED;
}

bool PemBlock::is_private_key() const {
  return label.ends_with("PRIVATE KEY");
}

Result<std::vector<PemBlock>> read_pem_blocks(std::string_view text, std::string_view name) {
  Bytes bytes(BIO_new_mem_buf(text.data(), int(text.size())));
  std::vector<PemBlock> blocks;
  ERR_clear_error();
  for (;;) {
    char* label = nullptr;
    char* header = nullptr;
    unsigned char* content = nullptr;
    long size = 0;
    if (PEM_read_bio(bytes.get(), &label, &header, &content, &size) != 1) break;
    Allocated<char> free_label(label), free_header(header);
    Allocated<unsigned char> free_content(content);
    PemBlock block{.label = label, .content = {}, .begin = 0, .end = text.size() - BIO_ctrl_pending(bytes.get())};
    block.begin = text.rfind("-----BEGIN ", block.end);
    if (!block.is_private_key()) block.content.assign(reinterpret_cast<char*>(content), std::size_t(size));
    OPENSSL_cleanse(content, std::size_t(size));
    if (block.label == PEM_STRING_X509_TRUSTED) {
      if (!is_trusted_for_all(block.content)) {
        return fail(Kind::Invalid, "certificate.trust-settings",
                    cat(name, ": PEM block ", blocks.size() + 1,
                        " says in OpenSSL's own way what its certificate is trusted for"));
      }
      block.content = certificate_alone(block.content);
    }
    blocks.push_back(std::move(block));
  }
  bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  std::string reason = openssl_reason();
  if (at_end) return blocks;
  return fail(Kind::Invalid, "certificate.damaged",
              cat(name, ": PEM block ", blocks.size() + 1, " is damaged: ", reason));
}

std::string pem_block(std::string_view der) {
  return pem_block(PEM_STRING_X509, der);
}

std::string pem_block(const std::string& label, std::string_view der) {
  Bytes out(BIO_new(BIO_s_mem()));
  PEM_write_bio(out.get(), label.c_str(), "", reinterpret_cast<const unsigned char*>(der.data()), long(der.size()));
  char* data = nullptr;
  long size = BIO_get_mem_data(out.get(), &data);
  return {data, std::size_t(size)};
}

}  // namespace pforte::crypto
