#include "acme/remedy.h"

#include <doctest/doctest.h>

#include "acme/client.h"

namespace pforte::acme {
namespace {

TEST_CASE("whatever a CA refuses has a remedy in both languages") {
  for (std::string_view type : {"rateLimited", "serverInternal", "externalAccountRequired", "userActionRequired",
                                "accountDoesNotExist", "invalidContact", "rejectedIdentifier", "caa", "dns",
                                "connection", "tls", "incorrectResponse", "unauthorized", "malformed", ""}) {
    CAPTURE(type);
    Error error = error_of({.type = std::string(type), .detail = "x", .parts = {}}, 403);
    Message remedy = remedy_for(error.code());
    CHECK(!remedy.en.empty());
    CHECK(!remedy.de.empty());
  }
}

TEST_CASE("a refusal without a document is judged by its status") {
  CHECK(error_of({}, 429).kind() == Kind::Limit);
  CHECK(error_of({}, 503).kind() == Kind::Unavailable);
  CHECK(error_of({}, 404).kind() == Kind::NotFound);
  CHECK(error_of({}, 403).kind() == Kind::Denied);
  CHECK(error_of({}, 403).text() == "status 403");
}

TEST_CASE("a refusal is told in the CA's words, with its parts") {
  Problem problem{.type = "rejectedIdentifier", .detail = "no", .parts = {"a.example: not ours"}};
  CHECK(error_of(problem, 400).text() == "no; a.example: not ours (rejectedIdentifier)");
}

}  // namespace
}  // namespace pforte::acme
