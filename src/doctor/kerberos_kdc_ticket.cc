#include "doctor/kerberos_kdc_ticket.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/german.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "doctor/kerberos_kdc_account.h"
#include "doctor/shown_command.h"
#include "kerberos/acceptor.h"
#include "kerberos/encryption.h"
#include "kerberos/key_version.h"
#include "kerberos/keytab.h"
#include "kerberos/memory_replay_guard.h"
#include "kerberos/remedy.h"

namespace pforte::doctor {
namespace {

using kerberos::KdcClient;
using kerberos::KdcFailure;
using kerberos::KdcMessage;
using kerberos::KdcResult;
using kerberos::Principal;
using kerberos::ServiceTicket;
namespace kdc_error = kerberos::kdc_error;

constexpr Check kOtherVersion{.id = "keytab.kvno",
                              .source = "RFC 4120, 5.2.9",
                              .why = {"a ticket is opened with the key of its version alone",
                                      "ein Ticket öffnet nur der Schlüssel seiner Version"}};
constexpr Check kOtherKey{.id = "keytab.wrong-key",
                          .source = "RFC 4120, 3.1.3; MS-KILE 3.1.1.2",
                          .why = {"a key from another password or with another salt opens no ticket",
                                  "ein Schlüssel aus anderem Passwort oder mit anderem Salz öffnet kein Ticket"}};
constexpr Check kNoKeyOfThat{
    .id = "keytab.no-common-encryption",
    .source = "RFC 4120, 3.1.3",
    .why = {"tickets are sealed with an encryption that the account has at the KDC",
            "Tickets werden mit einer Verschlüsselung versiegelt, die das Konto beim KDC hat"}};
constexpr Check kSilent{.id = "ticket.kdc-silent",
                        .source = "RFC 4120, 7.2",
                        .why = {"a ticket takes several exchanges; whoever gets no answer to one of them gets none",
                                "ein Ticket braucht mehrere Anfragen; wer auf eine davon keine Antwort erhält, erhält "
                                "keines"}};
constexpr Check kNotGiven{.id = "ticket.not-given",
                          .source = "RFC 4120, 3.3",
                          .why = {"browsers get no ticket for the service either, and send NTLM or nothing",
                                  "auch Browser erhalten kein Ticket für den Dienst und senden NTLM oder nichts"}};
constexpr Check kNotAccepted{
    .id = "ticket.not-accepted",
    .source = "RFC 4120, 3.2.3",
    .why = {"what the gate does not accept signs nobody in", "was das Tor nicht annimmt, meldet niemanden an"}};
constexpr Check kTicketWorks{.id = "ticket.accepted", .source = "", .why = {"", ""}};
constexpr Check kLarge{
    .id = "ticket.large",
    .source = "",
    .why = {"many servers and proxies take no header field over 8 KiB, and answer 400 or 431",
            "viele Server und Proxys nehmen kein Kopffeld über 8 KiB an und antworten 400 oder 431"}};

constexpr std::size_t kUsualHeaderLimit = 8192;

// What a keytab has of one principal.
struct KeysOfService {
  std::set<int> versions;
  std::set<int> encryptions;  // of the newest version

  explicit KeysOfService(const KeyedService& service) {
    std::vector<kerberos::KeytabEntry> entries = kerberos::read_keytab(service.keytab).entries;
    for (const kerberos::KeytabEntry& entry : entries) {
      if (entry.principal == service.principal) versions.insert(entry.key_version);
    }
    for (const kerberos::KeytabEntry& entry : entries) {
      if (entry.principal == service.principal && entry.key_version == newest()) encryptions.insert(entry.encryption);
    }
  }
  bool empty() const { return versions.empty(); }
  int newest() const { return *versions.rbegin(); }
  bool has(int version) const {
    return std::ranges::any_of(
        versions, [&](int one) { return kerberos::key_version_fits(std::uint32_t(one), std::uint32_t(version)); });
  }
  bool is_newest(int version) const {
    return kerberos::key_version_fits(std::uint32_t(newest()), std::uint32_t(version));
  }
  std::string versions_text() const {
    std::string text;
    for (int version : versions) text += cat(text.empty() ? "" : ", ", version);
    return text;
  }
  std::string encryptions_text() const {
    std::string text;
    for (int number : encryptions) text += cat(text.empty() ? "" : ", ", kerberos::encryption_name(number));
    return text;
  }
};

// The same service with its host in small letters; none: it is so already.
std::optional<Principal> lower_case(const Principal& principal) {
  Principal lower = principal;
  for (std::size_t i = 1; i < lower.components.size(); ++i) lower.components[i] = lowered(lower.components[i]);
  return lower == principal ? std::nullopt : std::optional(std::move(lower));
}

class TicketExamination {
 public:
  explicit TicketExamination(const TicketQuestion& question)
      : question_(question), name_(question.service.principal.to_text()), keys_(question.service) {}

