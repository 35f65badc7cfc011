#include "acme/document.h"

#include <doctest/doctest.h>

#include "base/text.h"

namespace pforte::acme {
namespace {

// After RFC 8555, 7.1.1.
TEST_CASE("a directory names where requests go") {
  Result<Directory> directory = read_directory(R"({
    "newNonce": "https://ca/nonce", "newAccount": "https://ca/account", "newOrder": "https://ca/order",
    "renewalInfo": "https://ca/renewal-info",
    "meta": {"termsOfService": "https://ca/terms", "externalAccountRequired": true, "other": []}})");
  REQUIRE(directory);
  CHECK(directory->new_nonce == "https://ca/nonce");
  CHECK(directory->new_account == "https://ca/account");
  CHECK(directory->new_order == "https://ca/order");
  CHECK(directory->renewal_info == "https://ca/renewal-info");
  CHECK(directory->wants_binding);
}

TEST_CASE("a document without what is needed is malformed") {
  const std::string_view rows[] = {
      "", "[]", "{", "null", "\"x\"", "{}", R"({"newNonce": 1, "newAccount": "a", "newOrder": "b"})"};
  for (std::string_view row : rows) {
    CAPTURE(row);
    CHECK(read_directory(row).error().code() == "acme.malformed");
    CHECK(read_order(row).error().code() == "acme.malformed");
    CHECK(read_authorization(row).error().code() == "acme.malformed");
    CHECK(read_renewal_info(row).error().code() == "acme.malformed");
    CHECK(read_problem(row).type.empty());
  }
}

TEST_CASE("an order tells its state, what is to be proved, and what went wrong") {
  Result<Order> order = read_order(R"({"status": "invalid", "authorizations": ["https://ca/a/1", "https://ca/a/2"],
    "finalize": "https://ca/f", "error": {"type": "urn:ietf:params:acme:error:caa", "detail": "no"}})");
  REQUIRE(order);
  CHECK(order->state == State::Invalid);
  CHECK(order->authorizations == std::vector<std::string>{"https://ca/a/1", "https://ca/a/2"});
  CHECK(order->finalize == "https://ca/f");
  CHECK(order->certificate.empty());
  REQUIRE(order->problem);
  CHECK(order->problem->type == "caa");
}

TEST_CASE("states are those of the RFC") {
  struct Row {
    std::string_view word;
    State state;
  };
  const Row rows[] = {{"pending", State::Pending}, {"processing", State::Processing}, {"ready", State::Ready},
                      {"valid", State::Valid},     {"invalid", State::Invalid},       {"deactivated", State::Over},
                      {"expired", State::Over},    {"revoked", State::Over}};
  for (const Row& row : rows) {
    CAPTURE(row.word);
    Result<Order> order = read_order(cat(R"({"status": ")", row.word, R"(", "authorizations": [], "finalize": "f"})"));
    REQUIRE(order);
    CHECK(order->state == row.state);
  }
  CHECK(!read_order(R"({"status": "new", "authorizations": [], "finalize": "f"})"));
}

TEST_CASE("an authorization has the challenges that somebody could answer") {
  Result<Authorization> authorization = read_authorization(R"({"status": "pending", "wildcard": true,
    "identifier": {"type": "dns", "value": "Example.COM"}, "challenges": [
      {"type": "http-01", "url": "https://ca/c/1", "status": "pending", "token": "DGyRejmCefe7v4NfDGDKfA"},
      {"type": "device-01", "url": "https://ca/c/2", "status": "pending"},
      {"type": "dns-01", "url": "https://ca/c/3", "status": "pending", "token": "../../../etc/passwd0000"},
      17]})");
  REQUIRE(authorization);
  CHECK(authorization->name == "example.com");
  CHECK(authorization->wildcard);
  REQUIRE(authorization->challenges.size() == 1);
  CHECK(authorization->challenges[0].type == "http-01");
  CHECK(authorization->challenges[0].token == "DGyRejmCefe7v4NfDGDKfA");
}

TEST_CASE("a problem tells each name's part, without control characters") {
  Problem problem = read_problem(R"({"type": "urn:ietf:params:acme:error:malformed", "detail": "two\u001b[31m\nlines",
    "subproblems": [{"detail": "not ours", "identifier": {"type": "dns", "value": "a.example"}}, 5]})");
  CHECK(problem.type == "malformed");
  CHECK(problem.detail == "two [31m lines");
  CHECK(problem.parts == std::vector<std::string>{"a.example: not ours"});
}

TEST_CASE("renewal information is a window") {
  Result<RenewalInfo> info =
      read_renewal_info(R"({"suggestedWindow": {"start": "2026-01-02T04:00:00Z", "end": "2026-01-03T04:00:00Z"}})");
  REQUIRE(info);
  CHECK(info->until - info->from == std::chrono::hours(24));
  CHECK(!read_renewal_info(R"({"suggestedWindow": {"start": "2026-01-03T04:00:00Z", "end": "2026-01-02T04:00:00Z"}})"));
}

}  // namespace
}  // namespace pforte::acme
