#include "inventory/material.h"

#include <doctest/doctest.h>

#include <string>

#include "crypto/certificate_outline.h"
#include "crypto/key_file.h"
#include "crypto/pkcs12.h"
#include "crypto/testing.h"
#include "inventory/importing.h"
#include "store/testing.h"

namespace pforte::inventory {
namespace {

using crypto::Identity;
using crypto::testing::issue;
using crypto::testing::make_authority;
using crypto::testing::pem_of;

struct Found {
  std::size_t certificates, keys;
};

Found found_in(std::string_view content, const std::optional<Secret>& password = std::nullopt) {
  Material material;
  Result<> added = add_material(content, "file", password, material);
  CAPTURE(added ? "" : added.error().text());
  REQUIRE(added);
  return {material.certificates.size(), material.keys.size()};
}

TEST_CASE("a file holds certificates, a key, or both, in PEM, DER or PKCS#12") {
  Identity made = issue({}, nullptr);
  std::string pem = pem_of(*made.chain.front());
  Secret key_der = crypto::private_key_der(*made.key).value();
  Secret password("changeit");
  std::string p12 = crypto::make_pkcs12(made, "alias", password).value();
  CHECK(found_in(pem).certificates == 1);
  CHECK(found_in(pem + pem).certificates == 1);
  CHECK(found_in(pem + pem_of(*made.key)).keys == 1);
  CHECK(found_in(pem + pem_of(*made.key, "secret"), Secret("secret")).keys == 1);
  CHECK(found_in(crypto::der_of(*made.chain.front())).certificates == 1);
  CHECK(found_in(key_der.reveal()).keys == 1);
  CHECK(found_in(p12, Secret("changeit")).certificates == 1);
  CHECK(found_in(p12, Secret("changeit")).keys == 1);
}

TEST_CASE("what cannot be imported names the file and the cause") {
  Identity made = issue({}, nullptr);
  std::string p12 = crypto::make_pkcs12(made, "alias", Secret("changeit")).value();
  struct Row {
    std::string content;
    std::string_view password, code;
  };
  const Row rows[] = {
      {"", "", "key.damaged"},
      {"nothing", "", "key.damaged"},
      {"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", "", "certificate.none"},
      {pem_of(*made.key, "secret"), "", "key.password-missing"},
      {pem_of(*made.key, "secret"), "wrong", "key.password-wrong"},
      {p12, "", "trust.password-missing"},
      {p12, "wrong", "trust.password-wrong"},
      {p12.substr(0, 300), "changeit", "trust.damaged"},
      {crypto::der_of(*made.chain.front()).substr(0, 300), "", "certificate.damaged"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    std::optional<Secret> password;
    if (!row.password.empty()) password.emplace(row.password);
    Material material;
    Result<> added = add_material(row.content, "file", password, material);
    REQUIRE(!added);
    CHECK(added.error().code() == row.code);
    CHECK(added.error().text().starts_with("file"));
  }
}

TEST_CASE("a chain is completed up to the root, from the files and from what is known") {
  store::testing::TemporaryStore store;
  Inventory inventory(*store);
  Identity root = make_authority("root");
  Identity between = issue({.subject = "between", .names = "", .authority = true}, &root);
  Identity leaf = issue({.subject = "leaf"}, &between);
  auto import = [&](std::initializer_list<const Identity*> identities, const Identity* with_key) {
    Material material;
    for (const Identity* one : identities)
      CHECK(add_material(pem_of(*one->chain.front()), "file", std::nullopt, material));
    if (with_key) CHECK(add_material(pem_of(*with_key->key), "key", std::nullopt, material));
    return import_material(inventory, *store, material, "IT");
  };
  auto alone = import({&leaf}, &leaf).value();
  CHECK(alone.front().missing_issuer == "CN=between");
  CHECK(alone.front().chain_length == 1);
  CHECK(import({&root}, nullptr));
  auto whole = import({&between, &leaf}, &leaf).value();
  REQUIRE(whole.size() == 1);
  CHECK(whole.front().missing_issuer == "");
  CHECK(whole.front().chain_length == 2);
  CHECK(whole.front().entry.has_key);
  auto again = import({&leaf}, nullptr).value();
  CHECK(again.front().chain_length == 2);
  CHECK(again.front().entry.has_key);
  auto foreign = import({&leaf}, &root);
  REQUIRE(!foreign);
  CHECK(foreign.error().code() == "certificate.key-mismatch");
}

}  // namespace
}  // namespace pforte::inventory
