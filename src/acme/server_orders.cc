#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "acme/issuable_name.h"
#include "acme/jws.h"
#include "acme/revocation.h"
#include "acme/server.h"
#include "acme/server_pages.h"
#include "acme/strict_json.h"
#include "base/ascii.h"
#include "base/bytes.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/certificate_request.h"
#include "crypto/pem_blocks.h"
#include "crypto/random.h"

namespace pforte::acme {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostNames = 100;
constexpr std::int64_t kMostOpenOrders = 50;
constexpr std::int64_t kMostOpenOrdersOfAll = 2'000;
// That are forgotten at once where that bound is reached: looking for them reads all orders.
constexpr std::int64_t kRoomAtOnce = 20;
constexpr std::chrono::seconds kForgetEvery = 1min;
constexpr std::chrono::seconds kOrderLifetime = std::chrono::days(1);
// A client that asks for more than it can use may come again then.
constexpr std::chrono::seconds kPauseOfBusyClient = 10min;
constexpr std::chrono::seconds kLookAgain = 1s;

Time this_instant() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// Of a certificate as the authority's ledger has it: hexadecimal digits without leading zero bytes.
std::string serial_text(std::string_view bytes) {
  while (bytes.size() > 1 && bytes.front() == '\0') bytes.remove_prefix(1);
  return to_hex(bytes);
}

bool is_in(std::string_view pem, std::string_view der) {
  Result<std::vector<crypto::PemBlock>> blocks = crypto::read_pem_blocks(pem, "the ledger");
  return blocks && !blocks->empty() && blocks->front().content == der;
}

// CRLReason (RFC 5280, 5.3.1) as a client has it; none: it is not one for a certificate of a server.
std::optional<authority::RevocationReason> reason_in(const nlohmann::json& payload) {
  using Reason = authority::RevocationReason;
  auto found = payload.find("reason");
  if (found == payload.end()) return Reason::Unspecified;
  if (!found->is_number_unsigned()) return std::nullopt;
  for (Reason reason : {Reason::Unspecified, Reason::KeyCompromise, Reason::AffiliationChanged, Reason::Superseded,
                        Reason::CessationOfOperation, Reason::PrivilegeWithdrawn}) {
    if (found->get<std::uint64_t>() == std::uint64_t(reason)) return reason;
  }
  return std::nullopt;
}

using Names = std::set<std::string>;

// None: a name is none of DNS, or the common name is not one of the others.
std::optional<Names> names_of_request(const crypto::CertificateRequest& request) {
  Names names;
  for (const crypto::AlternativeName& name : request.names) {
    if (name.form != crypto::AlternativeName::Form::Dns) return std::nullopt;
    names.insert(lowered(name.value));
  }
  std::string common_name = lowered(request.common_name);
  if (names.empty() && !common_name.empty()) names.insert(common_name);
  if (!common_name.empty() && !names.contains(common_name)) return std::nullopt;
  return names;
}

Names names_proved(const std::vector<ServerProof>& proofs) {
  Names names;
  for (const ServerProof& one : proofs) names.insert(one.name);
  return names;
}

// Whether an order asks for what its proofs are about, and for nothing that is no name.
bool is_sound(const ServerOrder& order, const std::vector<ServerProof>& proofs) {
  return std::ranges::all_of(order.names, is_issuable_name) &&
         Names(order.names.begin(), order.names.end()) == names_proved(proofs);
}

std::vector<crypto::AlternativeName> alternative_names(const Names& names) {
  std::vector<crypto::AlternativeName> all;
  all.reserve(names.size());
  for (const std::string& name : names) all.push_back({.value = name});
  return all;
}

}  // namespace