  std::vector<Finding> run() {
    if (keys_.empty()) return {};  // said of the keytab
    KdcResult<KdcMessage> said = kerberos::ask_about(question_.route, question_.service.principal);
    if (!said) {
      if (said.error().is_silence()) tell_silent(said.error());
      return std::move(findings_);
    }
    look_at_account(*said);
    bool can_try = said->kind == KdcMessage::Kind::InitialReply || said->error == kdc_error::kPreauthRequired;
    if (said->error == kdc_error::kClientUnknown) try_with_others(nullptr);
    if (can_try && has_common_encryption()) try_own_key();
    return std::move(findings_);
  }

 private:
  void tell(const Check& check, Level level, Message seen, Message remedy, std::string command = "") {
    findings_.push_back(
        {.check = check,
         .level = level,
         .hop = question_.keytab_hop,
         .seen = std::move(seen),
         .remedy = std::move(remedy),
         .command = std::move(command),
         .evidence = {{.name = {"keytab", "Keytab"}, .value = question_.service.keytab},
                      {.name = {"versions there", "Versionen darin"}, .value = keys_.versions_text()},
                      {.name = {"encryptions there", "Verschlüsselungen darin"}, .value = keys_.encryptions_text()}}});
    std::ranges::copy(offered_evidence(offered_), std::back_inserter(findings_.back().evidence));
  }
  std::string klist() const { return cat("klist -k -e -t ", shell_word(question_.service.keytab)); }
  // For somebody with a password, since the service itself may be no name to sign in with.
  std::string kvno() const {
    std::string by = krb5_environment(question_.krb5_config);
    return cat(by, "kinit ", shell_word(cat("LOGIN@", question_.service.principal.realm)), " && ", by, "kvno ",
               shell_word(name_));
  }

  void look_at_account(const KdcMessage& said) {
    offered_ = said.offered;
    std::optional<Principal> lower = lower_case(question_.service.principal);
    bool lower_known = false;
    if (said.error == kdc_error::kClientUnknown && lower) {
      KdcResult<KdcMessage> other = kerberos::ask_about(question_.route, *lower);
      lower_known = other && other->error != kdc_error::kClientUnknown;
    }
    if (std::optional<Finding> finding = account_finding(question_, said, lower_known))
      findings_.push_back(*std::move(finding));
  }

  bool has_common_encryption() {
    std::vector<int> ours(keys_.encryptions.begin(), keys_.encryptions.end());
    KdcResult<KdcMessage> said = kerberos::ask_about(question_.route, question_.service.principal, ours);
    if (!said || said->has_key()) return true;
    tell(kNoKeyOfThat, Level::Error,
         {cat("the keytab has of ", name_, " only ", keys_.encryptions_text(), ", of which the KDC has no key"),
          cat("die Keytab hat von ", name_, " nur ", keys_.encryptions_text(), "; dazu hat das KDC keinen Schlüssel")},
         {"make the keytab again with AES, from the account's password of today",
          "die Keytab neu mit AES erzeugen, aus dem heutigen Passwort des Kontos"},
         klist());
    return false;
  }

  void try_own_key() {
    KdcResult<KdcClient> client =
        KdcClient::sign_in(question_.route, question_.service.principal, question_.service.keytab);
    if (client) {
      try_ticket(*client, false);
    } else if (client.error().is_silence()) {
      tell_silent(client.error());
    } else if (client.error().is(kdc_error::kPreauthFailed) || client.error().is(kdc_error::kBadIntegrity) ||
               !client.error().said) {
      try_with_others(&client.error());
    } else if (!client.error().is(kdc_error::kSkew)) {
      tell_not_given(client.error());
    }
  }

  // Somebody else asks for a ticket of the service: which key the KDC seals it with shows without opening it.
  // `refused`: why its own key did not sign in; null: because the KDC knows it by no name of a client.
  void try_with_others(const KdcFailure* refused) {
    for (const KeyedService& other : question_.others) {
      KdcResult<KdcClient> client = KdcClient::sign_in(question_.route, other.principal, other.keytab);
      if (client && try_ticket(*client, refused != nullptr)) return;
    }
    std::optional<KdcClient> somebody = KdcClient::of_this_session(question_.service.principal.realm);
    if (somebody && try_ticket(*somebody, refused != nullptr)) return;
    if (refused) tell_wrong_key(std::nullopt);
  }

