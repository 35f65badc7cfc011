#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/ca_settings.h"
#include "app/inventory_command.h"
#include "app/inventory_json.h"
#include "app/password_input.h"
#include "base/file_replacement.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/certificate_outline.h"
#include "crypto/key_file.h"
#include "crypto/pkcs12.h"
#include "crypto/private_key.h"
#include "inventory/certificate_chain.h"
#include "inventory/inventory.h"
#include "pki/jks.h"
#include "pki/jks_key.h"

namespace pforte::app {
namespace {

constexpr mode_t kForOwnerAlone = 0600;
constexpr mode_t kForEverybody = 0644;

enum class ExportForm : std::uint8_t { Pem, Der, Pkcs12, Jks };

std::unexpected<Complaint> cannot(const Message& what, const Message& remedy) {
  return std::unexpected(Complaint(kInvalidInput, what, remedy));
}

Answer<ExportForm> wanted_export_form(const StoreCall& call) {
  constexpr std::array<std::string_view, 4> kForms = {"pem", "der", "p12", "jks"};
  std::string word = call.line.value_of("--form").value_or("pem");
  for (std::size_t i = 0; i < kForms.size(); ++i) {
    if (kForms[i] == word) return ExportForm(i);
  }
  return cannot({"--form is pem, der, p12 or jks", "--form ist pem, der, p12 oder jks"},
                {"leave it out for PEM", "weglassen für PEM"});
}

// Java and Windows take no store with a key in it that has no password.
Answer<Secret> password_of_store(const std::optional<Secret>& password) {
  if (password && !password->reveal().empty()) return Secret(password->reveal());
  return cannot({"a store needs a password", "ein Speicher braucht ein Passwort"},
                {"--password-file FILE: its first line; - asks for it",
                 "--password-file DATEI: ihre erste Zeile; - fragt danach"});
}

// What is exported.
struct Export {
  std::string alias;
  std::string chain_pem;
  std::vector<crypto::Certificate> chain;
  std::optional<crypto::PrivateKey> key;
};

Answer<std::string> as_pem(const Export& what, const std::optional<Secret>& password) {
  if (!what.key) return what.chain_pem;
  Secret key =
      TRY(password ? crypto::encrypted_private_key_pem(**what.key, *password) : crypto::private_key_pem(**what.key));
  return cat(key.reveal(), what.chain_pem);
}

Answer<std::string> as_pkcs12(Export what, const Secret& password) {
  if (!what.key)
    return cannot({"a PKCS#12 file of a certificate alone is a trust store",
                   "eine PKCS#12-Datei mit einem Zertifikat allein ist ein Vertrauensspeicher"},
                  {"add --with-key, or export PEM and run pforte trust add STORE FILE",
                   "--with-key ergänzen, oder PEM exportieren und pforte trust add SPEICHER DATEI ausführen"});
  crypto::Identity identity{.chain = std::move(what.chain), .key = *std::move(what.key)};
  return TRY(crypto::make_pkcs12(identity, what.alias, password));
}

Answer<std::string> as_jks(const Export& what, const Secret& password) {
  pki::JksEntry entry{.alias = what.alias, .created = store::now_in_store(), .chain = {}};
  for (const crypto::Certificate& certificate : what.chain) entry.chain.push_back(crypto::der_of(*certificate));
  if (what.key) {
    Secret der = TRY(crypto::private_key_der(**what.key));
    entry.key = TRY(pki::protect_jks_key(der, password));
  }
  if (!what.key) entry.chain.resize(1);
  pki::Jks store;
  store.entries.push_back(std::move(entry));
  return TRY(pki::write_jks(store, password));
}

Answer<std::string> content_of(ExportForm form, Export what, const std::optional<Secret>& password) {
  switch (form) {
    case ExportForm::Pem:
      return as_pem(what, password);
    case ExportForm::Der:
      if (!what.key) return crypto::der_of(*what.chain.front());
      return cannot({"DER holds no key", "DER enthält keinen Schlüssel"}, {"--form pem or p12", "--form pem oder p12"});
    case ExportForm::Pkcs12:
      return as_pkcs12(std::move(what), TRY(password_of_store(password)));
    case ExportForm::Jks:
      return as_jks(what, TRY(password_of_store(password)));
  }
  std::unreachable();
}

// Nobody's link leads a key elsewhere, and nobody owns the file already.
Result<> write_key(const std::string& file, std::string_view content) {
  NewFile written = TRY(NewFile::write(file, content, kForOwnerAlone));
  written.keep();
  return {};
}

}  // namespace

Answer<int> export_certificate(const StoreCall& call) {
  ExportForm form = TRY(wanted_export_form(call));
  std::optional<std::string> file = call.line.value_of("--out");
  if (!file) return cannot({"--out is missing", "--out fehlt"}, {"write --out FILE", "schreiben: --out DATEI"});
  TRY(check_one_document(call.line));
  std::optional<Secret> password =
      TRY(known_password(call.streams, call.line.language, call.line.value_of("--password-file")));
  inventory::Inventory all(call.store);
  inventory::Entry entry = TRY(all.find(call.line.operand));
  Export what{.alias = entry.names.empty() ? entry.sha256.substr(0, 12) : entry.names.front(),
              .chain_pem = TRY(all.chain(entry.sha256)),
              .chain = {},
              .key = {}};
  what.chain = TRY(inventory::decode_chain(what.chain_pem));
  if (call.line.has("--with-key")) {
    Secret pem = TRY(all.key(entry.sha256));
    what.key = TRY(crypto::private_key_from_pem(pem.reveal(), entry.sha256));
  }
  bool with_key = what.key.has_value();
  std::string content = TRY(content_of(form, std::move(what), password));
  Result<> written;
  if (*file == "-") {
    call.print(content);
  } else {
    written = with_key ? write_key(*file, content) : replace_file(*file, content, kForEverybody);
  }
  explicit_bzero(content.data(), content.size());
  if (!written) return std::unexpected(Complaint(written.error(), *file));
  if (*file == "-") return kDone;
  std::string shown = described(entry);
  call.tell({cat(shown, " is in ", *file), cat(shown, " ist in ", *file)},
            one_json("exported", entry, now_in_seconds()));
  return kDone;
}

}  // namespace pforte::app
