#include "acme/server.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "acme/jws.h"
#include "authority/testing.h"
#include "base/bytes.h"
#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/pem_blocks.h"
#include "crypto/renewal_id.h"
#include "inventory/inventory.h"

namespace pforte::acme {
namespace {

using Json = nlohmann::json;

const std::string server_base = "https://ca.example/acme";

crypto::UtcTime today() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// A CA that issues for *.intern.example, and one of its clients.
struct Office {
  crypto::testing::Folder folder;
  authority::Places places{folder.path() + "/ca"};
  ServerTally tally;
  std::unique_ptr<Server> server;
  crypto::SigningKey key = crypto::SigningKey::make().value();
  std::string account;

  explicit Office(std::vector<std::pair<std::string, Secret>> customers = {}) {
    REQUIRE(authority::found(places, {.name = "Example"}, Secret("root"), Secret("work"), today()));
    open(std::move(customers));
  }

  // The server, or another one after it.
  void open(std::vector<std::pair<std::string, Secret>> customers = {}) {
    auto authority = authority::Authority::open(places, Secret("work"));
    REQUIRE(authority);
    Server::Terms terms{.config = {.place = {}, .allow = {{"*.intern.example", {}}}, .customers = {}},
                        .customers = std::move(customers)};
    server =
        std::make_unique<Server>(std::make_shared<const authority::Authority>(*std::move(authority)),
                                 store::open_sqlite(folder.path() + "/pforte.db").value(), std::move(terms), tally);
  }

  static std::string field(const ServerAnswer& answer, std::string_view name) {
    for (const auto& [known, value] : answer.fields) {
      if (known == name) return value;
    }
    return {};
  }
  std::string nonce() {
    return field(server->answer(
                     {.method = http::Method::Head, .base = server_base, .path = "/new-nonce", .type = {}, .body = {}}),
                 "Replay-Nonce");
  }
  ServerAnswer send(const std::string& path, std::string_view payload, const crypto::SigningKey& by, std::string from) {
    std::string body =
        sign_request(by, {.url = server_base + path, .nonce = nonce(), .account = std::move(from)}, payload).value();
    return server->answer({.method = http::Method::Post,
                           .base = server_base,
                           .path = path,
                           .type = "application/jose+json",
                           .body = body});
  }
  ServerAnswer post(const std::string& path, std::string_view payload) { return send(path, payload, key, account); }
  void sign_up() { account = field(send("/new-account", "{}", key, ""), "Location"); }
  // A document's address as send() wants it.
  static std::string path_of(const Json& url) { return url.get<std::string>().substr(server_base.size()); }

