#include "app/keytab_kdc.h"

#include <array>
#include <cstdlib>
#include <utility>

#include "base/german.h"
#include "base/printable.h"
#include "base/text.h"
#include "kerberos/kdc_locations.h"
#include "kerberos/krb5_file.h"
#include "kerberos/password_key.h"

namespace pforte::app {
namespace {

using kerberos::KdcMessage;
using kerberos::KdcRoute;
using kerberos::KdcTransport;
using kerberos::Principal;
namespace kdc_error = kerberos::kdc_error;

constexpr std::chrono::seconds kPatience{5};
constexpr std::array kAes = {18, 17, 20, 19};

Complaint kdc_complaint(int exit, const Message& what, const Message& remedy) {
  return {exit, {printable(what.en), printable(what.de)}, remedy};
}

kerberos::Krb5File krb5_file() {
  const char* variable = std::getenv("KRB5_CONFIG");  // NOLINT(concurrency-mt-unsafe): there are no threads
  conf::Problems untold;
  return kerberos::check_krb5_file({variable ? variable : std::string(kerberos::kSystemKrb5File), {}}, untold);
}

Answer<std::vector<kerberos::KdcAddress>> kdcs_to_ask(const CommandLine& line, const std::string& realm) {
  if (std::optional<std::string> named = line.value_of("--kdc")) {
    std::optional<kerberos::KdcAddress> address = kerberos::read_kdc_address(*named);
    if (address) return std::vector{*std::move(address)};
    return std::unexpected(kdc_complaint(kInvalidInput, {"--kdc is HOST or HOST:PORT", "--kdc ist HOST oder HOST:PORT"},
                                         {"--kdc dc1.example.com", "--kdc dc1.example.com"}));
  }
  auto addresses = kerberos::kdcs_of(krb5_file(), realm, kerberos::KdcKind::Any, kPatience);
  if (!addresses) {
    const std::string& why = addresses.error().text();
    return std::unexpected(
        kdc_complaint(kSystemRefused,
                      {cat("DNS does not say where the KDCs of ", realm, " are: ", why),
                       cat("DNS sagt nicht, wo die KDCs von ", realm, " sind: ", german_or_same(why))},
                      {"name one: --kdc HOST, or in krb5.conf; or see that the name server answers",
                       "eines nennen: --kdc HOST, oder in krb5.conf; oder prüfen, ob der Nameserver "
                       "antwortet"}));
  }
  if (!addresses->empty()) return *std::move(addresses);
  return std::unexpected(kdc_complaint(
      kInvalidInput,
      {cat("no KDC of ", realm, " is named, neither in krb5.conf nor in DNS"),
       cat("kein KDC von ", realm, " ist genannt, weder in krb5.conf noch im DNS")},
      {"name it: --kdc HOST; or is the realm misspelt?", "es nennen: --kdc HOST; oder ist der Realm verschrieben?"}));
}

// The name under which the account signs in.
Principal client_of(const Principal& principal, const std::optional<DirectoryAccount>& account) {
  using AccountKind = DirectoryAccount::Kind;
  if (!account) return principal;
  if (account->kind == AccountKind::Upn) {
    Result<Principal> upn = kerberos::parse_principal(account->name, principal.realm);
    if (upn) return {.components = upn->components, .realm = principal.realm};
  }
  bool computer = account->kind == AccountKind::Computer && !account->name.ends_with('$');
  return {.components = {computer ? account->name + "$" : account->name}, .realm = principal.realm};
}

bool tells_keys(const KdcMessage& said) {
  return said.kind == KdcMessage::Kind::InitialReply || said.error == kdc_error::kPreauthRequired;
}

Complaint refused_client(const Principal& client, const KdcMessage& said) {
  std::string name = client.to_text(), why = kerberos::kdc_error_name(said.error);
  if (!said.text.empty()) why += cat(", ", said.text);
  return kdc_complaint(
      kDoesNotHold,
      {cat("the KDC tells no salt of ", name, ": ", why), cat("das KDC nennt kein Salz von ", name, ": ", why)},
      {"in Active Directory name the account: --account user:NAME; else create the principal first",
       "im Active Directory das Konto nennen: --account user:NAME; sonst erst den Principal anlegen"});
}

// `why`: which of them, and in what words.
Complaint silent_kdc(const std::string& why) {
  return kdc_complaint(kSystemRefused, {cat("no KDC answers: ", why), cat("kein KDC antwortet: ", german_or_same(why))},
                       {"pforte doctor kerberos tells which way fails; without --ask-kdc nobody is asked",
                        "pforte doctor kerberos sagt, welcher Weg versagt; ohne --ask-kdc wird keines gefragt"});
}

Complaint silent_kdc(const KdcRoute& route, const kerberos::KdcFailure& failure) {
  return silent_kdc(cat(route.address.to_text(), ": ", failure.why.text()));
}

// The first of them that answers.
Answer<std::pair<KdcRoute, KdcMessage>> first_answer(const std::vector<kerberos::KdcAddress>& kdcs,
                                                     const Principal& client) {
  std::string why;
  for (const kerberos::KdcAddress& kdc : kdcs) {
    for (KdcTransport transport : {KdcTransport::Tcp, KdcTransport::Udp}) {
      KdcRoute route{.address = kdc, .transport = transport, .limit = kPatience};
      auto said = kerberos::ask_about(route, client);
      if (said) return std::pair(std::move(route), *std::move(said));
      why = cat(kdc.to_text(), ": ", said.error().why.text());
    }
  }
  return std::unexpected(silent_kdc(why));
}

// None: it gives no ticket, or says no version.
Answer<std::optional<std::uint32_t>> version_in_ticket(kerberos::KdcClient& client, const KdcRoute& route,
                                                       const Principal& service) {
  auto ticket = client.ticket_for(route, service);
  if (!ticket && ticket.error().is_silence()) return std::unexpected(silent_kdc(route, ticket.error()));
  if (!ticket || ticket->reply.ticket_key_version < 0) return std::nullopt;
  return std::uint32_t(ticket->reply.ticket_key_version);
}

// Who has signed in, and where.
struct SignedIn {
  kerberos::KdcClient client;
  KdcRoute route;
};

kerberos::KdcResult<SignedIn> sign_in_at(const KdcRoute& route, const Principal& client, const Secret& password) {
  return SignedIn{.client = TRY(kerberos::KdcClient::sign_in_with_password(route, client, password)), .route = route};
}

// A password of today may be known to the primary KDC alone: it is asked where another refuses it, as the library does.
kerberos::KdcResult<SignedIn> sign_in(const KdcAccount& account, const Secret& password) {
  kerberos::KdcResult<SignedIn> first = sign_in_at(account.route, account.client, password);
  if (first || !first.error().said || account.is_named) return first;
  auto primaries = kerberos::kdcs_of(krb5_file(), account.client.realm, kerberos::KdcKind::Primary, kPatience);
  if (!primaries) return first;
  for (const kerberos::KdcAddress& primary : *primaries) {
    if (primary == account.route.address) continue;
    KdcRoute route{.address = primary, .transport = KdcTransport::Tcp, .limit = kPatience};
    kerberos::KdcResult<SignedIn> there = sign_in_at(route, account.client, password);
    if (there || there.error().said) return there;
  }
  return first;
}

}  // namespace

std::string KdcAccount::salt_or_default() const {
  return salt ? *salt : kerberos::default_salt(client);
}

bool asks_kdc(const CommandLine& line) {
  return line.has("--ask-kdc") || line.has("--kdc");
}

Answer<KdcAccount> kdc_account(const CommandLine& line, const Principal& principal,
                               const std::optional<DirectoryAccount>& account) {
  Principal client = client_of(principal, account);
  std::vector<kerberos::KdcAddress> kdcs = TRY(kdcs_to_ask(line, principal.realm));
  auto [route, said] = TRY(first_answer(kdcs, client));
  if (!tells_keys(said)) return std::unexpected(refused_client(client, said));
  KdcAccount found{
      .route = std::move(route), .client = std::move(client), .salt = {}, .parameters = {}, .encryptions = {}};
  found.is_named = line.has("--kdc");
  for (int encryption : kAes) {
    auto one = kerberos::ask_about(found.route, found.client, {encryption});
    if (!one && one.error().is_silence()) return std::unexpected(silent_kdc(found.route, one.error()));
    if (!one || !tells_keys(*one) || !one->has_key()) continue;
    found.encryptions.push_back(encryption);
    if (one->offered.empty() || found.salt) continue;
    found.salt = one->offered.front().salt;
    found.parameters = one->offered.front().parameters;
  }
  return found;
}

Answer<std::optional<std::uint32_t>> kdc_key_version(const KdcAccount& account, const Principal& service,
                                                     const Secret& password) {
  auto client = sign_in(account, password);
  if (!client && client.error().is_silence()) return std::unexpected(silent_kdc(account.route, client.error()));
  if (!client) {
    std::string name = account.client.to_text(), why = client.error().why.text();
    return std::unexpected(
        kdc_complaint(kDoesNotHold,
                      {cat("the KDC refuses the password of ", name, ": ", why),
                       cat("das KDC weist das Passwort von ", name, " ab: ", why)},
                      {"nothing was written; give the password of today, or leave --ask-kdc out if it is set later",
                       "nichts wurde geschrieben; das heutige Passwort angeben, oder --ask-kdc weglassen, wenn es erst "
                       "gesetzt wird"}));
  }
  return version_in_ticket(client->client, client->route, service);
}

Answer<std::optional<std::uint32_t>> kdc_key_version_seen(const KdcAccount& account, const Principal& service,
                                                          const std::string& keytab,
                                                          const std::optional<Secret>& password) {
  using kerberos::KdcClient;
  if (password) {
    auto client = sign_in(account, *password);
    if (client) return version_in_ticket(client->client, client->route, service);
    if (client.error().is_silence()) return std::unexpected(silent_kdc(account.route, client.error()));
  }
  auto itself = KdcClient::sign_in(account.route, service, keytab);
  if (itself) return version_in_ticket(*itself, account.route, service);
  if (itself.error().is_silence()) return std::unexpected(silent_kdc(account.route, itself.error()));
  std::optional<KdcClient> somebody = KdcClient::of_this_session(service.realm);
  if (!somebody) return std::nullopt;
  return version_in_ticket(*somebody, account.route, service);
}

}  // namespace pforte::app