Server::Outcome<std::vector<std::string>> Server::names_in(const Call& call) const {
  auto no = [](std::string_view type, std::string detail) {
    return std::unexpected(Refused{400, type, std::move(detail), {}});
  };
  std::optional<nlohmann::json> payload = strict_object(call.request.payload());
  bool list = payload && payload->contains("identifiers") && (*payload)["identifiers"].is_array();
  if (!list || payload->contains("notBefore") || payload->contains("notAfter"))
    return no("malformed", "the payload is no order, or asks for dates");
  std::set<std::string> names;
  for (const nlohmann::json& one : (*payload)["identifiers"]) {
    if (!one.is_object() || text_member(one, "type") != "dns")
      return no("unsupportedIdentifier", "names of DNS are issued for, and nothing else");
    std::string name = lowered(text_member(one, "value").value_or(""));
    auto allows = [&](const conf::Text& allowed) { return crypto::covers({allowed.value}, name); };
    if (!is_issuable_name(name) || std::ranges::none_of(terms_.config.allow, allows))
      return no("rejectedIdentifier", cat("the CA does not issue for ", name, ": see allow in [ca.acme]"));
    names.insert(std::move(name));
  }
  if (names.empty() || names.size() > kMostNames) return no("malformed", "an order has 1 to 100 names");
  return std::vector<std::string>(names.begin(), names.end());
}

Server::Outcome<void> Server::forget_old(Time now) {
  if (now < forgotten_.load() + kForgetEvery) return {};
  forgotten_ = now;
  return stored(records_.forget_old(now));
}

// Anybody who reaches us may order where no customers are listed: what such accounts leave lying about keeps nobody
// out.
Server::Outcome<void> Server::check_room(const Call& call, Time now) {
  TRY(forget_old(now));
  if (TRY(stored(records_.open_orders(call.account->id, now))) >= kMostOpenOrders)
    return std::unexpected(Refused{429, "rateLimited", "too many orders of this account are open", kPauseOfBusyClient});
  if (TRY(stored(records_.open_orders(now))) < kMostOpenOrdersOfAll) return {};
  if (TRY(stored(records_.forget_unproved(kRoomAtOnce, now))) > 0) return {};
  return std::unexpected(Refused{429, "rateLimited", "too many orders are open", kPauseOfBusyClient});
}

// 7.4.
Server::Outcome<ServerAnswer> Server::new_order(const Call& call) {
  std::vector<std::string> names = TRY(names_in(call));
  Time now = this_instant();
  TRY(check_room(call, now));
  ServerOrder order{
      .id = crypto::random_id(), .account = call.account->id, .names = names, .expires = now + kOrderLifetime};
  std::vector<ServerProof> proofs;
  proofs.reserve(names.size());
  for (const std::string& name : names) {
    proofs.push_back({.id = crypto::random_id(),
                      .order = order.id,
                      .account = call.account->id,
                      .name = name,
                      .token = crypto::random_id()});
  }
  TRY(stored(records_.add(order, proofs)));
  return order_page(call, order, 201);
}

Server::Outcome<ServerOrder> Server::own_order(const Call& call, const std::string& id) {
  std::optional<ServerOrder> order = TRY(stored(records_.order(id)));
  if (!order || order->account != call.account->id)
    return std::unexpected(Refused{404, "malformed", "there is no such order", {}});
  if (!is_sound(*order, TRY(stored(records_.proofs_of(id))))) order->state = State::Invalid;
  if (order->expires < this_instant() && order->state != State::Valid) order->state = State::Invalid;
  return *std::move(order);
}

Server::Outcome<ServerProof> Server::own_proof(const Call& call, const std::string& id) {
  std::optional<ServerProof> proof = TRY(stored(records_.proof(id)));
  if (!proof || proof->account != call.account->id)
    return std::unexpected(Refused{404, "malformed", "there is no such authorization", {}});
  return *std::move(proof);
}

Server::Outcome<ServerAnswer> Server::order_page(const Call& call, const ServerOrder& order, int status) {
  std::vector<ServerProof> proofs = TRY(stored(records_.proofs_of(order.id)));
  ServerAnswer answer = json_page(status, order_document(order, proofs, call.question.base));
  answer.fields.emplace_back("Location", cat(call.question.base, "/order/", order.id));
  for (const ServerProof& proof : proofs) {
    answer.lookup = lookup_for(call, order, proof);
    if (answer.lookup) break;
  }
  return answer;
}

