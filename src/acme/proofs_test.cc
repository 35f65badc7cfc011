#include "acme/proofs.h"

#include <doctest/doctest.h>

namespace pforte::acme {
namespace {

TEST_CASE("a page is found by its whole path alone") {
  Proofs proofs;
  proofs.pages["token"] = "token.thumbprint";
  CHECK(*proofs.page_at("/.well-known/acme-challenge/token") == "token.thumbprint");
  for (std::string_view path : {"/.well-known/acme-challenge/", "/.well-known/acme-challenge/token/",
                                "/.well-known/acme-challenge/toke", "/token", "/x/.well-known/acme-challenge/token"}) {
    CAPTURE(path);
    CHECK(proofs.page_at(path) == nullptr);
  }
}

}  // namespace
}  // namespace pforte::acme
