#include "pki/trust_lint.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/shell_word.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/certificate_outline.h"
#include "crypto/certificate_strength.h"
#include "pki/alias.h"
#include "pki/trust_store_change.h"

namespace pforte::pki {

namespace {

using crypto::CertificateOutline;

// An entry, and what is read in it once.
struct Seen {
  std::size_t place;
  const TrustEntry& entry;
  CertificateOutline outline;
};

std::string day_of(std::chrono::sys_seconds time) {
  return rfc3339(time).substr(0, 10);
}

class Lint {
 public:
  Lint(const TrustStore& store, const LintFacts& facts) : store_(store), facts_(facts) {
    for (std::size_t i = 0; i < store.entries.size(); ++i) {
      if (auto outline = crypto::outline_of(store.entries[i].der)) seen_.push_back({i, store.entries[i], *outline});
    }
    for (const Seen& each : seen_) {
      subjects_.insert(each.outline.subject);
      has_valid_ |= each.outline.not_before <= facts.now && facts.now <= each.outline.not_after;
      first_by_certificate_.emplace(each.entry.der, &each);
      std::string alias = lowered_alias(each.entry.alias);
      if (!first_by_alias_.emplace(alias, &each).second) shared_aliases_.insert(std::move(alias));
      const Seen*& newest = newest_by_key_[cat(each.outline.subject, each.outline.key)];
      if (!newest || each.outline.not_after > newest->outline.not_after) newest = &each;
    }
  }

  std::vector<LintFinding> run() {
    judge_emptiness();
    judge_files();
    judge_password();
    judge_keys();
    for (const Seen& seen : seen_) judge(seen);
    return std::move(findings_);
  }

 private:
  bool is_java() const {
    return store_.form == StoreForm::Jks || store_.form == StoreForm::Jceks || store_.form == StoreForm::Pkcs12;
  }

  void judge_emptiness() {
    if (!store_.entries.empty()) return;
    findings_.push_back(
        {.id = "trust.empty",
         .level = LintLevel::Error,
         .why = {"it holds no certificate that is trusted, so whoever uses it trusts nobody",
                 "er enthält kein Zertifikat, dem vertraut wird; wer ihn benutzt, vertraut also niemandem"},
         .source = "Java: \"the trustAnchors parameter must be non-empty\"",
         .remedy = {"add the CA that is to be trusted", "die CA aufnehmen, der vertraut werden soll"},
         .command = cat("pforte trust add ", shell_word(store_.name), " ca.pem")});
  }

  void judge_files() {
    for (const Error& error : store_.unreadable) {
      findings_.push_back({.id = "trust.unreadable-file",
                           .level = LintLevel::Error,
                           .why = {error.text(), error.text()},
                           .source = {},
                           .remedy = {"mend the file or take it out of the folder; the others count meanwhile",
                                      "die Datei in Ordnung bringen oder aus dem Ordner nehmen; die übrigen gelten "
                                      "solange"}});
    }
  }

  void judge_password() {
    if (!facts_.known_password) return;
    bool empty = facts_.known_password->empty(), keys = !store_.keys.empty();
    std::string word = empty ? "" : cat(" (", *facts_.known_password, ')');
    findings_.push_back(
        {.id = "trust.known-password",
         .level = keys ? LintLevel::Error : LintLevel::Warning,
         .why = {cat("the password is the one everybody tries", word, ", so it protects ",
                     keys ? "the private keys in the store from nobody" : "the store from no change"),
                 cat("das Passwort ist das, was alle probieren", word, "; es schützt ",
                     keys ? "die privaten Schlüssel darin vor niemandem" : "den Speicher vor keiner Änderung")},
         .source = "Oracle, keytool: \"It is recommended that you change the password\"",
         .remedy = {keys ? "give it another password" : "give it another password, or let the file's rights protect it",
                    keys ? "ihm ein anderes Passwort geben"
                         : "ihm ein anderes Passwort geben oder ihn durch die Rechte der Datei schützen"},
         .other_command = cat("keytool -storepasswd -keystore ", shell_word(store_.name))});
  }

