#include "gate/served_certificate.h"

#include <openssl/x509v3.h>

#include <chrono>

#include "base/file_access.h"
#include "base/german.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/certificate.h"
#include "crypto/ocsp.h"
#include "gate/site.h"

namespace pforte::gate {

namespace {

using std::chrono::days;

// Some days left to act, also over Easter.
constexpr days kExpiresSoon{14};

Message remedy_for(const Error& error, const std::string& file) {
  if (error.code() == "key.password-missing") {
    return {"name key_password_file, a file whose first line is the password",
            "key_password_file angeben, eine Datei, deren erste Zeile das Passwort ist"};
  }
  if (error.code() == "key.password-wrong") {
    return {"correct the first line of key_password_file, which has to be this key's password",
            "die erste Zeile von key_password_file berichtigen: Sie muss das Passwort dieses Schlüssels sein"};
  }
  if (error.code() == "file.unreadable") return remedy_for_unreadable(file);
  return {"name a PEM file; `openssl x509 -text -in FILE` or `openssl pkey -in FILE` shows what is in it",
          "eine PEM-Datei angeben; `openssl x509 -text -in DATEI` oder `openssl pkey -in DATEI` zeigt, was darin ist"};
}

std::nullopt_t cannot_use(const conf::Text& file, const Error& error, conf::Problems& problems) {
  problems.error(file.place, error.code(),
                 {cat("cannot use ", error.text()), cat("nicht verwendbar: ", german_or_same(error.text()))},
                 remedy_for(error, file.value));
  return std::nullopt;
}

void check_dates(const conf::Text& file, const X509& leaf, conf::Problems& problems) {
  std::string subject = crypto::subject_of(leaf);
  if (crypto::not_before(leaf) > now_in_seconds()) {
    problems.warning(file.place, "certificate.not-yet-valid",
                     {cat("the certificate of ", subject, " is not valid yet: every client refuses it"),
                      cat("das Zertifikat von ", subject, " ist noch nicht gültig: Jeder Client lehnt es ab")},
                     {"check the clock of this machine, or wait", "die Uhr dieses Rechners prüfen oder warten"});
  }
  if (crypto::not_after(leaf) < now_in_seconds()) {
    problems.warning(
        file.place, "certificate.expired",
        {cat("the certificate of ", subject, " has expired: every client refuses it"),
         cat("das Zertifikat von ", subject, " ist abgelaufen: Jeder Client lehnt es ab")},
        {"renew it, put it here and run `pforte reload`", "erneuern, hier ablegen und `pforte reload` ausführen"});
  } else if (crypto::not_after(leaf) < now_in_seconds() + kExpiresSoon) {
    auto left = std::chrono::floor<days>(crypto::not_after(leaf) - now_in_seconds()).count();
    problems.warning(file.place, "certificate.expires-soon",
                     {cat("the certificate of ", subject, " expires in ", left, " days"),
                      cat("das Zertifikat von ", subject, " läuft in ", left, " Tagen ab")},
                     {"renew it", "rechtzeitig erneuern"});
  }
}

// Each certificate must be followed by its issuer; the root itself need not be sent.
void check_chain(const conf::Text& file, const std::vector<crypto::Certificate>& chain, conf::Problems& problems) {
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    if (X509_check_issued(chain[i + 1].get(), chain[i].get()) == X509_V_OK) continue;
    problems.warning(
        file.place, "certificate.chain-order",
        {cat("certificate ", i + 2, " did not issue certificate ", i + 1, ": clients may not find the root"),
         cat("Zertifikat ", i + 2, " hat Zertifikat ", i + 1,
             " nicht ausgestellt: Clients finden die Wurzel womöglich nicht")},
        {"order the file: the server's own first, then each issuer",
         "die Datei ordnen: zuerst das eigene, dann jeweils der Aussteller"});
    return;
  }
  bool self_signed = X509_check_issued(chain.front().get(), chain.front().get()) == X509_V_OK;
  if (self_signed) {
    problems.warning(file.place, "certificate.self-signed",
                     {"the certificate is self-signed: browsers warn, apps do not connect",
                      "das Zertifikat ist selbstsigniert: Browser warnen, Apps verbinden sich nicht"},
                     {"have it issued by your company's CA or a public one",
                      "von der Firmen-CA oder einer öffentlichen CA ausstellen lassen"});
  }
}

void read_ocsp(const CertificateConfig& config, tls::Shown& shown, conf::Problems& problems) {
  if (!config.ocsp) return;
  auto unusable = [&](const Error& error) {
    Message fetch = {"fetch a fresh answer: openssl ocsp -issuer … -cert … -respout FILE",
                     "eine frische Antwort holen: openssl ocsp -issuer … -cert … -respout DATEI"};
    problems.warning(
        config.ocsp->place, "certificate.ocsp",
        {cat("nothing is stapled: ", error.text()), cat("OCSP wird nicht mitgesendet: ", german_or_same(error.text()))},
        error.kind() == Kind::Denied ? remedy_for_unreadable(config.ocsp->value) : fetch);
  };
  const auto& chain = shown.identity.chain;
  Result<std::string> der = crypto::read_file(config.ocsp->value);
  if (!der) return unusable(der.error());
  const X509& issuer = chain.size() > 1 ? *chain[1] : *chain[0];
  Result<crypto::UtcTime> until = crypto::check_ocsp_answer(*der, *chain[0], issuer, now_in_seconds());
  if (!until) return unusable(until.error());
  shown.ocsp_answer = *std::move(der);
  shown.ocsp_until = *until;
}

}  // namespace

