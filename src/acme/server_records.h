#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acme/document.h"
#include "acme/renewal_time.h"
#include "base/error.h"
#include "store/store.h"

namespace pforte::acme {

// What our ACME server remembers (RFC 8555, 7.1): who has an account, what was ordered, what was proved.

struct ServerAccount {
  std::string id;
  std::string thumbprint;  // of its key
  std::string jwk;
  std::string contact;  // a list in JSON
  bool deactivated = false;
};

struct ServerOrder {
  std::string id;
  std::string account;             // its id
  std::vector<std::string> names;  // lower case
  State state = State::Pending;
  Time expires{};
  std::string serial = {};  // of the certificate, in hexadecimal; empty before
  std::string chain = {};   // PEM; empty before
};

// An authorization: the proof for one name of one order.
struct ServerProof {
  std::string id;
  std::string order;
  std::string account;
  std::string name;
  std::string token;
  State state = State::Pending;
  std::string type = {};  // of the challenge that was taken up; empty: none yet
  Problem problem = {};   // where it is invalid
};

// In the store. Any thread; blocks. Fails as store::Store does.
class ServerRecords {
 public:
  explicit ServerRecords(store::Store& store) : store_(store) {}

  Result<std::optional<ServerAccount>> account(const std::string& id);
  Result<std::optional<ServerAccount>> account_with_key(const std::string& thumbprint);
  // Also one that is there already. Fails with Kind::Invalid (store.conflict) when another account has the key.
  Result<> keep(const ServerAccount& account);
  Result<std::int64_t> accounts();

  Result<> add(const ServerOrder& order, const std::vector<ServerProof>& proofs);
  Result<std::optional<ServerOrder>> order(const std::string& id);
  Result<std::optional<ServerOrder>> order_of_serial(const std::string& serial);
  // Orders that may still come to a certificate: of an account, and of all.
  Result<std::int64_t> open_orders(const std::string& account, Time now);
  Result<std::int64_t> open_orders(Time now);
  // Makes room: up to so many open orders that nothing was proved for, of accounts that have obtained nothing, are
  // forgotten, the oldest first. How many were.
  Result<std::uint64_t> forget_unproved(std::int64_t most, Time now);
  // It has come to a certificate. False: it was not ready, or somebody else was faster.
  Result<bool> finish(const std::string& order, const std::string& serial, const std::string& chain);

  Result<std::optional<ServerProof>> proof(const std::string& id);
  Result<std::vector<ServerProof>> proofs_of(const std::string& order);
  // A challenge of it is being looked at. False: it was not pending.
  Result<bool> take_up(const std::string& proof, const std::string& type);
  // What came of looking, and what it means for its order.
  Result<> conclude(const std::string& proof, const std::optional<Problem>& problem);

  // Orders that have expired without a certificate, and certificates' orders a year after.
  Result<> forget_old(Time now);
  // Accounts that are a day old and have no order.
  Result<> forget_unused_accounts(Time now);

 private:
  store::Store& store_;
};

}  // namespace pforte::acme
