#pragma once

#include <atomic>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acme/claims.h"
#include "acme/nonces.h"
#include "acme/server_config.h"
#include "acme/server_records.h"
#include "acme/server_tally.h"
#include "acme/signed_request.h"
#include "authority/authority.h"
#include "base/secret.h"
#include "http/message.h"

namespace pforte::acme {

// A request to our ACME server.
struct ServerQuestion {
  std::string client = {};  // its address, for the log
  http::Method method = http::Method::Get;
  std::string base;  // what all its addresses begin with: "https://pki.example.com/.pforte/ca/acme"
  std::string path;  // behind it: "/new-order"
  std::string type;  // Content-Type without parameters
  std::string body;
};

// A proof that is to be looked for: http-01.
struct Lookup {
  std::string client = {}, account = {};  // whose it is, for the log
  std::string proof;                      // its id
  std::string name;
  std::string token;
  std::string key_authorization;
  Claims::Claim claim;  // until it is concluded nobody else looks
};

struct ServerAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  std::optional<Lookup> lookup;  // whoever has it looks, and calls Server::conclude()
};

// An ACME server (RFC 8555) before the company CA: accounts, orders, proofs by http-01, certificates, their revocation,
// and when to renew them (RFC 9773). Any thread; blocks.
class Server {
 public:
  struct Terms {
    ServerConfig config;
    std::vector<std::pair<std::string, Secret>> customers;  // identifier and key, decoded
    std::chrono::seconds lifetime = std::chrono::days(90);
  };

  // The tally must outlive it.
  Server(std::shared_ptr<const authority::Authority> authority, std::unique_ptr<store::Store> store, Terms terms,
         ServerTally& tally)
      : authority_(std::move(authority)),
        store_(std::move(store)),
        records_(*store_),
        terms_(std::move(terms)),
        tally_(tally) {}

  // Whatever is asked has an answer; what is refused is a problem document.
  ServerAnswer answer(const ServerQuestion& question);

  // What came of a lookup; `problem` with its type where the proof is none. Fails as the store does.
  Result<> conclude(const Lookup& lookup, const std::optional<Problem>& problem);

  std::uint16_t http_port() const { return terms_.config.http_port; }

 private:
  // Why a request is refused (6.7).
  struct Refused {
    int status;
    std::string_view type;
    std::string detail;
    std::chrono::seconds again{0};  // may be asked then; 0: never as it is
    // For the log, as far as they are known by then.
    std::string account = {};
    std::vector<std::string> names = {};
    bool binding = false;  // see Refusal
  };
  template <class T>
  using Outcome = std::expected<T, Refused>;
  // A request that is who it says it is.
  struct Call {
    const ServerQuestion& question;
    SignedRequest request;
    std::optional<ServerAccount> account;  // none: it has named a key alone
  };

  template <class T>
  static Outcome<T> stored(Result<T> result);
  static Outcome<ServerAnswer> refused(int status, std::string_view type, std::string detail);
  ServerAnswer directory(const ServerQuestion& question) const;
  Outcome<ServerAnswer> reply(const ServerQuestion& question);
  Outcome<Call> identify(const ServerQuestion& question);
  Outcome<ServerAnswer> dispatch(const Call& call);
  std::vector<std::string> names_concerned(const Call& call);

  Outcome<ServerAnswer> new_account(const Call& call);
  Outcome<void> make_room_for_account();
  Outcome<ServerAnswer> change_account(const Call& call, const std::string& id);
  Outcome<ServerAnswer> key_change(const Call& call);
  Outcome<void> check_binding(const Call& call, const std::string& binding) const;
  static ServerAnswer account_page(const Call& call, const ServerAccount& account, int status);

  Outcome<ServerAnswer> new_order(const Call& call);
  Outcome<std::vector<std::string>> names_in(const Call& call) const;
  Outcome<void> check_room(const Call& call, Time now);
  Outcome<void> forget_old(Time now);
  Outcome<ServerOrder> own_order(const Call& call, const std::string& id);
  Outcome<ServerProof> own_proof(const Call& call, const std::string& id);
  Outcome<ServerAnswer> order_page(const Call& call, const ServerOrder& order, int status);
  Outcome<ServerAnswer> proof_page(const Call& call, const std::string& id);
  Outcome<ServerAnswer> challenge(const Call& call, const std::string& id);
  Outcome<ServerAnswer> finalize(const Call& call, const std::string& id);
  Outcome<ServerAnswer> issue_for(const Call& call, const std::string& id);
  std::optional<Lookup> lookup_for(const Call& call, const ServerOrder& order, const ServerProof& proof);
  Outcome<ServerAnswer> certificate(const Call& call, const std::string& id);
  Outcome<ServerAnswer> revoke(const Call& call);
  Outcome<ServerAnswer> renewal_info(const std::string& id);

  std::shared_ptr<const authority::Authority> authority_;
  std::unique_ptr<store::Store> store_;
  ServerRecords records_;
  Terms terms_;
  ServerTally& tally_;
  Nonces nonces_;
  std::atomic<Time> forgotten_ = Time();  // what is old, the last time
  // Proofs that are being looked for, of an account and of all. Further ones wait until their client asks again.
  Claims lookups_{{.of_one = 4, .of_all = 64}};
  Claims issuances_;  // orders that are being finalized
};

template <class T>
Server::Outcome<T> Server::stored(Result<T> result) {
  if (!result) return std::unexpected(Refused{500, "serverInternal", "the CA's record cannot be used", {}});
  if constexpr (!std::is_void_v<T>)
    return *std::move(result);
  else
    return {};
}

}  // namespace pforte::acme
