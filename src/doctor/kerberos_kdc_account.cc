#include "doctor/kerberos_kdc_account.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "doctor/shown_command.h"
#include "kerberos/encryption.h"
#include "kerberos/krb5_file.h"

namespace pforte::doctor {
namespace {

namespace kdc_error = kerberos::kdc_error;

constexpr Check kUnknown{.id = "kdc.principal-unknown",
                         .source = "RFC 4120, 7.5.9",
                         .why = {"for a service that the KDC does not know nobody gets a ticket",
                                 "für einen Dienst, den das KDC nicht kennt, erhält niemand ein Ticket"}};
constexpr Check kCase{.id = "kdc.principal-case",
                      .source = "RFC 4120, 6.2",
                      .why = {"names are compared letter by letter, and browsers write the host in small letters",
                              "Namen werden Buchstabe für Buchstabe verglichen, und Browser schreiben den Host klein"}};
constexpr Check kExpired{.id = "kdc.account-expired",
                         .source = "RFC 4120, 7.5.9",
                         .why = {"the KDC gives no tickets to or for an account that has ended",
                                 "für ein Konto, das abgelaufen ist, gibt das KDC keine Tickets"}};
constexpr Check kKeyExpired{.id = "kdc.password-expired",
                            .source = "RFC 4120, 7.5.9",
                            .why = {"an account whose password has expired gets no tickets of its own",
                                    "ein Konto, dessen Passwort abgelaufen ist, erhält selbst keine Tickets"}};
constexpr Check kLocked{.id = "kdc.account-locked",
                        .source = "RFC 4120, 7.5.9",
                        .why = {"the KDC gives no tickets to or for an account that is locked or disabled",
                                "für ein Konto, das gesperrt oder deaktiviert ist, gibt das KDC keine Tickets"}};
constexpr Check kNoCommon{.id = "kdc.no-encryption",
                          .source = "RFC 4120, 3.1.3",
                          .why = {"KDC and client need an encryption that both may use",
                                  "KDC und Client brauchen eine Verschlüsselung, die beide verwenden dürfen"}};
constexpr Check kRefuses{.id = "kdc.refuses",
                         .source = "RFC 4120, 7.5.9",
                         .why = {"whoever signs in to the service needs a ticket from this KDC",
                                 "wer sich am Dienst anmeldet, braucht ein Ticket dieses KDC"}};
constexpr Check kNoPreauth{
    .id = "kdc.preauth-off",
    .source = "RFC 4120, 7.5.2; MITRE ATT&CK T1558.004",
    .why = {"anybody can fetch something sealed with the account's password and guess it offline",
            "jeder kann etwas holen, das mit dem Passwort des Kontos versiegelt ist, und es in "
            "Ruhe erraten (AS-REP roasting)"}};

Finding finding_at_kdc(const TicketQuestion& question, const Check& check, Level level, Message seen, Message remedy) {
  return {.check = check,
          .level = level,
          .hop = question.kdc_hop,
          .seen = std::move(seen),
          .remedy = std::move(remedy),
          .command = kinit_command(question),
          .evidence = {{.name = {"KDC", "KDC"}, .value = question.route.address.to_text()}}};
}

// Domain controllers know as clients only accounts and their userPrincipalNames, and say nothing beside the code.
Finding unknown(const TicketQuestion& question, const kerberos::KdcMessage& said, bool lower_case_known) {
  const std::string name = question.service.principal.to_text();
  if (lower_case_known) {
    return finding_at_kdc(question, kCase, Level::Error,
                          {cat("the KDC does not know ", name, ", but the same name in small letters"),
                           cat("das KDC kennt ", name, " nicht, aber denselben Namen in Kleinbuchstaben")},
                          {"make the keytab for the name in small letters, and write it so in the configuration",
                           "die Keytab für den Namen in Kleinbuchstaben erzeugen und ihn in der Konfiguration so "
                           "schreiben"});
  }
  if (said.text.empty()) {
    return finding_at_kdc(
        question, kUnknown, Level::Note,
        {cat("the KDC does not know ", name, " as a name to sign in with, so that its key cannot be tried"),
         cat("das KDC kennt ", name, " nicht als Namen zum Anmelden, daher lässt sich der Schlüssel nicht erproben")},
        {"in Active Directory give the account this userPrincipalName, as ktpass does; else make the principal",
         "im Active Directory dem Konto diesen userPrincipalName geben, wie ktpass es tut; sonst den Principal "
         "anlegen"});
  }
  return finding_at_kdc(question, kUnknown, Level::Error,
                        {cat("the KDC does not know ", name), cat("das KDC kennt ", name, " nicht")},
                        {"make the principal, or correct its name: host and realm letter by letter",
                         "den Principal anlegen oder den Namen berichtigen: Host und Realm Buchstabe für Buchstabe"});
}

Finding locked(const TicketQuestion& question) {
  const std::string name = question.service.principal.to_text();
  return finding_at_kdc(question, kLocked, Level::Error,
                        {cat("the account of ", name, " is locked or disabled"),
                         cat("das Konto von ", name, " ist gesperrt oder deaktiviert")},
                        {"unlock it: Unlock-ADAccount, Enable-ADAccount; kadmin: modprinc +allow_tix PRINCIPAL",
                         "es entsperren: Unlock-ADAccount, Enable-ADAccount; kadmin: modprinc +allow_tix PRINCIPAL"});
}

Finding expired(const TicketQuestion& question, bool password_alone) {
  const std::string name = question.service.principal.to_text();
  if (password_alone) {
    return finding_at_kdc(
        question, kKeyExpired, Level::Error,
        {cat("the password of ", name, " has expired"), cat("das Passwort von ", name, " ist abgelaufen")},
        {"set a new one that does not expire, and make the keytab again",
         "ein neues setzen, das nicht abläuft, und die Keytab neu erzeugen"});
  }
  return finding_at_kdc(question, kExpired, Level::Error,
                        {cat("the account of ", name, " has expired"), cat("das Konto von ", name, " ist abgelaufen")},
                        {"take away its end: Clear-ADAccountExpiration; kadmin: modprinc -expire never PRINCIPAL",
                         "das Ende aufheben: Clear-ADAccountExpiration; kadmin: modprinc -expire never PRINCIPAL"});
}

Finding no_preauth(const TicketQuestion& question, const kerberos::KdcMessage& said) {
  const std::string name = question.service.principal.to_text();
  Finding finding = finding_at_kdc(
      question, kNoPreauth, Level::Warning,
      {cat("the KDC gives a ticket of ", name, " to anybody, without a proof of the password"),
       cat("das KDC gibt jedem ein Ticket von ", name, ", ohne Nachweis des Passworts")},
      {"require preauthentication: Set-ADAccountControl -DoesNotRequirePreAuth $false; kadmin: modprinc "
       "+requires_preauth PRINCIPAL",
       "Präauthentifizierung verlangen: Set-ADAccountControl -DoesNotRequirePreAuth $false; kadmin: modprinc "
       "+requires_preauth PRINCIPAL"});
  std::ranges::move(offered_evidence(said.offered), std::back_inserter(finding.evidence));
  return finding;
}

}  // namespace

std::vector<Evidence> offered_evidence(const std::vector<kerberos::OfferedKey>& offered) {
  std::string names;
  std::vector<std::string> salts;
  for (const kerberos::OfferedKey& key : offered) {
    names += cat(names.empty() ? "" : ", ", kerberos::encryption_name(key.encryption));
    if (key.salt && !key.salt->empty() && std::ranges::find(salts, *key.salt) == salts.end())
      salts.push_back(*key.salt);
  }
  std::vector<Evidence> evidence;
  if (!names.empty())
    evidence.push_back({.name = {"encryptions at the KDC", "Verschlüsselungen beim KDC"}, .value = std::move(names)});
  for (std::string& salt : salts)
    evidence.push_back({.name = {"salt at the KDC", "Salz beim KDC"}, .value = std::move(salt)});
  return evidence;
}

std::string krb5_environment(const std::string& krb5_config) {
  bool usual = krb5_config.empty() || krb5_config == kerberos::kSystemKrb5File;
  return usual ? std::string() : cat("KRB5_CONFIG=", shell_word(krb5_config), ' ');
}

std::string kinit_command(const TicketQuestion& question) {
  return cat(krb5_environment(question.krb5_config), "KRB5CCNAME=MEMORY: kinit -V -k -t ",
             shell_word(question.service.keytab), ' ', shell_word(question.service.principal.to_text()));
}

std::optional<Finding> account_finding(const TicketQuestion& question, const kerberos::KdcMessage& said,
                                       bool lower_case_known) {
  if (said.kind == kerberos::KdcMessage::Kind::InitialReply) return no_preauth(question, said);
  const std::string name = question.service.principal.to_text();
  switch (said.error) {
    case kdc_error::kPreauthRequired:
    case kdc_error::kSkew:
      return std::nullopt;
    case kdc_error::kClientUnknown:
      return unknown(question, said, lower_case_known);
    case kdc_error::kNameExpired:
      return expired(question, false);
    case kdc_error::kKeyExpired:
      return expired(question, true);
    case kdc_error::kClientRevoked:
      return locked(question);
    case kdc_error::kNoEncryption:
      return finding_at_kdc(question, kNoCommon, Level::Error,
                            {cat("the account of ", name, " has no AES and no RC4 key at the KDC"),
                             cat("das Konto von ", name, " hat beim KDC keinen Schlüssel für AES oder RC4")},
                            {"enable AES for the account and set its password again",
                             "für das Konto AES einschalten und das Passwort neu setzen"});
    default:
      break;
  }
  std::string words = said.text.empty() ? "" : cat(": ", said.text);
  return finding_at_kdc(
      question, kRefuses, Level::Error,
      {cat("the KDC refuses ", name, ": ", kerberos::kdc_error_name(said.error), words),
       cat("das KDC weist ", name, " ab: ", kerberos::kdc_error_name(said.error), words)},
      {"look into the log of the KDC at this moment", "ins Protokoll des KDC zu diesem Zeitpunkt sehen"});
}

}  // namespace pforte::doctor
