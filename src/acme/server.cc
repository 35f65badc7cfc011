#include "acme/server.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "acme/server_pages.h"
#include "acme/strict_json.h"
#include "base/text.h"
#include "crypto/random.h"

namespace pforte::acme {
namespace {

constexpr std::int64_t kMostAccounts = 10'000;
constexpr std::size_t kMostContacts = 10;
constexpr std::size_t kMostNamesTold = 10;
constexpr std::string_view kAccountPath = "/account/";

// What stands behind a prefix; none: it does not begin with that, or nothing is behind it.
std::optional<std::string> behind(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix) || path.size() == prefix.size()) return std::nullopt;
  return std::string(path.substr(prefix.size()));
}

// A list of texts as JSON; none: it is none.
std::optional<std::string> contacts_in(const nlohmann::json& payload) {
  auto found = payload.find("contact");
  if (found == payload.end()) return "[]";
  bool good = found->is_array() && found->size() <= kMostContacts &&
              std::ranges::all_of(*found, [](const auto& one) { return one.is_string(); });
  std::string text = good ? found->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) : std::string();
  return good && text.size() <= 4096 ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace

Server::Outcome<ServerAnswer> Server::refused(int status, std::string_view type, std::string detail) {
  return std::unexpected(Refused{status, type, std::move(detail), {}});
}

ServerAnswer Server::answer(const ServerQuestion& question) {
  Outcome<ServerAnswer> outcome = reply(question);
  if (!outcome) {
    const Refused why = std::move(outcome).error();
    tally_.refused({.client = question.client,
                    .account = why.account,
                    .names = why.names,
                    .type = why.type,
                    .detail = why.detail,
                    .binding = why.binding});
    outcome = problem_page(why.status, why.type, why.detail);
    if (why.again.count() > 0) outcome->fields.emplace_back("Retry-After", cat(why.again.count()));
  }
  bool renewal = question.path.starts_with("/renewal-info/");
  if (!renewal) outcome->fields.emplace_back("Replay-Nonce", nonces_.give());
  outcome->fields.emplace_back("Link", cat('<', question.base, "/directory>;rel=\"index\""));
  return *std::move(outcome);
}

ServerAnswer Server::directory(const ServerQuestion& question) const {
  nlohmann::ordered_json document;
  document["newNonce"] = question.base + "/new-nonce";
  document["newAccount"] = question.base + "/new-account";
  document["newOrder"] = question.base + "/new-order";
  document["revokeCert"] = question.base + "/revoke-cert";
  document["keyChange"] = question.base + "/key-change";
  document["renewalInfo"] = question.base + "/renewal-info";
  document["meta"]["externalAccountRequired"] = !terms_.customers.empty();
  return json_page(200, document.dump());
}

Server::Outcome<ServerAnswer> Server::reply(const ServerQuestion& question) {
  bool reads = question.method == http::Method::Get || question.method == http::Method::Head;
  if (reads && question.path == "/directory") return directory(question);
  if (reads && question.path == "/new-nonce") {
    ServerAnswer answer;
    answer.status = question.method == http::Method::Head ? 200 : 204;
    answer.fields = {{"Cache-Control", "no-store"}};
    return answer;
  }
  if (std::optional<std::string> id = behind(question.path, "/renewal-info/"); reads && id) return renewal_info(*id);
  if (question.method != http::Method::Post) return refused(405, "malformed", "requests are sent by POST");
  Call call = TRY(identify(question));
  Outcome<ServerAnswer> outcome = dispatch(call);
  if (!outcome && call.account) outcome.error().account = call.account->id;
  if (!outcome) outcome.error().names = names_concerned(call);
  return outcome;
}

// For the log: those that an order asks for, or asked for.
std::vector<std::string> Server::names_concerned(const Call& call) {
  std::optional<std::string> order = behind(call.question.path, "/finalize/");
  if (order && call.account) {
    Outcome<ServerOrder> own = own_order(call, *order);
    return own ? own->names : std::vector<std::string>();
  }
  std::vector<std::string> names;
  std::optional<nlohmann::json> payload = strict_object(call.request.payload());
  bool list = call.question.path == "/new-order" && payload && payload->contains("identifiers");
  if (!list) return names;
  for (const nlohmann::json& one : (*payload)["identifiers"]) {
    if (one.is_object() && names.size() < kMostNamesTold) names.push_back(text_member(one, "value").value_or(""));
  }
  return names;
}

