#include "inventory/certificate_chain.h"

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/digest.h"
#include "crypto/pem_blocks.h"

namespace pforte::inventory {
namespace {

std::string hex_of(const crypto::Sha256& digest) {
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Result<std::vector<std::string>> read_ders(std::string_view pem) {
  std::vector<std::string> ders;
  for (crypto::PemBlock& block : TRY(crypto::read_pem_blocks(pem, "the chain"))) {
    if (block.is_certificate()) ders.push_back(std::move(block.content));
  }
  if (ders.empty()) return fail(Kind::Invalid, "certificate.none", "the chain holds no certificate in PEM form");
  return ders;
}

Result<crypto::Certificate> decode(std::string_view der, std::size_t number) {
  crypto::Certificate certificate = crypto::certificate_from(der);
  if (certificate) return certificate;
  return fail(Kind::Invalid, "certificate.damaged", cat("certificate ", number, " of the chain cannot be read"));
}

ReadCertificate read_certificate(const X509& certificate, std::string_view der) {
  ReadCertificate read;
  read.sha256 = hex_of(crypto::sha256(der));
  std::optional<crypto::CertificateOutline> outline = crypto::outline_of(der);
  if (outline) {
    read.issuer = crypto::name_text(outline->issuer);
    read.serial = to_hex(outline->serial);
  }
  read.subject = crypto::subject_of(certificate);
  for (const std::string& name : crypto::names_of(certificate)) read.names.push_back(lowered(name));
  read.not_before = crypto::not_before(certificate);
  read.not_after = crypto::not_after(certificate);
  read.is_authority = crypto::is_authority(certificate);
  read.pem = crypto::pem_block(der);
  return read;
}

}  // namespace

Result<std::vector<ReadCertificate>> read_chain(std::string_view pem) {
  std::vector<ReadCertificate> chain;
  for (const std::string& der : TRY(read_ders(pem))) {
    crypto::Certificate certificate = TRY(decode(der, chain.size() + 1));
    chain.push_back(read_certificate(*certificate, der));
  }
  return chain;
}

Result<std::vector<crypto::Certificate>> decode_chain(std::string_view pem) {
  std::vector<crypto::Certificate> chain;
  for (const std::string& der : TRY(read_ders(pem))) chain.push_back(TRY(decode(der, chain.size() + 1)));
  return chain;
}

}  // namespace pforte::inventory
