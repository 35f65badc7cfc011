#include "crypto/pem_blocks.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/asn1_element.h"
#include "crypto/owned.h"

namespace pforte::crypto {

namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kBlanks = " \t\r\v\f";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

constexpr std::string_view kCertificateLabels[] = {PEM_STRING_X509, PEM_STRING_X509_OLD, PEM_STRING_X509_TRUSTED};
constexpr std::string_view kListLabels[] = {PEM_STRING_X509_CRL, "CRL"};

std::span<const std::string_view> labels_of(PemThing thing) {
  if (thing == PemThing::Certificate) return kCertificateLabels;
  return kListLabels;
}

// A "TRUSTED CERTIFICATE" has OpenSSL's own settings behind it: a name for it, and what it is trusted for and what not.
bool is_trusted_for_all(std::string_view content) {
  const auto* at = reinterpret_cast<const unsigned char*>(content.data());
  Certificate certificate(d2i_X509_AUX(nullptr, &at, long(content.size())));
  ERR_clear_error();
  return certificate && X509_get0_trust_objects(certificate.get()) == nullptr &&
         X509_get0_reject_objects(certificate.get()) == nullptr;
}

std::string_view trimmed(std::string_view line) {
  std::size_t first = line.find_first_not_of(kBlanks);
  if (first == line.npos) return {};
  return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

// Blanks inside a line are so rare that they are looked for only where it is no Base64.
std::string without_blanks(std::string_view text) {
  std::string rest;
  std::ranges::copy_if(text, std::back_inserter(rest), [](char c) { return !kBlanks.contains(c); });
  return rest;
}

// "CERTIFICATE" of "-----BEGIN CERTIFICATE-----".
std::optional<std::string_view> label_of(std::string_view line, std::string_view before) {
  if (!line.starts_with(before) || !line.ends_with(kDashes)) return std::nullopt;
  if (line.size() < before.size() + kDashes.size()) return std::nullopt;
  return line.substr(before.size(), line.size() - before.size() - kDashes.size());
}

class PemReader {
 public:
  PemReader(std::string_view text, std::string_view name, PemThing wanted)
      : text_(text), name_(name), wanted_(wanted), labels_(labels_of(wanted)) {}

  Result<std::vector<PemBlock>> read() {
    while (next_line()) {
      std::optional<std::string_view> label = label_of(line_, kBegin);
      if (label)
        TRY(read_block(*label));
      else if (hides_block())
        return damaged(number_, "begins in the middle of a line");
    }
    return std::move(blocks_);
  }

 private:
  bool next_line() {
    if (next_ == text_.size()) return false;
    begin_ = next_;
    if (begin_ == 0 && text_.starts_with(kByteOrderMark)) begin_ = kByteOrderMark.size();
    std::size_t end = text_.find('\n', begin_);
    next_ = end == text_.npos ? text_.size() : end + 1;
    line_ = trimmed(text_.substr(begin_, next_ - begin_ - (end == text_.npos ? 0 : 1)));
    ++number_;
    return true;
  }

  bool is_wanted(std::string_view label) const { return std::ranges::find(labels_, label) != labels_.end(); }

  // Overlooking a block would make the one behind it the first, which is the peer's.
  bool hides_block() const {
    if (line_.starts_with('#') || !line_.contains(kBegin)) return false;
    return std::ranges::any_of(labels_,
                               [&](std::string_view label) { return line_.contains(cat(kBegin, label, kDashes)); });
  }

  // What is not looked for and does not end is no block.
  Result<> read_block(std::string_view label) {
    PemBlock block{.label = std::string(label), .content = {}, .begin = begin_, .line = number_};
    bool wanted = is_wanted(label);
    std::size_t behind = next_;
    std::string base64;
    while (next_line()) {
      if (label_of(line_, kEnd) == label) {
        block.end = next_;
        if (wanted) TRY(decode(base64, block));
        blocks_.push_back(std::move(block));
        return {};
      }
      if (line_.starts_with(kDashes)) break;
      if (wanted) base64 += line_;
    }
    if (wanted) return damaged(block.line, "has no line that ends it");
    next_ = behind;
    number_ = block.line;
    return {};
  }

  // A "TRUSTED CERTIFICATE" goes on behind the certificate itself.
  Result<> decode(std::string_view base64, PemBlock& block) const {
    std::optional<std::string> bytes = from_base64(base64);
    if (!bytes) bytes = from_base64(without_blanks(base64));
    if (!bytes) return damaged(block.line, "is not Base64");
    std::string_view rest = *bytes;
    std::optional<Asn1Element> alone = take_element(rest, V_ASN1_SEQUENCE);
    if (!alone) return damaged(block.line, "is cut off, or not DER");
    block.content = alone->whole;
    block.has_trust_settings = block.label == PEM_STRING_X509_TRUSTED && !is_trusted_for_all(*bytes);
    return {};
  }

  std::unexpected<Error> damaged(std::size_t line, std::string_view why) const {
    std::string_view code = wanted_ == PemThing::Certificate ? "certificate.damaged" : "crl.damaged";
    return fail(Kind::Invalid, code, cat(name_, ':', line, ": the ", name_of(wanted_), ' ', why));
  }

  std::string_view text_, name_;
  PemThing wanted_;
  std::span<const std::string_view> labels_;
  std::string_view line_;               // the one that was read last, without blanks around it
  std::size_t begin_ = 0, number_ = 0;  // of it; numbers count from 1
  std::size_t next_ = 0;
  std::vector<PemBlock> blocks_;
};

}  // namespace

std::string_view name_of(PemThing thing) {
  return thing == PemThing::Certificate ? "certificate" : "revocation list";
}

bool PemBlock::is_certificate() const {
  return std::ranges::find(kCertificateLabels, label) != std::end(kCertificateLabels);
}

bool PemBlock::is_private_key() const {
  return label.ends_with("PRIVATE KEY");
}

Result<std::vector<PemBlock>> read_pem_blocks(std::string_view text, std::string_view name, PemThing wanted) {
  return PemReader(text, name, wanted).read();
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