  // Whether it got one, and told of it. `refused`: the service's own key does not sign in.
  bool try_ticket(KdcClient& client, bool refused) {
    KdcResult<ServiceTicket> ticket = client.ticket_for(question_.route, question_.service.principal);
    if (!ticket) {
      bool own = client.principal() == question_.service.principal;
      if (own) tell_not_given(ticket.error());
      return own;
    }
    auto version = int(ticket->reply.ticket_key_version), encryption = int(ticket->reply.ticket_encryption);
    if (version >= 0 && !keys_.has(version)) {
      tell_other_version(version);
    } else if (refused) {
      tell_wrong_key(version);
    } else if (version >= 0 && !keys_.is_newest(version)) {
      tell_version_ahead(version);
    } else if (question_.clock_is_right) {
      accept(client, *ticket, encryption);
    }
    return true;
  }

  void tell_other_version(int version) {
    bool behind = version > keys_.newest();
    tell(kOtherVersion, Level::Error,
         {cat("the KDC seals tickets of ", name_, " with key version ", version, ", the keytab has ",
              keys_.versions_text()),
          cat("das KDC versiegelt Tickets von ", name_, " mit der Schlüsselversion ", version, ", die Keytab hat ",
              keys_.versions_text())},
         behind
             ? Message{"the password was changed since: make the keytab again, and keep the old keys in it for a day",
                       "das Passwort wurde seither geändert: die Keytab neu erzeugen und die alten Schlüssel einen "
                       "Tag darin lassen"}
             : Message{cat("make the keytab with --kvno ", version, ", or give this KDC the time to replicate"),
                       cat("die Keytab mit --kvno ", version, " erzeugen, oder diesem KDC Zeit zur Replikation geben")},
         kvno());
  }

  void tell_version_ahead(int version) {
    tell(kOtherVersion, Level::Warning,
         {cat("the keytab has a newer key of ", name_, ", version ", keys_.newest(), ", than this KDC uses, ", version),
          cat("die Keytab hat von ", name_, " einen neueren Schlüssel, Version ", keys_.newest(),
              ", als dieses KDC verwendet, ", version)},
         {"wait for the replication between domain controllers; if it stays, make the keytab again",
          "die Replikation zwischen den Domänencontrollern abwarten; bleibt es so, die Keytab neu erzeugen"},
         kvno());
  }

  void tell_wrong_key(std::optional<int> version) {
    Message seen =
        version
            ? Message{cat("the key of ", name_, " has the KDC's version ", *version, ", but is another key"),
                      cat("der Schlüssel von ", name_, " hat die Version ", *version, " des KDC, ist aber ein anderer")}
            : Message{cat("the KDC refuses the key of ", name_, ": it is of another password, or has another salt"),
                      cat("das KDC weist den Schlüssel von ", name_,
                          " ab: Er ist aus einem anderen Passwort oder hat ein "
                          "anderes Salz")};
    tell(kOtherKey, Level::Error, std::move(seen),
         {"make the keytab again from the account's password of today, with the salt that the KDC tells",
          "die Keytab neu erzeugen, aus dem heutigen Passwort des Kontos und mit dem Salz, das das KDC nennt"},
         kinit_command(question_));
  }

  // It answered before, or nobody would have come here: neither the key nor the account is to blame.
  void tell_silent(const KdcFailure& failure) {
    const std::string kdc = question_.route.address.to_text(), &words = failure.why.text();
    findings_.push_back(
        {.check = kSilent,
         .level = Level::Error,
         .hop = question_.kdc_hop,
         .seen = {cat("the KDC ", kdc, " answered before, but not while a ticket for ", name_, " was fetched: ", words),
                  cat("das KDC ", kdc, " hat zuvor geantwortet, aber nicht, als ein Ticket für ", name_,
                      " geholt wurde: ", words)},
         .remedy = {"try again; if it stays, look into the log of the KDC, and at what is between: load, limits of a "
                    "firewall, the size of answers",
                    "noch einmal versuchen; bleibt es so, ins Protokoll des KDC sehen und auf das, was dazwischen "
                    "liegt: Last, Grenzen einer Firewall, Größe der Antworten"},
         .command = kinit_command(question_),
         .evidence = {{.name = {"KDC", "KDC"}, .value = kdc},
                      {.name = {"code", "Code"}, .value = std::string(failure.why.code())}}});
  }

