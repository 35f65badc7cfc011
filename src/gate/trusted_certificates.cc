#include "gate/trusted_certificates.h"

#include <utility>

#include "base/file_access.h"
#include "base/file_replacement.h"
#include "base/german.h"
#include "base/text.h"
#include "crypto/pem.h"
#include "crypto/pem_blocks.h"
#include "pki/trust_store.h"

namespace pforte::gate {
namespace {

Result<pki::TrustStore> read_store(const conf::Text& store, const std::optional<conf::Text>& password_file) {
  std::optional<Secret> password;
  if (password_file) password.emplace(TRY(crypto::read_password(password_file->value)).reveal());
  pki::TrustStore read = TRY(pki::read_trust_store(store.value, password));
  if (read.entries.empty()) return fail(Kind::Invalid, "certificate.none", cat(store.value, ": holds no certificate"));
  return read;
}

std::string pem_of(const pki::TrustStore& store) {
  std::string pem;
  for (const pki::TrustEntry& entry : store.entries) pem += crypto::pem_block(entry.der);
  return pem;
}

Result<> write_pem_trust(identity::LdapConfig& config, const std::optional<std::string>& state_dir,
                         conf::Problems& problems) {
  pki::TrustStore store = TRY(read_store(*config.trust, config.trust_password_file));
  warn_of_unreadable(store.unreadable, config.trust->place, problems);
  if (store.form == pki::StoreForm::Pem) return {};
  if (!state_dir) {
    config.trust.reset();
    return {};
  }
  std::string file = cat(*state_dir, "/ldap-trust.pem");
  TRY(replace_file(file, pem_of(store)));
  config.trust->value = file;
  return {};
}

}  // namespace

Result<TrustedCertificates> trusted_certificates(const conf::Text& store,
                                                 const std::optional<conf::Text>& password_file) {
  pki::TrustStore read = TRY(read_store(store, password_file));
  return TrustedCertificates{.pem = pem_of(read), .unreadable = std::move(read.unreadable)};
}

const conf::Text& file_at_fault(const Error& error, const conf::Text& store,
                                const std::optional<conf::Text>& password_file) {
  bool is_password = password_file && error.text().starts_with(cat(password_file->value, ": "));
  return is_password ? *password_file : store;
}

void warn_of_unreadable(const std::vector<Error>& unreadable, const conf::Place& place, conf::Problems& problems) {
  for (const Error& why : unreadable) {
    problems.warning(
        place, why.code(),
        {cat("not all of the trust store is trusted: ", why.text()),
         cat("nicht allem im Vertrauensspeicher wird vertraut: ", german_or_same(why.text()))},
        {"mend the file, or take it out of the folder", "die Datei in Ordnung bringen oder aus dem Ordner nehmen"});
  }
}

void name_pem_trust(identity::LdapConfig& config, const std::optional<std::string>& state_dir,
                    conf::Problems& problems) {
  if (!config.trust || config.trust->value == "system") return;
  Result<> named = write_pem_trust(config, state_dir, problems);
  if (named) return;
  const Error& error = named.error();
  const conf::Text& file = file_at_fault(error, *config.trust, config.trust_password_file);
  problems.error(file.place, error.code(),
                 {cat("no directory can be trusted: ", error.text()),
                  cat("keinem Verzeichnis kann vertraut werden: ", german_or_same(error.text()))},
                 error.code() == "file.unreadable"
                     ? remedy_for_unreadable(file.value)
                     : Message{"name a trust store (PEM, folder, PKCS#12, JKS) with the CA that issued the directory's "
                               "certificates, or \"system\"; trust_password_file has its password",
                               "einen Vertrauensspeicher (PEM, Ordner, PKCS#12, JKS) mit der CA angeben, die die "
                               "Zertifikate des Verzeichnisses ausstellt, oder \"system\"; trust_password_file hat "
                               "sein Passwort"});
  config.trust.reset();
}

}  // namespace pforte::gate