std::optional<tls::Shown> read_served_certificate(const CertificateConfig& config, conf::Problems& problems) {
  tls::Shown shown;
  Result<std::vector<crypto::Certificate>> chain = crypto::read_certificates(config.chain.value);
  if (!chain) return cannot_use(config.chain, chain.error(), problems);
  std::optional<Secret> password;
  if (config.key_password_file) {
    Result<Secret> read = crypto::read_password(config.key_password_file->value);
    if (!read) return cannot_use(*config.key_password_file, read.error(), problems);
    password.emplace(*std::move(read));
  }
  Result<crypto::PrivateKey> key = crypto::read_private_key(config.key.value, password);
  if (!key) return cannot_use(config.key, key.error(), problems);
  shown.identity = {*std::move(chain), *std::move(key)};
  const X509& leaf = *shown.identity.chain.front();
  if (!crypto::belong_together(leaf, *shown.identity.key)) {
    problems.error(config.key.place, "certificate.key-mismatch",
                   {cat("the key ", config.key.value, " does not belong to the certificate ", config.chain.value),
                    cat("der Schlüssel ", config.key.value, " gehört nicht zum Zertifikat ", config.chain.value)},
                   {"name the key with which the certificate was requested; the certificate comes first in its file",
                    "den Schlüssel angeben, mit dem das Zertifikat beantragt wurde; das Zertifikat steht in seiner "
                    "Datei zuerst"});
    return std::nullopt;
  }
  check_dates(config.chain, leaf, problems);
  check_chain(config.chain, shown.identity.chain, problems);
  read_ocsp(config, shown, problems);
  return shown;
}

void check_names(const SiteConfig& site, std::span<const tls::Shown> shown, conf::Problems& problems) {
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const X509& leaf = *shown[i].identity.chain.front();
    for (const conf::Text& host : site.hosts) {
      if (host.value == "*" || crypto::covers(leaf, without_brackets(host.value))) continue;
      std::string names;
      for (const std::string& name : crypto::names_of(leaf)) names += cat(names.empty() ? "" : ", ", name);
      if (names.empty()) names = "-";
      problems.error(host.place, "certificate.name",
                     {cat("the certificate ", site.certificates[i].chain.value, " is not made out to ", host.value,
                          "; its names (SAN): ", names),
                      cat("das Zertifikat ", site.certificates[i].chain.value, " gilt nicht für ", host.value,
                          "; seine Namen (SAN): ", names)},
                     {"request a certificate with this SubjectAlternativeName, or take the host out of `hosts`",
                      "ein Zertifikat mit diesem SubjectAlternativeName beantragen oder den Host aus `hosts` nehmen"});
    }
  }
}

}  // namespace pforte::gate