  Json order(std::string_view name) {
    return Json::parse(post("/new-order", cat(R"({"identifiers":[{"type":"dns","value":")", name, R"("}]})")).body);
  }
  // Proves what the order asks for.
  void prove(const Json& order) {
    Json proof = Json::parse(post(path_of(order["authorizations"][0]), "").body);
    ServerAnswer taken = post(path_of(proof["challenges"][0]["url"]), "{}");
    REQUIRE(taken.lookup);
    CHECK(taken.lookup->key_authorization == key_authorization(taken.lookup->token, key));
    REQUIRE(server->conclude(*taken.lookup, std::nullopt));
  }
  ServerAnswer finalize(const Json& order, std::string_view name) {
    crypto::PrivateKey own = crypto::make_private_key().value();
    std::string request = crypto::make_certificate_request(*own, {}, {crypto::alternative_name(name).value()}).value();
    return post(path_of(order["finalize"]), cat(R"({"csr":")", to_base64url(request), R"("})"));
  }
};

std::string type_of(const ServerAnswer& answer) {
  std::string type = Json::parse(answer.body)["type"];
  return type.substr(type.rfind(':') + 1);
}

TEST_CASE("a certificate is ordered, proved, issued, told about and revoked") {
  Office office;
  office.sign_up();
  Json order = office.order("app.intern.example");
  CHECK(order["status"] == "pending");
  office.prove(order);
  ServerAnswer done = office.finalize(order, "app.intern.example");
  REQUIRE(done.status == 200);
  Json valid = Json::parse(done.body);
  CHECK(valid["status"] == "valid");
  ServerAnswer chain = office.post(Office::path_of(valid["certificate"]), "");
  auto blocks = crypto::read_pem_blocks(chain.body, "chain").value();
  REQUIRE(blocks.size() == 2);
  crypto::Certificate leaf = crypto::certificate_from(blocks[0].content);
  CHECK(crypto::covers(*leaf, "app.intern.example"));

  ServerQuestion renewal{.method = http::Method::Get,
                         .base = server_base,
                         .path = cat("/renewal-info/", crypto::renewal_id(*leaf)),
                         .type = {},
                         .body = {}};
  ServerAnswer window = office.server->answer(renewal);
  REQUIRE(read_renewal_info(window.body));
  CHECK(read_renewal_info(window.body)->from > today());

  std::string revocation = cat(R"({"certificate":")", to_base64url(blocks[0].content), R"(","reason":4})");
  crypto::SigningKey stranger = crypto::SigningKey::make().value();
  CHECK(type_of(office.send("/revoke-cert", revocation, stranger, "")) == "unauthorized");
  auto store = store::open_sqlite(office.folder.path() + "/pforte.db").value();
  inventory::Inventory inventory(*store);
  REQUIRE(
      inventory.keep({.chain_pem = chain.body, .key_pem = {}, .source = inventory::Source::Seen, .owner = "tests"}));
  CHECK(office.post("/revoke-cert", revocation).status == 200);
  CHECK(inventory.find("app.intern.example").value().retired);
  CHECK(type_of(office.post("/revoke-cert", revocation)) == "alreadyRevoked");
  CHECK(read_renewal_info(office.server->answer(renewal).body)->from <= today());
}

TEST_CASE("a certificate that was revoked while an end came in between is out of use when that is asked again") {
  Office office;
  office.sign_up();
  Json order = office.order("app.intern.example");
  office.prove(order);
  Json valid = Json::parse(office.finalize(order, "app.intern.example").body);
  std::string chain = office.post(Office::path_of(valid["certificate"]), "").body;
  auto blocks = crypto::read_pem_blocks(chain, "chain").value();
  auto store = store::open_sqlite(office.folder.path() + "/pforte.db").value();
  inventory::Inventory inventory(*store);
  REQUIRE(inventory.keep({.chain_pem = chain, .key_pem = {}, .source = inventory::Source::Seen, .owner = "tests"}));
  REQUIRE(store->change("UPDATE authority_certificate SET revoked = 1"));
  std::string revocation = cat(R"({"certificate":")", to_base64url(blocks[0].content), R"("})");
  CHECK(type_of(office.post("/revoke-cert", revocation)) == "alreadyRevoked");
  CHECK(inventory.find("app.intern.example").value().retired);
}

TEST_CASE("without a proof nothing is issued") {
  Office office;
  office.sign_up();
  Json order = office.order("app.intern.example");
  CHECK(type_of(office.finalize(order, "app.intern.example")) == "orderNotReady");
  Json proof = Json::parse(office.post(Office::path_of(order["authorizations"][0]), "").body);
  ServerAnswer taken = office.post(Office::path_of(proof["challenges"][0]["url"]), "{}");
  Problem problem{.type = "connection", .detail = "nobody answers", .parts = {}};
  REQUIRE(office.server->conclude(*taken.lookup, problem));
  CHECK(type_of(office.finalize(order, "app.intern.example")) == "orderNotReady");
  Json failed = Json::parse(office.post(Office::path_of(order["authorizations"][0]), "").body);
  CHECK(failed["status"] == "invalid");
  CHECK(failed["challenges"][0]["error"]["detail"] == "nobody answers");
}

TEST_CASE("a proof that was looked for when the server ended is looked for again, once") {
  Office office;
  office.sign_up();
  Json order = office.order("app.intern.example");
  std::string authorization = Office::path_of(order["authorizations"][0]);
  Json proof = Json::parse(office.post(authorization, "").body);
  CHECK(!office.post(authorization, "").lookup);
  ServerAnswer taken = office.post(Office::path_of(proof["challenges"][0]["url"]), "{}");
  REQUIRE(taken.lookup);
  CHECK(!office.post(authorization, "").lookup);
  office.open();
  ServerAnswer again = office.post(authorization, "");
  REQUIRE(again.lookup);
  CHECK(again.lookup->key_authorization == taken.lookup->key_authorization);
  CHECK(!office.post(Office::path_of(proof["challenges"][0]["url"]), "{}").lookup);
  REQUIRE(office.server->conclude(*again.lookup, std::nullopt));
  CHECK(!office.post(authorization, "").lookup);
  CHECK(office.finalize(order, "app.intern.example").status == 200);
}

TEST_CASE("an account's further lookups wait until it asks again, and keep nobody else from anything") {
  Office office;
  office.sign_up();
  std::vector<ServerAnswer> taken;
  std::vector<Json> orders;
  for (int i = 0; i < 5; ++i) {
    orders.push_back(office.order("app.intern.example"));
    Json proof = Json::parse(office.post(Office::path_of(orders.back()["authorizations"][0]), "").body);
    taken.push_back(office.post(Office::path_of(proof["challenges"][0]["url"]), "{}"));
    CHECK(taken.back().status == 200);
    CHECK(Json::parse(taken.back().body)["status"] == "processing");
  }
  REQUIRE(taken[3].lookup);
  CHECK(!taken[4].lookup);
  std::string authorization = Office::path_of(orders[4]["authorizations"][0]);
  std::string order =
      cat("/order/", Office::path_of(orders[4]["finalize"]).substr(std::string_view("/finalize/").size()));
  CHECK(!office.post(authorization, "").lookup);
  CHECK(!office.post(order, "").lookup);
  // Another account's.
  {
    std::string first = office.account;
    crypto::SigningKey key = std::exchange(office.key, crypto::SigningKey::make().value());
    office.sign_up();
    office.prove(office.order("app.intern.example"));
    office.account = first;
    office.key = std::move(key);
  }
  REQUIRE(office.server->conclude(*taken[0].lookup, std::nullopt));
  taken[0].lookup.reset();
  CHECK(office.post(order, "").lookup);
  CHECK(office.post(authorization, "").lookup);
}

TEST_CASE("a request is for the names of its order and no others") {
  Office office;
  office.sign_up();
  Json order = office.order("app.intern.example");
  office.prove(order);
  CHECK(type_of(office.finalize(order, "other.intern.example")) == "badCSR");
  CHECK(office.finalize(order, "app.intern.example").status == 200);
  CHECK(type_of(office.finalize(order, "app.intern.example")) == "orderNotReady");
}

TEST_CASE("names that are not allowed are rejected") {
  Office office;
  office.sign_up();
  for (std::string_view name : {"3232235777\\u0000 victim.intern.example", "a\\r\\nX: y.intern.example",
                                "a b.intern.example", "192.0.2.7", "3232235777", "0x7f.1", "app.intern.example.",
                                "example.org", "intern.example", "a.b.intern.example", "*.intern.example", ""}) {
    CAPTURE(name);
    CHECK(office.order(name)["type"] == "urn:ietf:params:acme:error:rejectedIdentifier");
  }
}

TEST_CASE("a name is the same in capital letters") {
  Office office;
  office.sign_up();
  CHECK(office.order("App.INTERN.example")["identifiers"][0]["value"] == "app.intern.example");
}

TEST_CASE("a common name counts only if it is one of the names") {
  Office office;
  office.sign_up();
  Json order = office.order("app.intern.example");
  office.prove(order);
  crypto::PrivateKey own = crypto::make_private_key().value();
  auto finalize = [&](const char* common_name, std::string_view name) {
    std::string request =
        crypto::make_certificate_request(*own, {{"CN", common_name}}, {crypto::alternative_name(name).value()}).value();
    return office.post(Office::path_of(order["finalize"]), cat(R"({"csr":")", to_base64url(request), R"("})"));
  };
  CHECK(type_of(finalize("bank.example", "app.intern.example")) == "badCSR");
  CHECK(type_of(finalize("app.intern.example", "ip:192.0.2.7")) == "badCSR");
  CHECK(finalize("APP.intern.example", "app.intern.example").status == 200);
}

TEST_CASE("an order whose names are not those of its proofs is invalid") {
  Office office;
  office.sign_up();
  std::string account = office.account.substr(office.account.rfind('/') + 1);
  auto store = store::open_sqlite(office.folder.path() + "/pforte.db").value();
  ServerProof proof{.id = "proof",
                    .order = "order",
                    .account = account,
                    .name = std::string("3232235777\0 victim.intern.example", 33),
                    .token = "token"};
  REQUIRE(ServerRecords(*store).add(
      {.id = "order", .account = account, .names = {proof.name}, .expires = today() + std::chrono::hours(1)}, {proof}));
  CHECK(!office.post("/challenge/proof", "{}").lookup);
  CHECK(Json::parse(office.post("/order/order", "").body)["status"] == "invalid");
  REQUIRE(ServerRecords(*store).conclude("proof", std::nullopt));
  CHECK(type_of(office.finalize({{"finalize", server_base + "/finalize/order"}}, "victim.intern.example")) ==
        "orderNotReady");
}

TEST_CASE("what is another's is not there") {
  Office office;
  office.sign_up();
  Json order = office.order("app.intern.example");
  crypto::SigningKey other = crypto::SigningKey::make().value();
  std::string account = Office::field(office.send("/new-account", "{}", other, ""), "Location");
  for (const Json& url : {order["finalize"], order["authorizations"][0]}) {
    ServerAnswer answer = office.send(Office::path_of(url), "{}", other, account);
    CHECK(answer.status == 404);
  }
  CHECK(office.send(office.account.substr(server_base.size()), "", other, account).status == 403);
}

TEST_CASE("a request is taken once, at its own address, from who has signed it") {
  Office office;
  office.sign_up();
  std::string body =
      sign_request(office.key, {.url = server_base + "/new-order", .nonce = office.nonce(), .account = office.account},
                   "{}")
          .value();
  ServerQuestion question{.method = http::Method::Post,
                          .base = server_base,
                          .path = "/new-order",
                          .type = "application/jose+json",
                          .body = body};
  CHECK(type_of(office.server->answer(question)) == "malformed");
  CHECK(type_of(office.server->answer(question)) == "badNonce");
  question.path = "/key-change";
  CHECK(type_of(office.server->answer(question)) == "unauthorized");
  crypto::SigningKey thief = crypto::SigningKey::make().value();
  CHECK(type_of(office.send("/new-order", "{}", thief, office.account)) == "unauthorized");
  CHECK(type_of(office.send("/new-order", "{}", thief, server_base + "/account/nobody")) == "accountDoesNotExist");
}

TEST_CASE("an account gets another key, and ends") {
  Office office;
  office.sign_up();
  crypto::SigningKey next = crypto::SigningKey::make().value();
  std::string inner_payload = cat(R"({"account":")", office.account, R"(","oldKey":)", bare_jwk(office.key), "}");
  std::string inner =
      sign_request(next, {.url = server_base + "/key-change", .nonce = {}, .account = {}}, inner_payload).value();
  REQUIRE(office.post("/key-change", inner).status == 200);
  CHECK(type_of(office.post("/new-order", "{}")) == "unauthorized");
  ServerAnswer ended =
      office.send(office.account.substr(server_base.size()), R"({"status":"deactivated"})", next, office.account);
  CHECK(Json::parse(ended.body)["status"] == "deactivated");
  CHECK(office.send("/new-account", "{}", next, "").status == 403);
}

TEST_CASE("where customers are listed, accounts are bound to one") {
  std::vector<std::pair<std::string, Secret>> customers;
  customers.emplace_back("team", Secret("0123456789abcdef"));
  Office office(std::move(customers));
  CHECK(type_of(office.send("/new-account", "{}", office.key, "")) == "externalAccountRequired");
  auto bound = [&](std::string_view kid, std::string_view key) {
    std::string binding =
        bind_account(office.key, kid, Secret(to_base64url(key)), server_base + "/new-account").value();
    return office.send("/new-account", cat(R"({"externalAccountBinding":)", binding, "}"), office.key, "").status;
  };
  CHECK(bound("team", "0123456789abcdeX") == 403);
  CHECK(bound("maet", "0123456789abcdef") == 403);
  CHECK(bound("team", "0123456789abcdef") == 201);
}

// Orders of an account, each as old as it comes in the row.
void put_orders(store::Store& store, const std::string& account, int count, State order, State proof = State::Pending) {
  ServerRecords records(store);
  auto work = [&]() -> Result<> {
    for (int i = 0; i < count; ++i) {
      std::string id = cat(account, '-', i);
      Time expires = today() + std::chrono::hours(1) + std::chrono::seconds(i);
      TRY(records.add(
          {.id = id, .account = account, .names = {"a.intern.example"}, .state = order, .expires = expires},
          {{.id = id, .order = id, .account = account, .name = "a.intern.example", .token = "t", .state = proof}}));
    }
    return {};
  };
  REQUIRE(store.transact(work));
}

void put_accounts(store::Store& store, int count) {
  auto work = [&]() -> Result<> {
    for (int i = 0; i < count; ++i) {
      std::string id = cat("account-", i);
      TRY(ServerRecords(store).keep({.id = id, .thumbprint = id, .jwk = "{}", .contact = "[]"}));
    }
    return {};
  };
  REQUIRE(store.transact(work));
}

TEST_CASE("orders that accounts without a certificate leave lying about keep nobody out") {
  Office office;
  office.sign_up();
  auto store = store::open_sqlite(office.folder.path() + "/pforte.db").value();
  ServerRecords records(*store);
  put_orders(*store, "customer", 1, State::Valid);
  for (int i = 0; i < 40; ++i) put_orders(*store, cat("stranger", i), 50, State::Pending, State::Processing);
  REQUIRE(records.add({.id = "first",
                       .account = "customer",
                       .names = {"a.intern.example"},
                       .expires = today() + std::chrono::minutes(1)},
                      {}));
  REQUIRE(records.add({.id = "proved",
                       .account = "newcomer",
                       .names = {"a.intern.example"},
                       .expires = today() + std::chrono::minutes(1)},
                      {{.id = "proved",
                        .order = "proved",
                        .account = "newcomer",
                        .name = "a.intern.example",
                        .token = "t",
                        .state = State::Valid}}));
  Json order = office.order("app.intern.example");
  CHECK(order["status"] == "pending");
  // The oldest of the strangers', with their proofs.
  CHECK(!records.order("stranger0-0").value());
  CHECK(!records.proof("stranger0-0").value());
  CHECK(records.order("stranger0-49").value());
  CHECK(records.proof("stranger0-49").value());
  CHECK(records.order("first").value());
  CHECK(records.order("proved").value());
  CHECK(records.open_orders(today()).value() <= 2'000);
  office.prove(order);
  CHECK(office.finalize(order, "app.intern.example").status == 200);
}

TEST_CASE("where no order makes room, further ones are refused for a time") {
  Office office;
  office.sign_up();
  auto store = store::open_sqlite(office.folder.path() + "/pforte.db").value();
  std::string_view more = R"({"identifiers":[{"type":"dns","value":"app.intern.example"}]})";
  put_orders(*store, "busy", 1'999, State::Ready);
  CHECK(office.post("/new-order", more).status == 201);
  // An order of ours would make room.
  REQUIRE(store->change("UPDATE acme_server_order SET state = ?", {std::int64_t(State::Ready)}));
  ServerAnswer refused = office.post("/new-order", more);
  CHECK(refused.status == 429);
  CHECK(type_of(refused) == "rateLimited");
  CHECK(Office::field(refused, "Retry-After") == "600");
  REQUIRE(ServerRecords(*store).finish("busy-0", "01", "chain"));
  CHECK(office.post("/new-order", more).status == 201);
}

TEST_CASE("an account has 50 open orders at most, whatever others have") {
  Office office;
  office.sign_up();
  auto store = store::open_sqlite(office.folder.path() + "/pforte.db").value();
  std::string_view more = R"({"identifiers":[{"type":"dns","value":"app.intern.example"}]})";
  put_orders(*store, "other", 60, State::Pending);
  put_orders(*store, office.account.substr(office.account.rfind('/') + 1), 49, State::Pending);
  CHECK(office.post("/new-order", more).status == 201);
  ServerAnswer refused = office.post("/new-order", more);
  CHECK(refused.status == 429);
  CHECK(type_of(refused) == "rateLimited");
  CHECK(Office::field(refused, "Retry-After") == "600");
}

TEST_CASE("where there are too many accounts, those that nobody uses make room after a day") {
  Office office;
  auto store = store::open_sqlite(office.folder.path() + "/pforte.db").value();
  ServerRecords records(*store);
  put_accounts(*store, 10'000);
  put_orders(*store, "account-7", 1, State::Valid);
  ServerAnswer refused = office.send("/new-account", "{}", office.key, "");
  CHECK(refused.status == 429);
  CHECK(type_of(refused) == "rateLimited");
  CHECK(records.accounts().value() == 10'000);
  REQUIRE(store->change("UPDATE acme_server_account SET made = made - 86400000 - 2000"));
  CHECK(office.send("/new-account", "{}", office.key, "").status == 201);
  CHECK(records.accounts().value() == 2);
  CHECK(records.account("account-7").value());
}

}  // namespace
}  // namespace pforte::acme