  void judge_keys() {
    for (const KeyEntry& key : store_.keys) {
      findings_.push_back(
          {.id = "trust.private-key",
           .level = LintLevel::Error,
           .alias = key.alias,
           .why =
               {"a private key lies in a store that whoever checks certificates must be able to read",
                "ein privater Schlüssel liegt in einem Speicher, den jeder lesen können muss, der Zertifikate prüft"},
           .source = "NIST SP 800-57 part 1, 8.1.5.1",
           .remedy = {"move it into a store of its own", "ihn in einen eigenen Speicher verlegen"},
           .other_command = is_java()
                                ? cat("keytool -importkeystore -srckeystore ", shell_word(store_.name), " -srcalias ",
                                      shell_word(key.alias), " -destkeystore keys.p12 && keytool -delete -alias ",
                                      shell_word(key.alias), " -keystore ", shell_word(store_.name))
                                : ""});
    }
  }

  // A finding whose remedy is to remove the entry, and perhaps something else.
  LintFinding removal(std::string_view id, LintLevel level, const Seen& seen) const {
    bool named = !seen.entry.alias.empty();
    std::string digest = sha256_of(seen.entry.der).substr(0, 16), which = named ? seen.entry.alias : digest;
    bool alone = named && !shared_aliases_.contains(lowered_alias(seen.entry.alias));
    std::string option = id == "trust.duplicate" ? "--duplicates" : cat("--alias ", shell_word(alone ? which : digest));
    std::string pforte = store_.form == StoreForm::System || store_.form == StoreForm::Der
                             ? ""
                             : cat("pforte trust remove ", shell_word(store_.name), ' ', option);
    std::string other =
        is_java() ? cat("keytool -delete -alias ", shell_word(which), " -keystore ", shell_word(store_.name))
        : store_.form == StoreForm::Directory
            ? cat("rm ", shell_word(cat(store_.name, '/', which)), " && openssl rehash ", shell_word(store_.name))
        : store_.form == StoreForm::System ? cat("dpkg-reconfigure ca-certificates")
                                           : "";
    return {.id = id,
            .level = level,
            .entry = seen.place,
            .alias = seen.entry.alias,
            .why = {},
            .source = {},
            .remedy = {"remove it", "es entfernen"},
            .command = std::move(pforte),
            .other_command = std::move(other)};
  }

  void add(LintFinding finding, Message why, std::string_view source, Message remedy = {}) {
    finding.why = std::move(why);
    finding.source = source;
    if (!remedy.en.empty()) finding.remedy = std::move(remedy);
    findings_.push_back(std::move(finding));
  }

  void judge(const Seen& seen) {
    crypto::Certificate certificate = crypto::certificate_from(seen.entry.der);
    if (!certificate) {
      return add(removal("trust.undecodable", LintLevel::Error, seen),
                 {"OpenSSL cannot read it", "OpenSSL kann es nicht lesen"}, "RFC 5280, 4.1");
    }
    judge_duplicates(seen);
    judge_times(seen);
    judge_role(seen, *certificate);
    judge_strength(seen, *certificate);
    if (!seen.entry.java_sees_it) {
      LintFinding finding = removal("trust.not-seen-by-java", LintLevel::Warning, seen);
      finding.remedy = {"export it, remove it, and add it again: then it has the attribute",
                        "es exportieren, entfernen und wieder aufnehmen: dann hat es das Attribut"};
      add(std::move(finding),
          {"Java does not trust it: it lacks the attribute 2.16.840.1.113894.746875.1.1, so keytool shows no such "
           "entry",
           "Java vertraut ihm nicht: Das Attribut 2.16.840.1.113894.746875.1.1 fehlt, keytool zeigt es nicht an"},
          "OpenJDK, sun.security.pkcs12.PKCS12KeyStore");
    }
  }

  void judge_duplicates(const Seen& seen) {
    const Seen& twin = *first_by_certificate_.at(seen.entry.der);
    if (&twin != &seen) {
      std::string as = twin.entry.alias.empty() ? "" : cat(": ", twin.entry.alias);
      add(removal("trust.duplicate", LintLevel::Warning, seen),
          {cat("the same certificate is in the store already", as),
           cat("dasselbe Zertifikat ist schon im Speicher", as)},
          "keytool -importcert asks before it adds one twice");
    }
    if (!is_java() || first_by_alias_.at(lowered_alias(seen.entry.alias)) == &seen) return;
    add(removal("trust.duplicate-alias", LintLevel::Error, seen),
        {"another certificate has the same alias, and Java sees one of them alone",
         "ein anderes Zertifikat hat denselben Alias, und Java sieht nur eines davon"},
        "java.security.KeyStore",
        {"remove both, and add them under two names", "beide entfernen und unter zwei Namen aufnehmen"});
  }

