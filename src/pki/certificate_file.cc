#include "pki/certificate_file.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/pem.h"

namespace pforte::pki {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kBlanks = " \t\r\v\f";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// What is looked for in a file: how a PEM block of it is labelled, how people call it, and the codes of its failures.
struct BlockKind {
  std::vector<std::string_view> labels;
  std::string_view thing;
  std::string_view none, damaged;
};

BlockKind wanted_certificates() {
  return {{"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"},
          "certificate",
          "certificate.none",
          "certificate.damaged"};
}

BlockKind wanted_crls() {
  return {{"X509 CRL", "CRL"}, "revocation list", "crl.none", "crl.damaged"};
}

// The length in bytes of the DER value that `bytes` begins with, header included. None: it does not begin with a
// SEQUENCE, or goes on behind the end (X.690, 8.1.3).
std::optional<std::size_t> sequence_length(std::string_view bytes) {
  auto at = [&](std::size_t i) { return std::size_t(static_cast<unsigned char>(bytes[i])); };
  if (bytes.size() < 2 || at(0) != 0x30) return std::nullopt;
  std::size_t length = at(1), header = 2;
  if (length >= 0x80) {
    std::size_t count = length & 0x7f;
    if (count == 0 || count > 4 || bytes.size() < 2 + count) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < count; ++i) length = length << 8 | at(2 + i);
    header += count;
  }
  if (length > bytes.size() - header) return std::nullopt;
  return header + length;
}

std::string_view trimmed(std::string_view line) {
  std::size_t first = line.find_first_not_of(kBlanks);
  if (first == line.npos) return {};
  return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

// "CERTIFICATE" of "-----BEGIN CERTIFICATE-----".
std::optional<std::string_view> label_of(std::string_view line, std::string_view before) {
  if (!line.starts_with(before) || !line.ends_with(kDashes)) return std::nullopt;
  if (line.size() < before.size() + kDashes.size()) return std::nullopt;
  return line.substr(before.size(), line.size() - before.size() - kDashes.size());
}

class PemReader {
 public:
  PemReader(std::string_view text, std::string_view file, const BlockKind& wanted)
      : rest_(text), file_(file), wanted_(wanted) {}

  Result<std::vector<std::string>> read() {
    std::vector<std::string> found;
    while (std::optional<std::string_view> line = next_line()) {
      std::optional<std::string_view> label = label_of(*line, kBegin);
      bool is_wanted = label && std::ranges::find(wanted_.labels, *label) != wanted_.labels.end();
      if (is_wanted)
        found.push_back(TRY(read_block(*label)));
      else if (hides_block(*line))
        return damaged(number_, "begins in the middle of a line");
    }
    if (!found.empty()) return found;
    return fail(Kind::Invalid, wanted_.none, cat(file_, ": holds no ", wanted_.thing, " in PEM or DER form"));
  }

 private:
  std::optional<std::string_view> next_line() {
    if (rest_.empty()) return std::nullopt;
    ++number_;
    std::size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
    return trimmed(line);
  }

  // Overlooking a block would make the one behind it the first, which is the peer's.
  bool hides_block(std::string_view line) const {
    if (!line.contains(kBegin)) return false;
    return std::ranges::any_of(wanted_.labels,
                               [&](std::string_view label) { return line.contains(cat(kBegin, label, kDashes)); });
  }

  Result<std::string> read_block(std::string_view label) {
    std::size_t begin = number_;
    std::string base64;
    while (std::optional<std::string_view> line = next_line()) {
      if (label_of(*line, kEnd) == label) return decode(base64, begin);
      if (line->starts_with(kDashes)) break;
      std::ranges::copy_if(*line, std::back_inserter(base64), [](char c) { return !kBlanks.contains(c); });
    }
    return damaged(begin, "has no line that ends it");
  }

  // A "TRUSTED CERTIFICATE" goes on behind the certificate itself.
  Result<std::string> decode(std::string_view base64, std::size_t begin) const {
    std::optional<std::string> bytes = from_base64(base64);
    if (!bytes) return damaged(begin, "is not Base64");
    std::optional<std::size_t> length = sequence_length(*bytes);
    if (!length) return damaged(begin, "is cut off, or not DER");
    bytes->resize(*length);
    return *std::move(bytes);
  }

  std::unexpected<Error> damaged(std::size_t line, std::string_view why) const {
    return fail(Kind::Invalid, wanted_.damaged, cat(file_, ':', line, ": the ", wanted_.thing, " ", why));
  }

  std::string_view rest_;
  std::string_view file_;
  const BlockKind& wanted_;
  std::size_t number_ = 0;  // of the line read last
};

Result<std::vector<std::string>> read_der(std::string_view content, std::string_view file, const BlockKind& wanted) {
  std::vector<std::string> found;
  while (!content.empty()) {
    std::optional<std::size_t> length = sequence_length(content);
    if (!length) {
      return fail(Kind::Invalid, wanted.damaged,
                  cat(file, ": ", wanted.thing, " ", found.size() + 1, " is cut off, or not DER"));
    }
    found.emplace_back(content.substr(0, *length));
    content.remove_prefix(*length);
  }
  return found;
}

Result<std::vector<std::string>> read_any(std::string_view content, std::string_view file, const BlockKind& wanted) {
  if (content.starts_with(kByteOrderMark)) content.remove_prefix(kByteOrderMark.size());
  bool is_der = content.starts_with('\x30') && !content.contains(kBegin);
  return is_der ? read_der(content, file, wanted) : PemReader(content, file, wanted).read();
}

}  // namespace

Result<std::vector<std::string>> read_certificates(std::string_view content, std::string_view file) {
  return read_any(content, file, wanted_certificates());
}

Result<std::vector<std::string>> read_crls(std::string_view content, std::string_view file) {
  return read_any(content, file, wanted_crls());
}

Result<std::vector<std::string>> read_certificate_file(const std::string& file) {
  return read_certificates(TRY(crypto::read_file(file)), file);
}

Result<std::vector<std::string>> read_crl_file(const std::string& file) {
  return read_crls(TRY(crypto::read_file(file)), file);
}

}  // namespace pforte::pki
