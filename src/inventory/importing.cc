#include "inventory/importing.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/pem_blocks.h"
#include "crypto/private_key.h"
#include "pki/trust_store.h"

namespace pforte::inventory {
namespace {

// More than any chain that a client follows.
constexpr std::size_t kLongestChain = 10;

struct Member {
  crypto::Certificate certificate;
  std::string der;
  const Material::Key* key = nullptr;  // of the material
};

Result<std::vector<Member>> decode(const Material& material) {
  std::vector<Member> members;
  for (const Material::Certificate& one : material.certificates) {
    crypto::Certificate certificate = crypto::certificate_from(one.der);
    if (!certificate) return fail(Kind::Invalid, "certificate.damaged", cat(one.file, ": a certificate is damaged"));
    members.push_back({.certificate = std::move(certificate), .der = one.der});
  }
  if (members.empty()) return fail(Kind::Invalid, "certificate.none", "the files hold a key, but no certificate");
  return members;
}

Result<> give_keys(const Material& material, std::vector<Member>& members) {
  for (const Material::Key& key : material.keys) {
    crypto::PrivateKey decoded = TRY(crypto::private_key_from_pem(key.pem.reveal(), key.file));
    auto owner = std::ranges::find_if(
        members, [&](const Member& member) { return crypto::belong_together(*member.certificate, *decoded); });
    if (owner == members.end()) {
      return fail(Kind::Invalid, "certificate.key-mismatch",
                  cat("the key ", key.file, " belongs to none of the certificates, such as ",
                      crypto::subject_of(*members.front().certificate), " in ", material.certificates.front().file));
    }
    owner->key = &key;
  }
  return {};
}

// Leads from a certificate to its root.
class Chain {
 public:
  Chain(Inventory& inventory, const std::vector<Member>& members) : inventory_(inventory), members_(members) {}

  Result<> build(const Member& leaf) {
    pem_ = crypto::pem_block(leaf.der);
    crypto::Certificate current = crypto::certificate_from(leaf.der);
    while (!crypto::issued_by(*current, *current) && length_ < kLongestChain) {
      std::optional<std::string> issuer = TRY(issuer_of(*current));
      if (!issuer) return length_ == 1 ? note_missing(*current) : Result<>();
      crypto::Certificate next = crypto::certificate_from(*issuer);
      // Clients have the root already, or do not trust it because it is sent.
      if (crypto::issued_by(*next, *next)) return {};
      pem_ += crypto::pem_block(*issuer);
      ++length_;
      current = std::move(next);
    }
    return {};
  }

  const std::string& pem() const { return pem_; }
  std::size_t length() const { return length_; }
  const std::string& missing() const { return missing_; }

 private:
  static std::string issuer_name(const X509& certificate) {
    std::string der = crypto::der_of(certificate);
    return crypto::name_text(crypto::outline_of(der).value_or(crypto::CertificateOutline{}).issuer);
  }

  // The one that is valid longest.
  Result<std::optional<std::string>> issuer_of(const X509& certificate) {
    std::vector<std::string> candidates = TRY(inventory_.with_subject(issuer_name(certificate)));
    for (const Member& member : members_) candidates.push_back(member.der);
    std::optional<std::string> best;
    Time until{};
    for (const std::string& der : candidates) {
      crypto::Certificate candidate = crypto::certificate_from(der);
      if (!candidate || !crypto::issued_by(certificate, *candidate)) continue;
      if (best && crypto::not_after(*candidate) <= until) continue;
      until = crypto::not_after(*candidate);
      best = der;
    }
    return best;
  }

  // Of a server's certificate alone. What issued an intermediate may well be the root, which need not be sent; and
  // roots of public authorities are known to the system, and to everybody's clients.
  Result<> note_missing(const X509& certificate) {
    if (crypto::is_authority(certificate)) return {};
    std::string der = crypto::der_of(certificate);
    std::string_view wanted = crypto::outline_of(der).value_or(crypto::CertificateOutline{}).issuer;
    Result<pki::TrustStore> system = pki::read_trust_store("system");
    bool is_public = system && std::ranges::any_of(system->entries, [&](const pki::TrustEntry& entry) {
                       return crypto::outline_of(entry.der).value_or(crypto::CertificateOutline{}).subject == wanted;
                     });
    if (!is_public) missing_ = issuer_name(certificate);
    return {};
  }

  Inventory& inventory_;
  const std::vector<Member>& members_;
  std::string pem_;
  std::size_t length_ = 1;
  std::string missing_;
};

bool is_to_be_kept(const Member& member, bool authorities_alone) {
  return authorities_alone || member.key || !crypto::is_authority(*member.certificate);
}

Result<> keep_authorities(Inventory& inventory, const std::vector<Member>& members, const std::string& owner) {
  for (const Member& member : members) {
    if (!crypto::is_authority(*member.certificate) || member.key) continue;
    (void)TRY(inventory.keep({.chain_pem = crypto::pem_block(member.der), .source = Source::Imported, .owner = owner}));
  }
  return {};
}

Result<std::vector<ImportedCertificate>> keep_all(Inventory& inventory, const std::vector<Member>& members,
                                                  const std::string& owner) {
  std::vector<ImportedCertificate> imported;
  bool authorities_alone = std::ranges::none_of(members, [](const Member& one) { return is_to_be_kept(one, false); });
  for (const Member& member : members) {
    if (!is_to_be_kept(member, authorities_alone)) continue;
    Chain chain(inventory, members);
    TRY(chain.build(member));
    NewCertificate wanted{.chain_pem = chain.pem(), .source = Source::Imported, .owner = owner};
    if (member.key) wanted.key_pem.emplace(member.key->pem.reveal());
    std::string id = TRY(inventory.keep(wanted));
    imported.push_back(
        {.entry = TRY(inventory.find(id)), .chain_length = chain.length(), .missing_issuer = chain.missing()});
  }
  TRY(keep_authorities(inventory, members, owner));
  return imported;
}

}  // namespace

Result<std::vector<ImportedCertificate>> import_material(Inventory& inventory, store::Store& store,
                                                         const Material& material, const std::string& owner) {
  std::vector<Member> members = TRY(decode(material));
  TRY(give_keys(material, members));
  std::vector<ImportedCertificate> imported;
  auto work = [&]() -> Result<> {
    imported = TRY(keep_all(inventory, members, owner));
    return {};
  };
  TRY(store.transact(work));
  return imported;
}

}  // namespace pforte::inventory