  // A newer certificate with the same name and key.
  const Seen* successor_of(const Seen& seen) const {
    const Seen* newest = newest_by_key_.at(cat(seen.outline.subject, seen.outline.key));
    return newest->outline.not_after > seen.outline.not_after ? newest : nullptr;
  }

  void judge_times(const Seen& seen) {
    std::string until = day_of(seen.outline.not_after);
    bool expired = seen.outline.not_after < facts_.now;
    if (const Seen* newer = successor_of(seen)) {
      add(removal("trust.superseded", LintLevel::Warning, seen),
          {cat("it ends ", until, ", and the same name and key have a newer certificate in the store, until ",
               day_of(newer->outline.not_after)),
           cat("es endet ", until, ", und für denselben Namen und Schlüssel ist ein neueres im Speicher, bis ",
               day_of(newer->outline.not_after))},
          "RFC 5280, 4.2.1.1");
    } else if (expired) {
      add(removal("trust.expired", has_valid_ ? LintLevel::Warning : LintLevel::Error, seen),
          {cat("it expired ", until), cat("es ist abgelaufen: ", until)}, "RFC 5280, 4.1.2.5",
          {"remove it, and add its successor", "es entfernen und den Nachfolger aufnehmen"});
    }
    if (seen.outline.not_before <= facts_.now) return;
    add(removal("trust.not-yet-valid", LintLevel::Error, seen),
        {cat("it is valid only from ", rfc3339(seen.outline.not_before)),
         cat("es gilt erst ab ", rfc3339(seen.outline.not_before))},
        "RFC 5280, 4.1.2.5",
        {"set this machine's clock if it is wrong, else wait",
         "die Uhr dieses Rechners stellen, wenn sie falsch geht, sonst warten"});
  }

  void judge_role(const Seen& seen, const X509& certificate) {
    bool root = crypto::is_self_issued(certificate);
    bool authority = crypto::authority_claim(certificate) == crypto::AuthorityClaim::Yes;
    bool has_issuer = subjects_.contains(seen.outline.issuer);
    std::string issuer = crypto::name_text(seen.outline.issuer);
    if (!authority && !root) return judge_server_certificate(seen, has_issuer, issuer);
    if (!authority) {
      add(removal("trust.no-authority", LintLevel::Warning, seen),
          {"it has no CA:TRUE, so it can vouch for nobody but itself, and strict clients refuse it altogether",
           "es hat kein CA:TRUE, kann also nur für sich selbst bürgen, und strenge Clients lehnen es ganz ab"},
          "RFC 5280, 4.2.1.9",
          {"let a CA issue the server's certificate, and trust that CA",
           "das Zertifikat des Servers von einer CA ausstellen lassen und dieser CA vertrauen"});
    } else if (crypto::forbids_signing_certificates(certificate)) {
      add(removal("trust.no-cert-sign", LintLevel::Error, seen),
          {"its keyUsage has no keyCertSign, so no certificate that it signed is accepted",
           "seine keyUsage hat kein keyCertSign, daher gilt kein Zertifikat, das es signiert hat"},
          "RFC 5280, 4.2.1.3", {"replace it by one with keyCertSign", "es durch eines mit keyCertSign ersetzen"});
    }
    if (root || has_issuer) return;
    LintFinding finding = removal("trust.missing-root", LintLevel::Warning, seen);
    advise_adding(finding, "root.pem");
    add(std::move(finding),
        {cat("it is an intermediate, and its issuer ", issuer,
             " is not in the store: clients that build up to a root do not trust it"),
         cat("es ist ein Zwischenzertifikat, und sein Aussteller ", issuer,
             " ist nicht im Speicher: Clients, die bis zur Wurzel gehen, vertrauen ihm nicht")},
        "RFC 5280, 6.1", {cat("add ", issuer), cat(issuer, " aufnehmen")});
  }

