#include "acme/client.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "acme/jws.h"
#include "base/bytes.h"
#include "base/text.h"
#include "net/address.h"

namespace pforte::acme {
namespace {

using Json = nlohmann::ordered_json;

// A CA that refuses more nonces than that in a row does not want us.
constexpr int kMostNonces = 12;

// Problem types (RFC 8555, 6.7) that an administrator can do something about.
struct Meaning {
  std::string_view type;
  Kind kind;
  std::string_view code;
};
constexpr Meaning kMeanings[] = {
    {"rateLimited", Kind::Limit, "acme.rate-limited"},
    {"serverInternal", Kind::Unavailable, "acme.out-of-order"},
    {"externalAccountRequired", Kind::Denied, "acme.account-binding"},
    {"userActionRequired", Kind::Denied, "acme.terms"},
    {"accountDoesNotExist", Kind::Denied, "acme.account"},
    {"unsupportedContact", Kind::Denied, "acme.contact"},
    {"invalidContact", Kind::Denied, "acme.contact"},
    {"rejectedIdentifier", Kind::Denied, "acme.name-refused"},
    {"unsupportedIdentifier", Kind::Denied, "acme.name-refused"},
    {"caa", Kind::Denied, "acme.caa"},
    {"dns", Kind::Denied, "acme.proof-dns"},
    {"connection", Kind::Denied, "acme.proof-unreachable"},
    {"tls", Kind::Denied, "acme.proof-unreachable"},
    {"incorrectResponse", Kind::Denied, "acme.proof-wrong"},
    {"unauthorized", Kind::Denied, "acme.proof-wrong"},
};

std::string said_by(const Problem& problem, int status) {
  std::string text = problem.detail.empty() ? cat("status ", status) : problem.detail;
  for (const std::string& part : problem.parts) text += cat("; ", part);
  if (!problem.type.empty()) text += cat(" (", problem.type, ')');
  return text;
}

Json identifier(const std::string& name) {
  Json object;
  object["type"] = net::parse_ip(name) ? "ip" : "dns";
  object["value"] = name;
  return object;
}

Error refused_by_ca(const Answer& answer) {
  return error_of(read_problem(answer.body), answer.status);
}

}  // namespace

Error error_of(const Problem& problem, int status) {
  const auto* found = std::ranges::find(kMeanings, std::string_view(problem.type), &Meaning::type);
  if (found != std::end(kMeanings)) return Error(found->kind, found->code, said_by(problem, status));
  if (status == 429) return Error(Kind::Limit, "acme.rate-limited", said_by(problem, status));
  if (status >= 500) return Error(Kind::Unavailable, "acme.out-of-order", said_by(problem, status));
  if (status == 404) return Error(Kind::NotFound, "acme.refused", said_by(problem, status));
  return Error(Kind::Denied, "acme.refused", said_by(problem, status));
}

Client::Client(net::Loop& loop, net::Pool& pool, std::shared_ptr<const tls::ClientContext> trust,
               crypto::SigningKey key)
    : loop_(loop),
      pool_(pool),
      web_(loop, pool, std::move(trust)),
      key_(std::make_shared<const crypto::SigningKey>(std::move(key))) {}

net::Task<> Client::open(std::string directory_url) {
  Question question{.url = std::move(directory_url), .body = {}};
  Answer answer = co_await web_.ask(std::move(question));
  if (!answer.good()) co_return std::unexpected(refused_by_ca(answer));
  directory_ = co_await net::ok(read_directory(answer.body));
  co_return {};
}

Result<std::string> Client::account_payload(const NewAccount& terms) const {
  Json payload;
  payload["termsOfServiceAgreed"] = true;
  if (!terms.contact.empty()) payload["contact"] = terms.contact;
  if (terms.binding_key) {
    std::string binding = TRY(bind_account(*key_, terms.binding_kid, *terms.binding_key, directory_.new_account));
    payload["externalAccountBinding"] = Json::parse(binding, nullptr, false);
  } else if (directory_.wants_binding) {
    return fail(Kind::Denied, "acme.account-binding", "the CA makes accounts only for customers it knows");
  }
  return payload.dump();
}

net::Task<std::string> Client::account(const NewAccount& terms) {
  account_.clear();
  std::string payload = co_await net::ok(account_payload(terms));
  Answer answer = co_await post(directory_.new_account, std::move(payload));
  if (answer.location.empty()) co_return fail(Kind::Invalid, "acme.malformed", "the CA does not name our account");
  account_ = answer.location;
  co_return account_;
}

net::Task<Client::PlacedOrder> Client::place_order(std::vector<std::string> names, std::string replaces) {
  Json payload;
  for (const std::string& name : names) payload["identifiers"].push_back(identifier(name));
  if (!replaces.empty()) payload["replaces"] = replaces;
  Answer answer = co_await post(directory_.new_order, payload.dump());
  Order order = co_await net::ok(read_order(answer.body));
  if (answer.location.empty()) co_return fail(Kind::Invalid, "acme.malformed", "the CA does not name the order");
  co_return PlacedOrder{.url = std::move(answer.location), .order = std::move(order)};
}

net::Task<Client::Look<Order>> Client::order(std::string url) {
  Answer answer = co_await post(std::move(url), "");
  Order order = co_await net::ok(read_order(answer.body));
  co_return Look<Order>{std::move(order), answer.retry_after};
}

net::Task<Client::Look<Authorization>> Client::authorization(std::string url) {
  Answer answer = co_await post(std::move(url), "");
  Authorization authorization = co_await net::ok(read_authorization(answer.body));
  co_return Look<Authorization>{std::move(authorization), answer.retry_after};
}

net::Task<> Client::take_up(std::string challenge_url) {
  co_await post(std::move(challenge_url), "{}");
  co_return {};
}

net::Task<Client::Look<Order>> Client::finalize(std::string url, std::string request) {
  Json payload;
  payload["csr"] = to_base64url(request);
  Answer answer = co_await post(std::move(url), payload.dump());
  Order order = co_await net::ok(read_order(answer.body));
  co_return Look<Order>{std::move(order), answer.retry_after};
}

net::Task<Client::Chain> Client::chain(std::string url) {
  Answer answer = co_await post(std::move(url), "", "application/pem-certificate-chain");
  co_return Chain{.pem = std::move(answer.body), .alternates = std::move(answer.alternates)};
}

net::Task<Client::Look<RenewalInfo>> Client::renewal_info(std::string certificate) {
  std::string_view slash = directory_.renewal_info.ends_with('/') ? "" : "/";
  Question question{.url = cat(directory_.renewal_info, slash, certificate), .body = {}};
  Answer answer = co_await web_.ask(std::move(question));
  if (!answer.good()) co_return std::unexpected(refused_by_ca(answer));
  RenewalInfo info = co_await net::ok(read_renewal_info(answer.body));
  co_return Look<RenewalInfo>{info, answer.retry_after};
}

// A nonce may be refused at any time; the refusal brings another (6.5).
net::Task<Answer> Client::post(std::string url, std::string payload, std::string accept) {
  for (int attempt = 1;; ++attempt) {
    Answer answer = co_await post_once(url, payload, accept);
    if (answer.good()) co_return answer;
    asked_pause_ = answer.retry_after;
    Problem problem = read_problem(answer.body);
    if (problem.type != "badNonce" || attempt == kMostNonces)
      co_return std::unexpected(error_of(problem, answer.status));
  }
}

net::Task<Answer> Client::post_once(std::string url, std::string payload, std::string accept) {
  if (nonce_.empty()) co_await fetch_nonce();
  auto sign = [key = key_, header = JwsHeader{.url = url, .nonce = std::exchange(nonce_, {}), .account = account_},
               payload = std::move(payload)] { return sign_request(*key, header, payload); };
  std::string body = co_await pool_.run<std::string>(loop_, std::move(sign));
  Question question{
      .kind = Question::Kind::Post, .url = std::move(url), .body = std::move(body), .accept = std::move(accept)};
  Answer answer = co_await web_.ask(std::move(question));
  nonce_ = answer.nonce;
  co_return answer;
}

net::Task<> Client::fetch_nonce() {
  Question question{.kind = Question::Kind::Head, .url = directory_.new_nonce, .body = {}};
  Answer answer = co_await web_.ask(std::move(question));
  if (!answer.good()) co_return std::unexpected(refused_by_ca(answer));
  if (answer.nonce.empty()) co_return fail(Kind::Invalid, "acme.malformed", "the CA gives no nonce");
  nonce_ = std::move(answer.nonce);
  co_return {};
}

}  // namespace pforte::acme