// 6.2 to 6.5: the form, the address, the nonce, the account, and then the signature.
Server::Outcome<Server::Call> Server::identify(const ServerQuestion& question) {
  if (question.type != "application/jose+json")
    return std::unexpected(Refused{415, "malformed", "the body must be application/jose+json", {}});
  Result<SignedRequest> request = SignedRequest::read(question.body);
  if (!request) {
    std::string_view type = request.error().code() == "jws.public-key" ? "badPublicKey" : "malformed";
    return std::unexpected(Refused{400, type, request.error().text(), {}});
  }
  if (request->url() != question.base + question.path)
    return std::unexpected(Refused{403, "unauthorized", "the request is signed for another address", {}});
  if (!nonces_.take(request->nonce()))
    return std::unexpected(Refused{400, "badNonce", "the nonce is unknown or was used before", {}});
  Call call{.question = question, .request = *std::move(request), .account = {}};
  if (const crypto::JwsKey* key = call.request.key()) {
    bool by_key = question.path == "/new-account" || question.path == "/revoke-cert";
    if (by_key && call.request.is_signed_by(*key)) return call;
    return std::unexpected(Refused{403, "unauthorized", "the signature does not hold, or an account is needed", {}});
  }
  std::optional<std::string> id = behind(call.request.account(), question.base + std::string(kAccountPath));
  if (id) call.account = TRY(stored(records_.account(*id)));
  if (!call.account) return std::unexpected(Refused{400, "accountDoesNotExist", "there is no such account", {}});
  Result<crypto::JwsKey> key = read_jwk(call.account->jwk);
  if (!key || call.account->deactivated || !call.request.is_signed_by(*key))
    return std::unexpected(Refused{403, "unauthorized", "the signature does not hold, or the account has ended", {}});
  return call;
}

Server::Outcome<ServerAnswer> Server::dispatch(const Call& call) {
  const std::string& path = call.question.path;
  if (path == "/new-account") return new_account(call);
  if (path == "/revoke-cert") return revoke(call);
  if (!call.account) return refused(403, "unauthorized", "an account is needed");
  if (path == "/new-order") return new_order(call);
  if (path == "/key-change") return key_change(call);
  if (auto id = behind(path, kAccountPath)) return change_account(call, *id);
  if (auto id = behind(path, "/finalize/")) return finalize(call, *id);
  if (auto id = behind(path, "/order/")) return order_page(call, TRY(own_order(call, *id)), 200);
  if (auto id = behind(path, "/authorization/")) return proof_page(call, *id);
  if (auto id = behind(path, "/challenge/")) return challenge(call, *id);
  if (auto id = behind(path, "/certificate/")) return certificate(call, *id);
  return refused(404, "malformed", "there is no such resource");
}

ServerAnswer Server::account_page(const Call& call, const ServerAccount& account, int status) {
  nlohmann::ordered_json document;
  document["status"] = account.deactivated ? "deactivated" : "valid";
  document["contact"] = nlohmann::json::parse(account.contact, nullptr, false);
  ServerAnswer answer = json_page(status, document.dump());
  answer.fields.emplace_back("Location", cat(call.question.base, kAccountPath, account.id));
  return answer;
}

