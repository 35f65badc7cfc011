#include "gate/form_token.h"

#include <doctest/doctest.h>

namespace pforte::gate {

namespace {

crypto::SealingKeys some_keys() {
  std::vector<crypto::SealingKeys::Key> keys;
  keys.push_back({.number = 1, .secret = Secret(std::string(crypto::SealingKeys::kSecretBytes, 'k'))});
  return crypto::SealingKeys(std::move(keys));
}

constexpr FormTime kAsked = FormTime(std::chrono::seconds(1'800'000'000));

}  // namespace

TEST_CASE("a form's token is good for its browser, its host and an hour") {
  crypto::SealingKeys keys = some_keys();
  std::string token = make_form_token("nonce", "crm.example.com", kAsked, keys);
  CHECK(is_form_token(token, "nonce", "crm.example.com", kAsked, keys));
  CHECK(is_form_token(token, "nonce", "crm.example.com", kAsked + kFormTokenLife, keys));
  CHECK_FALSE(
      is_form_token(token, "nonce", "crm.example.com", kAsked + kFormTokenLife + std::chrono::seconds(1), keys));
  CHECK_FALSE(is_form_token(token, "other", "crm.example.com", kAsked, keys));
  CHECK_FALSE(is_form_token(token, "nonce", "evil.example.com", kAsked, keys));
}

TEST_CASE("a form's token of a worker whose clock was read a little later is good") {
  crypto::SealingKeys keys = some_keys();
  std::string token = make_form_token("nonce", "crm.example.com", kAsked, keys);
  CHECK(is_form_token(token, "nonce", "crm.example.com", kAsked - std::chrono::seconds(2), keys));
  CHECK_FALSE(is_form_token(token, "nonce", "crm.example.com", kAsked - std::chrono::seconds(3), keys));
}

TEST_CASE("nothing else is a form's token") {
  crypto::SealingKeys keys = some_keys();
  CHECK_FALSE(is_form_token("", "nonce", "crm.example.com", kAsked, keys));
  CHECK_FALSE(is_form_token("AAAA", "nonce", "crm.example.com", kAsked, keys));
  CHECK_FALSE(is_form_token(keys.seal("nonsense", "form crm.example.com"), "nonce", "crm.example.com", kAsked, keys));
  std::string unbound = make_form_token("", "crm.example.com", kAsked, keys);
  CHECK_FALSE(is_form_token(unbound, "", "crm.example.com", kAsked, keys));
}

}  // namespace pforte::gate
