#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/document.h"
#include "acme/web.h"
#include "base/secret.h"
#include "crypto/signing_key.h"

namespace pforte::acme {

// What an account at a CA is made with.
struct NewAccount {
  std::vector<std::string> contact;
  std::string binding_kid;  // of an account that the CA knows by other means; empty: none
  std::optional<Secret> binding_key;
};

// Talks ACME with one CA, under one account key (RFC 8555, section 7). On its loop's thread; `loop` and `pool` must
// outlive it. Fails as Web does, with Kind::Invalid (acme.malformed), and as error_of() says for what the CA refuses.
class Client {
 public:
  Client(net::Loop& loop, net::Pool& pool, std::shared_ptr<const tls::ClientContext> trust, crypto::SigningKey key);

  // Reads the directory: first of all.
  net::Task<> open(std::string directory_url);
  const Directory& directory() const { return directory_; }
  const crypto::SigningKey& key() const { return *key_; }

  // The Retry-After of the last refusal (RFC 8555, 6.6); 0: it had none.
  std::chrono::seconds asked_pause() const { return asked_pause_; }

  // The address of our account, which is made where the CA does not know the key. What follows is asked in its name.
  net::Task<std::string> account(const NewAccount& terms);
  void use_account(std::string url) { account_ = std::move(url); }

  // An order, and where it lies. `replaces` names the certificate that it is to follow (RFC 9773, 5), or is empty.
  struct PlacedOrder {
    std::string url;
    Order order;
  };
  net::Task<PlacedOrder> place_order(std::vector<std::string> names, std::string replaces);

  // Documents that change while one waits, and for how long the CA asks not to ask again.
  template <class T>
  struct Look {
    T document;
    std::chrono::seconds retry_after{0};
  };
  net::Task<Look<Order>> order(std::string url);
  net::Task<Look<Authorization>> authorization(std::string url);

  // The CA may look for the proof now.
  net::Task<> take_up(std::string challenge_url);

  // `request` is a PKCS#10 request in DER.
  net::Task<Look<Order>> finalize(std::string url, std::string request);

  // A chain in PEM, and where others lie that end elsewhere.
  struct Chain {
    std::string pem;
    std::vector<std::string> alternates;
  };
  net::Task<Chain> chain(std::string url);

  // Where the directory has it. `certificate` is what renewal_id() says.
  net::Task<Look<RenewalInfo>> renewal_info(std::string certificate);

 private:
  net::Task<Answer> post(std::string url, std::string payload, std::string accept = "application/json");
  net::Task<Answer> post_once(std::string url, std::string payload, std::string accept);
  net::Task<> fetch_nonce();
  Result<std::string> account_payload(const NewAccount& terms) const;

  net::Loop& loop_;
  net::Pool& pool_;
  Web web_;
  std::shared_ptr<const crypto::SigningKey> key_;
  Directory directory_;
  std::string account_;
  std::chrono::seconds asked_pause_{0};
  std::string nonce_;  // empty: one has to be fetched
};

// What a CA refused, as an error: its code by the problem's type (docs/errors.md), its text with the problem's words.
// Kind::Limit when it says that we ask too often, Kind::Unavailable when the fault is the CA's, else Kind::Denied.
Error error_of(const Problem& problem, int status);

}  // namespace pforte::acme