  void tell_not_given(const KdcFailure& failure) {
    if (failure.is_silence()) return tell_silent(failure);
    std::string why = failure.said ? kerberos::kdc_error_name(failure.said->error) : "";
    std::string words = cat(why, why.empty() ? "" : ", ", failure.why.text());
    findings_.push_back(
        {.check = kNotGiven,
         .level = Level::Error,
         .hop = question_.kdc_hop,
         .seen = {cat("the KDC gives no ticket for ", name_, ": ", words),
                  cat("das KDC gibt kein Ticket für ", name_, ": ", words)},
         .remedy = {"allow tickets for the account: modprinc +allow_svr PRINCIPAL; in Active Directory "
                    "give it the servicePrincipalName, setspn -S",
                    "für das Konto Tickets erlauben: modprinc +allow_svr PRINCIPAL; im Active Directory "
                    "den servicePrincipalName eintragen, setspn -S"},
         .command = kvno(),
         .evidence = {{.name = {"KDC", "KDC"}, .value = question_.route.address.to_text()}}});
  }

  // With an acceptor of its own, as the gate has one.
  void accept(const KdcClient& client, const ServiceTicket& ticket, int encryption) {
    Result<std::string> token = client.token_for(question_.service.principal);
    kerberos::KerberosConfig config;
    config.keytabs.push_back({{}, question_.service.principal, {question_.service.keytab, {}}});
    if (question_.service.allows_rc4) config.allow_rc4.push_back(name_);
    auto replays = kerberos::MemoryReplayGuard::make({});
    if (!token || !replays) return;
    auto acceptor = kerberos::Acceptor::make(config, **replays);
    if (!acceptor) return;
    std::unique_ptr<kerberos::HalfExchange> half;
    kerberos::Presentation seen;
    auto begun = std::chrono::steady_clock::now();
    Result<kerberos::Leg> leg = (*acceptor)->accept(*token, {}, half, seen);
    auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
    if (!leg) {
      tell_not_accepted(leg.error());
      return;
    }
    tell_works(client, ticket, encryption, to_base64(*token).size(), took);
  }

  void tell_not_accepted(const Error& error) {
    findings_.push_back(
        {.check = kNotAccepted,
         .level = Level::Error,
         .hop = question_.gate_hop,
         .seen = {cat("a ticket for ", name_, " is not accepted: ", error.text()),
                  cat("ein Ticket für ", name_, " wird nicht angenommen: ", german_or_same(error.text()))},
         .remedy = kerberos::remedy_for(error.code()),
         .command = kvno(),
         .evidence = {{.name = {"code", "Code"}, .value = std::string(error.code())}}});
  }

  void tell_works(const KdcClient& client, const ServiceTicket& ticket, int encryption, std::size_t header,
                  std::chrono::microseconds accepting) {
    auto milliseconds = [](std::chrono::microseconds time) {
      return cat(time.count() / 1000, ".", time.count() % 1000 / 100, " ms");
    };
    std::vector<Evidence> evidence = {
        {.name = {"sign-in at the KDC", "Anmeldung am KDC"}, .value = milliseconds(client.took())},
        {.name = {"service ticket", "Dienstticket"}, .value = milliseconds(ticket.took)},
        {.name = {"accepting it", "Annehmen"}, .value = milliseconds(accepting)},
        {.name = {"header field", "Kopffeld"}, .value = cat(header, " bytes")},
        {.name = {"service", "Dienst"}, .value = name_},
        {.name = {"key version", "Schlüsselversion"}, .value = cat(ticket.reply.ticket_key_version)},
        {.name = {"encryption", "Verschlüsselung"}, .value = kerberos::encryption_name(encryption)}};
    std::ranges::copy(offered_evidence(offered_), std::back_inserter(evidence));
    if (header > kUsualHeaderLimit) {
      findings_.push_back({.check = kLarge,
                           .level = Level::Warning,
                           .hop = question_.gate_hop,
                           .seen = {cat("a ticket for ", name_, " fills a header field of ", header, " bytes"),
                                    cat("ein Ticket für ", name_, " füllt ein Kopffeld von ", header, " Bytes")},
                           .remedy = {"raise the limit of header fields on every hop before the gate",
                                      "auf jeder Station vor dem Tor die Grenze für Kopffelder erhöhen"},
                           .evidence = evidence});
    }
    findings_.push_back({.check = kTicketWorks,
                         .level = Level::Ok,
                         .hop = question_.kdc_hop,
                         .seen = {cat("a ticket for ", name_, " was fetched and accepted"),
                                  cat("ein Ticket für ", name_, " wurde geholt und angenommen")},
                         .command = kvno(),
                         .evidence = std::move(evidence)});
  }

  const TicketQuestion& question_;
  std::string name_;
  KeysOfService keys_;
  std::vector<kerberos::OfferedKey> offered_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> examine_ticket(const TicketQuestion& question) {
  return TicketExamination(question).run();
}

}  // namespace pforte::doctor