  void judge_server_certificate(const Seen& seen, bool has_issuer, const std::string& issuer) {
    LintFinding finding = removal("trust.server-certificate", LintLevel::Error, seen);
    if (!has_issuer) advise_adding(finding, "ca.pem");
    Message remedy = has_issuer ? Message{cat("remove it: its issuer ", issuer, " is in the store"),
                                          cat("es entfernen: sein Aussteller ", issuer, " ist im Speicher")}
                                : Message{cat("remove it, and add the CA that issued it: ", issuer),
                                          cat("es entfernen und die CA aufnehmen, die es ausgestellt hat: ", issuer)};
    add(std::move(finding),
        {cat("it is a server's or a person's certificate, not a CA's: when it is renewed, at the latest ",
             day_of(seen.outline.not_after), ", trust in the server ends"),
         cat("es ist das Zertifikat eines Servers oder einer Person, nicht das einer CA: Wird es erneuert, spätestens ",
             day_of(seen.outline.not_after), ", endet das Vertrauen zu dem Server")},
        "RFC 5280, 6.1.1 (d)", std::move(remedy));
  }

  // Adds the command that adds a certificate to the one that removes.
  void advise_adding(LintFinding& finding, std::string_view file) const {
    bool removes = finding.id == "trust.server-certificate";
    std::string both = removes && !finding.command.empty() ? cat(finding.command, " && ") : "";
    if (store_.form != StoreForm::System && store_.form != StoreForm::Der)
      finding.command = cat(both, "pforte trust add ", shell_word(store_.name), ' ', file);
    both = removes && !finding.other_command.empty() ? cat(finding.other_command, " && ") : "";
    if (is_java()) {
      finding.other_command =
          cat(both, "keytool -importcert -alias ca -file ", file, " -keystore ", shell_word(store_.name));
    } else if (store_.form == StoreForm::Pem) {
      finding.other_command = cat("openssl x509 -in ", file, " >> ", shell_word(store_.name));
    }
  }

  void judge_strength(const Seen& seen, const X509& certificate) {
    crypto::KeyStrength key = crypto::key_strength(certificate);
    if (key.weak) {
      add(removal("trust.weak-key", LintLevel::Error, seen),
          {cat("its key is too short: ", key.name), cat("sein Schlüssel ist zu kurz: ", key.name)},
          "NIST SP 800-57 part 1, table 2; CA/Browser Forum, Baseline Requirements, 6.1.5",
          {"remove it, and add a CA with RSA 2048, EC P-256 or more",
           "es entfernen und eine CA mit RSA 2048, EC P-256 oder mehr aufnehmen"});
    }
    std::string digest = crypto::signature_digest(certificate);
    bool md = digest.starts_with("MD"), root = crypto::is_self_issued(certificate);
    if (!md && (root || digest != "SHA1")) return;
    add(removal("trust.weak-signature", root ? LintLevel::Warning : LintLevel::Error, seen),
        {cat("it is signed with ", digest,
             root ? ", which some clients refuse even for a root" : ", so its issuer's consent can be forged"),
         cat("es ist mit ", digest, " signiert",
             root ? ", was manche Clients sogar bei einer Wurzel ablehnen"
                  : "; damit lässt sich die Zustimmung des Ausstellers fälschen")},
        "RFC 6151; CA/Browser Forum, Baseline Requirements, 7.1.3.2",
        {"replace it by one that is signed with SHA-256", "es durch eines ersetzen, das mit SHA-256 signiert ist"});
  }

  const TrustStore& store_;
  const LintFacts& facts_;
  std::vector<Seen> seen_;
  std::unordered_set<std::string_view> subjects_;
  std::unordered_map<std::string, const Seen*> newest_by_key_;  // by subject and key
  std::unordered_map<std::string_view, const Seen*> first_by_certificate_;
  std::unordered_map<std::string, const Seen*> first_by_alias_;
  std::unordered_set<std::string> shared_aliases_;  // of several
  bool has_valid_ = false;                          // so that whoever uses the store still trusts somebody
  std::vector<LintFinding> findings_;
};

}  // namespace

std::vector<LintFinding> lint_trust_store(const TrustStore& store, const LintFacts& facts) {
  return Lint(store, facts).run();
}

}  // namespace pforte::pki
