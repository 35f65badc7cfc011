#include "app/keytab_kdc.h"

#include <array>
#include <cstdlib>
#include <utility>

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

Answer<std::vector<kerberos::KdcAddress>> kdcs_to_ask(const CommandLine& line, const std::string& realm) {
  if (std::optional<std::string> named = line.value_of("--kdc")) {
    std::optional<kerberos::KdcAddress> address = kerberos::read_kdc_address(*named);
    if (address) return std::vector{*std::move(address)};
    return std::unexpected(kdc_complaint(kInvalidInput, {"--kdc is HOST or HOST:PORT", "--kdc ist HOST oder HOST:PORT"},
                                         {"--kdc dc1.example.com", "--kdc dc1.example.com"}));
  }
  const char* variable = std::getenv("KRB5_CONFIG");  // NOLINT(concurrency-mt-unsafe): there are no threads
  conf::Problems untold;
  kerberos::Krb5File file =
      kerberos::check_krb5_file({variable ? variable : std::string(kerberos::kSystemKrb5File), {}}, untold);
  std::vector<kerberos::KdcAddress> addresses = kerberos::kdcs_of(file, realm, kPatience);
  if (!addresses.empty()) return addresses;
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
  return std::unexpected(
      kdc_complaint(kSystemRefused, {cat("no KDC answers: ", why), cat("kein KDC antwortet: ", why)},
                    {"pforte doctor kerberos tells which way fails; without --ask-kdc nobody is asked",
                     "pforte doctor kerberos sagt, welcher Weg versagt; ohne --ask-kdc wird keines "
                     "gefragt"}));
}

std::optional<std::uint32_t> version_in_ticket(kerberos::KdcClient& client, const KdcRoute& route,
                                               const Principal& service) {
  auto ticket = client.ticket_for(route, service);
  if (!ticket || ticket->reply.ticket_key_version < 0) return std::nullopt;
  return std::uint32_t(ticket->reply.ticket_key_version);
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
  for (int encryption : kAes) {
    auto one = kerberos::ask_about(found.route, found.client, {encryption});
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
  auto client = kerberos::KdcClient::sign_in_with_password(account.route, account.client, password);
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
  return version_in_ticket(*client, account.route, service);
}

std::optional<std::uint32_t> kdc_key_version_seen(const KdcAccount& account, const Principal& service,
                                                  const std::string& keytab, const std::optional<Secret>& password) {
  using kerberos::KdcClient;
  if (password) {
    auto client = KdcClient::sign_in_with_password(account.route, account.client, *password);
    if (client) return version_in_ticket(*client, account.route, service);
  }
  auto itself = KdcClient::sign_in(account.route, service, keytab);
  if (itself) return version_in_ticket(*itself, account.route, service);
  std::optional<KdcClient> somebody = KdcClient::of_this_session(service.realm);
  return somebody ? version_in_ticket(*somebody, account.route, service) : std::nullopt;
}

}  // namespace pforte::app