// 7.3.
Server::Outcome<ServerAnswer> Server::new_account(const Call& call) {
  const crypto::JwsKey* key = call.request.key();
  std::optional<nlohmann::json> payload = strict_object(call.request.payload());
  if (!key || !payload) return refused(400, "malformed", "the account has no key, or the payload is no object");
  std::optional<ServerAccount> known = TRY(stored(records_.account_with_key(key->thumbprint())));
  if (known && known->deactivated) return refused(403, "unauthorized", "the account has ended");
  if (known) return account_page(call, *known, 200);
  if (payload->value("onlyReturnExisting", nlohmann::json()) == true)
    return refused(400, "accountDoesNotExist", "no account has this key");
  std::optional<std::string> contact = contacts_in(*payload);
  if (!contact) return refused(400, "invalidContact", "contact is no list of addresses");
  auto binding = payload->find("externalAccountBinding");
  if (!terms_.customers.empty()) TRY(check_binding(call, binding == payload->end() ? "" : binding->dump()));
  TRY(make_room_for_account());
  if (TRY(stored(records_.accounts())) >= kMostAccounts)
    return refused(429, "rateLimited", "there are too many accounts; remove some");
  ServerAccount account{
      .id = crypto::random_id(), .thumbprint = key->thumbprint(), .jwk = key->jwk(), .contact = *std::move(contact)};
  TRY(stored(records_.keep(account)));
  return account_page(call, account, 201);
}

// Accounts cost nothing where no customers are listed: those that nobody uses go when there are too many.
Server::Outcome<void> Server::make_room_for_account() {
  if (TRY(stored(records_.accounts())) < kMostAccounts) return {};
  return stored(
      records_.forget_unused_accounts(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())));
}

// 7.3.4.
Server::Outcome<void> Server::check_binding(const Call& call, const std::string& binding) const {
  if (binding.empty())
    return std::unexpected(Refused{403, "externalAccountRequired", "accounts are made with a binding alone", {}});
  Result<SignedRequest> inner = SignedRequest::read(binding);
  for (const auto& [kid, key] : terms_.customers) {
    if (!inner || inner->account() != kid || !inner->is_bound_by(key)) continue;
    Result<crypto::JwsKey> bound = read_jwk(inner->payload());
    bool same = bound && bound->thumbprint() == call.request.key()->thumbprint();
    if (same && inner->nonce().empty() && inner->url() == call.request.url()) return {};
  }
  Refused why{403, "unauthorized", "the binding is not one of ours"};
  if (inner) why.detail += cat(": ", inner->account());
  why.binding = true;
  return std::unexpected(std::move(why));
}

// 7.3.2 and 7.3.6; an empty payload asks.
Server::Outcome<ServerAnswer> Server::change_account(const Call& call, const std::string& id) {
  if (id != call.account->id) return refused(403, "unauthorized", "it is another's account");
  ServerAccount account = *call.account;
  if (call.request.payload().empty()) return account_page(call, account, 200);
  std::optional<nlohmann::json> payload = strict_object(call.request.payload());
  std::optional<std::string> contact = payload ? contacts_in(*payload) : std::nullopt;
  if (!contact) return refused(400, "malformed", "the payload is no account");
  if (payload->contains("contact")) account.contact = *std::move(contact);
  if (text_member(*payload, "status") == "deactivated") account.deactivated = true;
  TRY(stored(records_.keep(account)));
  return account_page(call, account, 200);
}

// 7.3.5: the new key signs inside of what the old one signs.
Server::Outcome<ServerAnswer> Server::key_change(const Call& call) {
  Result<SignedRequest> inner = SignedRequest::read(call.request.payload());
  const crypto::JwsKey* next = inner ? inner->key() : nullptr;
  if (!next || !inner->nonce().empty() || inner->url() != call.request.url() || !inner->is_signed_by(*next))
    return refused(400, "malformed", "the inner request does not hold");
  std::optional<nlohmann::json> payload = strict_object(inner->payload());
  Result<crypto::JwsKey> old = read_jwk(payload && payload->contains("oldKey") ? (*payload)["oldKey"].dump() : "");
  bool ours = payload && text_member(*payload, "account") == call.request.account() && old &&
              old->thumbprint() == call.account->thumbprint;
  if (!ours) return refused(400, "malformed", "the inner request is about another account or key");
  std::optional<ServerAccount> taken = TRY(stored(records_.account_with_key(next->thumbprint())));
  if (taken) return refused(409, "malformed", "an account has this key already");
  ServerAccount account = *call.account;
  account.thumbprint = next->thumbprint();
  account.jwk = next->jwk();
  TRY(stored(records_.keep(account)));
  return account_page(call, account, 200);
}

}  // namespace pforte::acme