Server::Outcome<ServerAnswer> Server::proof_page(const Call& call, const std::string& id) {
  ServerProof proof = TRY(own_proof(call, id));
  ServerOrder order = TRY(own_order(call, proof.order));
  ServerAnswer answer = json_page(200, proof_document(proof, order.expires, call.question.base));
  answer.lookup = lookup_for(call, order, proof);
  if (proof.state == State::Processing) answer.fields.emplace_back("Retry-After", cat(kLookAgain.count()));
  return answer;
}

// Also of a proof that was looked for when we were ended, or when there were too many lookups: whoever asks for it has
// it looked for again.
std::optional<Lookup> Server::lookup_for(const Call& call, const ServerOrder& order, const ServerProof& proof) {
  if (order.state != State::Pending || proof.state != State::Processing) return std::nullopt;
  std::optional<Claims::Claim> claim = lookups_.take(proof.id, call.account->id);
  if (!claim) return std::nullopt;
  return Lookup{.client = call.question.client,
                .account = call.account->id,
                .proof = proof.id,
                .name = proof.name,
                .token = proof.token,
                .key_authorization = cat(proof.token, '.', call.account->thumbprint),
                .claim = *std::move(claim)};
}

// 7.5.1; an empty payload asks.
Server::Outcome<ServerAnswer> Server::challenge(const Call& call, const std::string& id) {
  ServerProof proof = TRY(own_proof(call, id));
  ServerOrder order = TRY(own_order(call, proof.order));
  bool asks = call.request.payload().empty();
  if (!asks && order.state == State::Pending && TRY(stored(records_.take_up(proof.id, "http-01"))))
    proof.state = State::Processing;
  ServerAnswer answer = json_page(200, challenge_document(proof, call.question.base));
  answer.fields.emplace_back("Link", cat('<', call.question.base, "/authorization/", proof.id, ">;rel=\"up\""));
  if (proof.state == State::Processing) answer.fields.emplace_back("Retry-After", cat(kLookAgain.count()));
  answer.lookup = lookup_for(call, order, proof);
  return answer;
}

Result<> Server::conclude(const Lookup& lookup, const std::optional<Problem>& problem) {
  if (problem)
    tally_.refused({.client = lookup.client,
                    .account = lookup.account,
                    .names = {lookup.name},
                    .type = problem->type,
                    .detail = problem->detail});
  return records_.conclude(lookup.proof, problem);
}

Server::Outcome<ServerAnswer> Server::finalize(const Call& call, const std::string& id) {
  std::optional<Claims::Claim> claim = issuances_.take(id, call.account->id);
  if (!claim) return refused(403, "orderNotReady", "the order is being finalized");
  return issue_for(call, id);
}

// 7.4: the request must be for the names that were proved and no others; they alone are what is issued.
Server::Outcome<ServerAnswer> Server::issue_for(const Call& call, const std::string& id) {
  ServerOrder order = TRY(own_order(call, id));
  if (order.state != State::Ready) return refused(403, "orderNotReady", "the order is not ready");
  std::optional<nlohmann::json> payload = strict_object(call.request.payload());
  std::optional<std::string> der = from_base64url(payload ? text_member(*payload, "csr").value_or("") : "");
  Result<crypto::CertificateRequest> request =
      crypto::read_certificate_request(der.value_or(""), "the certificate request");
  if (!request) return refused(400, "badCSR", request.error().text());
  Names proved = names_proved(TRY(stored(records_.proofs_of(order.id))));
  if (names_of_request(*request) != proved)
    return refused(400, "badCSR", "the certificate request is for other names than the order");
  Result<authority::Order> wanted =
      authority::order_for(*request, authority::CertificateProfile::Server, terms_.lifetime);
  if (!wanted) return refused(400, "badCSR", wanted.error().text());
  wanted->names = alternative_names(proved);
  Result<authority::IssuedCertificate> issued = authority_->issue(*store_, *wanted, this_instant());
  if (!issued) {
    bool ours = issued.error().kind() != Kind::Invalid;
    return refused(ours ? 500 : 400, ours ? "serverInternal" : "badCSR", issued.error().text());
  }
  if (!TRY(stored(records_.finish(order.id, issued->entry.serial, issued->chain))))
    return refused(403, "orderNotReady", "the order has been finalized already");
  tally_.count_issued();
  log::info("acme-server.issued", {{"names", issued->entry.subject}, {"serial", issued->entry.serial}});
  return order_page(call, TRY(own_order(call, id)), 200);
}

