#include "pki/jks.h"

#include <cstring>
#include <limits>

#include "base/text.h"
#include "base/utf16.h"
#include "crypto/certificate_outline.h"
#include "crypto/digest.h"
#include "pki/jks_text.h"

namespace pforte::pki {

namespace {

constexpr std::uint32_t kJks = 0xfeedfeed;
constexpr std::uint32_t kJceks = 0xcececece;
constexpr std::uint32_t kVersion = 2;
constexpr std::uint32_t kPrivateKey = 1, kTrustedCertificate = 2, kSecretKey = 3;
constexpr std::string_view kCertificateType = "X.509";
constexpr std::string_view kWhitener = "Mighty Aphrodite";  // Sun's word for it

// SHA-1 over the password in UTF-16, the whitener, and all that comes before. None: the password is no UTF-8.
std::optional<crypto::Sha1> check_sum(std::string_view body, const Secret& password) {
  std::optional<std::u16string> units = utf16_of(password.reveal());
  if (!units) return std::nullopt;
  std::string big_endian;
  big_endian.reserve(2 * units->size());
  for (char16_t unit : *units) big_endian.append({char(unit >> 8U), char(unit & 0xffU)});
  crypto::Sha1 sum = crypto::sha1({big_endian, kWhitener, body});
  explicit_bzero(units->data(), units->size() * sizeof(char16_t));
  explicit_bzero(big_endian.data(), big_endian.size());
  return sum;
}

std::string_view digest_view(const crypto::Sha1& sum) {
  return {reinterpret_cast<const char*>(sum.data()), sum.size()};
}

// Reads a keystore from front to back. Once something is missing, all that follows is empty or 0, and ok() is false.
class Reader {
 public:
  Reader(std::string_view bytes, std::string_view name) : rest_(bytes), name_(name) {}

  Result<Jks> read() {
    Jks store;
    std::uint32_t magic = number();
    store.jceks = magic == kJceks;
    if (magic != kJks && magic != kJceks) return damaged("it begins like none");
    if (number() != kVersion) return unsupported("has a version of its format that JDK 1.1 wrote");
    std::uint32_t count = number();
    for (std::uint32_t i = 0; i < count; ++i) {
      store.entries.push_back(TRY(entry()));
      if (!ok_) return damaged(cat("it ends in its entry ", i + 1));
    }
    if (!ok_) return damaged("it ends before its entries");
    if (rest_.size() != std::tuple_size_v<crypto::Sha1>) return damaged("behind its entries there is no check sum");
    return store;
  }

 private:
  std::string_view take(std::size_t size) {
    ok_ = ok_ && size <= rest_.size();
    if (!ok_) return {};
    std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::uint64_t big_endian(std::size_t size) {
    std::uint64_t value = 0;
    for (char c : take(size)) value = (value << 8U) | std::uint8_t(c);
    return value;
  }
  std::uint32_t number() { return std::uint32_t(big_endian(4)); }
  std::string_view text() { return take(big_endian(2)); }

  Result<JksEntry> entry() {
    std::uint32_t type = number();
    bool known = type == kPrivateKey || type == kTrustedCertificate;
    if (ok_ && type == kSecretKey) return unsupported("holds a secret key, which only Java can read");
    if (ok_ && !known) return damaged(cat("an entry has the unknown type ", type));
    std::optional<std::string> alias = from_modified_utf8(text());
    if (!alias) return damaged("an alias is not Java's UTF-8");
    JksEntry read{.alias = *std::move(alias), .created = std::int64_t(big_endian(8)), .chain = {}};
    std::uint32_t certificates = 1;
    if (type == kPrivateKey) {
      read.key = take(number());
      if (ok_ && read.key.empty()) return damaged("a private key is empty");
      certificates = number();
    }
    for (std::uint32_t i = 0; i < certificates && ok_; ++i) read.chain.emplace_back(TRY(certificate()));
    return read;
  }

  Result<std::string_view> certificate() {
    std::string_view type = text();
    if (ok_ && type != kCertificateType) return unsupported("holds a certificate that is not X.509");
    std::string_view der = take(number());
    if (ok_ && !crypto::outline_of(der)) return damaged("a certificate in it is");
    return der;
  }

  std::unexpected<Error> damaged(std::string_view why) const {
    return fail(Kind::Invalid, "trust.damaged", cat(name_, ": the Java keystore is damaged: ", why));
  }
  std::unexpected<Error> unsupported(std::string_view why) const {
    return fail(Kind::Invalid, "trust.unsupported", cat(name_, ": the Java keystore ", why));
  }

  std::string_view rest_;
  std::string_view name_;
  bool ok_ = true;
};

class Writer {
 public:
  void number(std::uint64_t value, std::size_t size) {
    while (size > 0) bytes_ += char(value >> (8 * --size));
  }
  void text(std::string_view text) {
    number(text.size(), 2);
    bytes_ += text;
  }
  void block(std::string_view block) {
    number(block.size(), 4);
    bytes_ += block;
  }
  std::string& bytes() { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace

bool is_jks(std::string_view bytes) {
  return bytes.starts_with("\xfe\xed\xfe\xed") || bytes.starts_with("\xce\xce\xce\xce");
}

Result<Jks> read_jks(std::string_view bytes, std::string_view name, const std::optional<Secret>& password) {
  Jks store = TRY(Reader(bytes, name).read());
  store.checked = password.has_value();
  if (!password) return store;
  constexpr std::size_t kSumBytes = std::tuple_size_v<crypto::Sha1>;
  std::string_view body = bytes.substr(0, bytes.size() - kSumBytes), sum = bytes.substr(body.size());
  std::optional<crypto::Sha1> expected = check_sum(body, *password);
  if (expected && crypto::equal_in_constant_time(digest_view(*expected), sum)) return store;
  return fail(Kind::Invalid, "trust.password-wrong", cat(name, ": the password does not open it, or it is damaged"));
}

Result<std::string> write_jks(const Jks& store, const Secret& password) {
  Writer out;
  out.number(store.jceks ? kJceks : kJks, 4);
  out.number(kVersion, 4);
  out.number(store.entries.size(), 4);
  for (const JksEntry& entry : store.entries) {
    std::optional<std::string> alias = to_modified_utf8(entry.alias);
    if (!alias || alias->size() > std::numeric_limits<std::uint16_t>::max())
      return fail(Kind::Invalid, "trust.alias", "an alias is UTF-8 and at most 65535 bytes long");
    out.number(entry.key.empty() ? kTrustedCertificate : kPrivateKey, 4);
    out.text(*alias);
    out.number(std::uint64_t(entry.created), 8);
    if (!entry.key.empty()) {
      out.block(entry.key);
      out.number(entry.chain.size(), 4);
    }
    for (const std::string& certificate : entry.chain) {
      out.text(kCertificateType);
      out.block(certificate);
    }
  }
  std::optional<crypto::Sha1> sum = check_sum(out.bytes(), password);
  if (!sum) return fail(Kind::Invalid, "trust.password-wrong", "the password is not UTF-8");
  return cat(out.bytes(), digest_view(*sum));
}

}  // namespace pforte::pki
