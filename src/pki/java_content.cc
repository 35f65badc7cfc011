#include "pki/java_content.h"

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/pkcs12.h"
#include "pki/jks.h"

namespace pforte::pki {

namespace {

std::int64_t milliseconds_now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

class JksContent : public StoreContent {
 public:
  explicit JksContent(Jks store) : store_(std::move(store)) {}

  TrustStore list(const std::string& name) const override {
    TrustStore store{.name = name, .form = store_.jceks ? StoreForm::Jceks : StoreForm::Jks, .checked = store_.checked};
    for (const JksEntry& entry : store_.entries) {
      if (entry.key.empty()) store.entries.push_back({.alias = entry.alias, .der = entry.chain.front()});
      if (!entry.key.empty()) store.keys.push_back({.alias = entry.alias, .chain = entry.chain});
    }
    return store;
  }

  bool needs_password() const override { return true; }

  Result<> add(const std::vector<TrustEntry>& entries) override {
    store_.entries.reserve(store_.entries.size() + entries.size());
    for (const TrustEntry& entry : entries)
      store_.entries.push_back({.alias = entry.alias, .created = milliseconds_now(), .chain = {entry.der}});
    return {};
  }

  Result<> remove(const std::vector<std::size_t>& places) override {
    std::vector<JksEntry> kept;
    kept.reserve(store_.entries.size());
    std::size_t place = 0;
    for (JksEntry& entry : store_.entries) {
      bool gone = entry.key.empty() && std::ranges::binary_search(places, place++);
      if (!gone) kept.push_back(std::move(entry));
    }
    store_.entries = std::move(kept);
    return {};
  }

  Result<std::string> write(const std::optional<Secret>& password) const override {
    return password ? write_jks(store_, *password) : write_jks(store_, Secret(""));
  }

 private:
  Jks store_;
};

// Leads from a key's own certificate towards its root, as far as the file has them.
class Chains {
 public:
  explicit Chains(const std::vector<crypto::Pkcs12Certificate>& certificates) : certificates_(certificates) {
    for (std::size_t i = 0; i < certificates.size(); ++i) {
      by_subject_.emplace(crypto::outline_of(certificates[i].der)->subject, i);
      if (!certificates[i].key_id.empty()) by_key_.emplace(certificates[i].key_id, i);
    }
  }

  std::vector<std::string> of(const crypto::Pkcs12Key& key) const {
    std::vector<std::string> chain;
    std::unordered_set<std::size_t> seen;
    auto own = by_key_.find(key.key_id);
    std::optional<std::size_t> next = own == by_key_.end() ? std::nullopt : std::optional(own->second);
    while (next && seen.insert(*next).second) {
      const std::string& der = certificates_[*next].der;
      chain.push_back(der);
      auto issuer = by_subject_.find(crypto::outline_of(der)->issuer);
      next = issuer == by_subject_.end() ? std::nullopt : std::optional(issuer->second);
    }
    return chain;
  }

 private:
  const std::vector<crypto::Pkcs12Certificate>& certificates_;
  std::unordered_map<std::string_view, std::size_t> by_subject_, by_key_;  // the first of each
};

class Pkcs12Content : public StoreContent {
 public:
  explicit Pkcs12Content(crypto::Pkcs12 file) : file_(std::move(file)) { place(); }

  // A file without a private key is nothing but a trust store, whatever Java sees of it. In one with a key, what is not
  // marked as trusted is there for its chain.
  TrustStore list(const std::string& name) const override {
    TrustStore store{.name = name, .form = StoreForm::Pkcs12, .checked = file_.checked()};
    for (std::size_t place : places_) {
      const crypto::Pkcs12Certificate& certificate = file_.certificates()[place];
      store.entries.push_back(
          {.alias = certificate.alias, .der = certificate.der, .java_sees_it = certificate.trusted});
    }
    Chains chains(file_.certificates());
    for (const crypto::Pkcs12Key& key : file_.keys())
      store.keys.push_back({.alias = key.alias, .chain = chains.of(key)});
    return store;
  }

  bool needs_password() const override { return file_.has_mac(); }

  Result<> add(const std::vector<TrustEntry>& entries) override {
    std::vector<crypto::Pkcs12Addition> additions;
    additions.reserve(entries.size());
    for (const TrustEntry& entry : entries) {
      crypto::Certificate certificate = crypto::certificate_from(entry.der);
      if (!certificate) return fail(Kind::Invalid, "certificate.damaged", "OpenSSL cannot read the certificate");
      additions.push_back({.alias = entry.alias, .certificate = std::move(certificate)});
    }
    file_.add(additions);
    place();
    return {};
  }

  Result<> remove(const std::vector<std::size_t>& entries) override {
    std::vector<std::size_t> places;
    places.reserve(entries.size());
    for (std::size_t entry : entries) places.push_back(places_.at(entry));
    file_.remove(places);
    place();
    return {};
  }

  Result<std::string> write(const std::optional<Secret>& password) const override { return file_.write(password); }

 private:
  void place() {
    places_.clear();
    for (std::size_t i = 0; i < file_.certificates().size(); ++i) {
      if (file_.keys().empty() || file_.certificates()[i].trusted) places_.push_back(i);
    }
  }

  crypto::Pkcs12 file_;
  std::vector<std::size_t> places_;  // of the entries among the file's certificates
};

// PFX ::= SEQUENCE { version INTEGER {v3(3)}, ... } (RFC 7292, 4); a certificate begins with two SEQUENCEs.
bool is_pkcs12(std::string_view bytes) {
  constexpr std::string_view kVersion3("\x02\x01\x03", 3);
  bool sequence = bytes.size() > 6 && bytes[0] == '\x30';
  auto length = sequence ? std::uint8_t(bytes[1]) : 0;
  std::size_t header = length > 0x80 ? 2 + (length & 0x7f) : 2;
  return sequence && header < bytes.size() && bytes.substr(header).starts_with(kVersion3);
}

}  // namespace

bool is_java_content(std::string_view bytes) {
  return is_jks(bytes) || is_pkcs12(bytes);
}

Result<std::unique_ptr<StoreContent>> read_java_content(std::string_view bytes, const std::string& name,
                                                        const std::optional<Secret>& password) {
  if (is_jks(bytes)) return std::make_unique<JksContent>(TRY(read_jks(bytes, name, password)));
  crypto::Pkcs12 file = TRY(crypto::Pkcs12::read(bytes, name, password));
  for (const crypto::Pkcs12Certificate& certificate : file.certificates()) {
    if (!crypto::outline_of(certificate.der))
      return fail(Kind::Invalid, "trust.damaged", cat(name, ": the PKCS#12 store is damaged: a certificate in it is"));
  }
  return std::make_unique<Pkcs12Content>(std::move(file));
}

std::unique_ptr<StoreContent> empty_java_content(StoreForm form) {
  if (form == StoreForm::Pkcs12) return std::make_unique<Pkcs12Content>(crypto::Pkcs12());
  return std::make_unique<JksContent>(Jks{.jceks = form == StoreForm::Jceks});
}

}  // namespace pforte::pki