// 7.4.2.
Server::Outcome<ServerAnswer> Server::certificate(const Call& call, const std::string& id) {
  ServerOrder order = TRY(own_order(call, id));
  if (order.chain.empty()) return refused(404, "malformed", "there is no certificate yet");
  ServerAnswer answer;
  answer.fields = {{"Content-Type", "application/pem-certificate-chain"}, {"Cache-Control", "no-store"}};
  answer.body = order.chain;
  return answer;
}

// 7.6: by the account that ordered it, or by the certificate's own key.
Server::Outcome<ServerAnswer> Server::revoke(const Call& call) {
  std::optional<nlohmann::json> payload = strict_object(call.request.payload());
  std::string der = from_base64url(payload ? text_member(*payload, "certificate").value_or("") : "").value_or("");
  std::optional<crypto::CertificateOutline> outline = crypto::outline_of(der);
  crypto::Certificate certificate = outline ? crypto::certificate_from(der) : nullptr;
  if (!certificate) return refused(400, "malformed", "there is no certificate in the payload");
  std::optional<authority::RevocationReason> reason = reason_in(*payload);
  if (!reason) return refused(400, "badRevocationReason", "the reason is none for this certificate");
  std::string serial = serial_text(outline->serial);
  Result<authority::LedgerEntry> entry = authority::Ledger(*store_).find(serial);
  // The very same: anybody can write our serial number into a certificate with a key of his own.
  bool ours = entry && entry->issuer == authority_->intermediate().key_id() && is_in(entry->certificate, der);
  if (!ours) return refused(404, "malformed", "the CA has not issued this certificate");
  bool may = call.request.key() && call.request.key()->belongs_to(*certificate);
  if (call.account) {
    std::optional<ServerOrder> order = TRY(stored(records_.order_of_serial(serial)));
    may = order && order->account == call.account->id;
  }
  if (!may) return refused(403, "unauthorized", "it is another's certificate");
  (void)TRY(stored(acme::revoke(*store_, serial, *reason, this_instant())));
  if (entry->revoked) return refused(400, "alreadyRevoked", "it was revoked before");
  log::info("acme-server.revoked", {{"names", entry->subject}, {"serial", serial}});
  ServerAnswer answer;
  return answer;
}

// RFC 9773, 4.1: the issuer's key and the serial number, with a dot between.
Server::Outcome<ServerAnswer> Server::renewal_info(const std::string& id) {
  std::size_t dot = id.find('.');
  std::optional<std::string> serial =
      dot == std::string::npos ? std::nullopt : from_base64url(std::string_view(id).substr(dot + 1));
  std::optional<std::string> issuer = from_base64url(std::string_view(id).substr(0, std::min(dot, id.size())));
  if (!serial || serial->empty() || !issuer) return refused(400, "malformed", "it names no certificate");
  Result<authority::LedgerEntry> entry = authority::Ledger(*store_).find(serial_text(*serial));
  if (!entry || entry->issuer != to_hex(*issuer)) return refused(404, "malformed", "the CA has not issued it");
  ServerAnswer answer =
      json_page(200, renewal_document(entry->not_before, entry->not_after, entry->revoked.has_value()));
  answer.fields.emplace_back("Retry-After", cat(std::chrono::seconds(6h).count()));
  return answer;
}

}  // namespace pforte::acme
