#include "acme/server_records.h"

#include <array>

#include "base/text.h"

namespace pforte::acme {
namespace {

constexpr std::string_view kOrderColumns = "id, account, names, state, expires, serial, chain";
constexpr std::string_view kProofColumns = "id, order_id, account, name, token, state, type, problem, detail";
constexpr std::chrono::days kMemory{366};
// An account that has come to nothing by then; its client makes another when it needs one.
constexpr std::chrono::days kUnusedAccount{1};

std::int64_t number_of(Time time) {
  return std::chrono::milliseconds(time.time_since_epoch()).count();
}

std::int64_t number_of(State state) {
  return static_cast<std::int64_t>(state);
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    std::size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::string with_spaces(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += cat(text.empty() ? "" : " ", name);
  return text;
}

ServerAccount account_in(const store::Row& row) {
  return {.id = std::string(row.text(0)),
          .thumbprint = std::string(row.text(1)),
          .jwk = std::string(row.text(2)),
          .contact = std::string(row.text(3)),
          .deactivated = row.number(4) != 0};
}

ServerOrder order_in(const store::Row& row) {
  return {.id = std::string(row.text(0)),
          .account = std::string(row.text(1)),
          .names = split(row.text(2)),
          .state = static_cast<State>(row.number(3)),
          .expires = Time(std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds(row.number(4)))),
          .serial = std::string(row.text(5)),
          .chain = std::string(row.text(6))};
}

ServerProof proof_in(const store::Row& row) {
  return {.id = std::string(row.text(0)),
          .order = std::string(row.text(1)),
          .account = std::string(row.text(2)),
          .name = std::string(row.text(3)),
          .token = std::string(row.text(4)),
          .state = static_cast<State>(row.number(5)),
          .type = std::string(row.text(6)),
          .problem = {.type = std::string(row.text(7)), .detail = std::string(row.text(8)), .parts = {}}};
}

}  // namespace

Result<std::optional<ServerAccount>> ServerRecords::account(const std::string& id) {
  std::optional<ServerAccount> found;
  TRY(store_.read("SELECT id, thumbprint, jwk, contact, deactivated FROM acme_server_account WHERE id = ?", {id},
                  [&](const store::Row& row) { found = account_in(row); }));
  return found;
}

Result<std::optional<ServerAccount>> ServerRecords::account_with_key(const std::string& thumbprint) {
  std::optional<ServerAccount> found;
  TRY(store_.read("SELECT id, thumbprint, jwk, contact, deactivated FROM acme_server_account WHERE thumbprint = ?",
                  {thumbprint}, [&](const store::Row& row) { found = account_in(row); }));
  return found;
}

Result<> ServerRecords::keep(const ServerAccount& account) {
  return store_.transact([&]() -> Result<> {
    std::uint64_t changed = TRY(store_.change(
        "UPDATE acme_server_account SET thumbprint = ?, jwk = ?, contact = ?, deactivated = ? WHERE id = ?",
        {account.thumbprint, account.jwk, account.contact, std::int64_t(account.deactivated), account.id}));
    if (changed > 0) return {};
    (void)TRY(
        store_.change("INSERT INTO acme_server_account (id, thumbprint, jwk, contact, deactivated, made) "
                      "VALUES (?, ?, ?, ?, ?, ?)",
                      {account.id, account.thumbprint, account.jwk, account.contact, std::int64_t(account.deactivated),
                       store::now_in_store()}));
    return {};
  });
}

Result<std::int64_t> ServerRecords::accounts() {
  std::int64_t count = 0;
  TRY(store_.read("SELECT COUNT(*) FROM acme_server_account", {},
                  [&](const store::Row& row) { count = row.number(0); }));
  return count;
}

Result<> ServerRecords::add(const ServerOrder& order, const std::vector<ServerProof>& proofs) {
  return store_.transact([&]() -> Result<> {
    (void)TRY(store_.change(
        "INSERT INTO acme_server_order (id, account, names, state, expires, serial, chain) VALUES (?, ?, ?, ?, ?, '', "
        "'')",
        {order.id, order.account, with_spaces(order.names), number_of(order.state), number_of(order.expires)}));
    for (const ServerProof& one : proofs) {
      (void)TRY(store_.change(
          "INSERT INTO acme_server_proof (id, order_id, account, name, token, state, type, problem, detail) "
          "VALUES (?, ?, ?, ?, ?, ?, '', '', '')",
          {one.id, order.id, order.account, one.name, one.token, number_of(one.state)}));
    }
    return {};
  });
}

Result<std::optional<ServerOrder>> ServerRecords::order(const std::string& id) {
  std::optional<ServerOrder> found;
  TRY(store_.read(cat("SELECT ", kOrderColumns, " FROM acme_server_order WHERE id = ?"), {id},
                  [&](const store::Row& row) { found = order_in(row); }));
  return found;
}

Result<std::optional<ServerOrder>> ServerRecords::order_of_serial(const std::string& serial) {
  std::optional<ServerOrder> found;
  TRY(store_.read(cat("SELECT ", kOrderColumns, " FROM acme_server_order WHERE serial = ?"), {serial},
                  [&](const store::Row& row) { found = order_in(row); }));
  return found;
}

Result<std::int64_t> ServerRecords::open_orders(const std::string& account, Time now) {
  std::int64_t count = 0;
  TRY(store_.read(
      "SELECT COUNT(*) FROM acme_server_order WHERE account = ? AND state <> ? AND state <> ? AND expires > ?",
      {account, number_of(State::Valid), number_of(State::Invalid), number_of(now)},
      [&](const store::Row& row) { count = row.number(0); }));
  return count;
}

Result<std::int64_t> ServerRecords::open_orders(Time now) {
  std::int64_t count = 0;
  TRY(store_.read("SELECT COUNT(*) FROM acme_server_order WHERE state <> ? AND state <> ? AND expires > ?",
                  {number_of(State::Valid), number_of(State::Invalid), number_of(now)},
                  [&](const store::Row& row) { count = row.number(0); }));
  return count;
}

Result<std::uint64_t> ServerRecords::forget_unproved(std::int64_t most, Time now) {
  // An order expires a set time after it was made. Twice the same ones: nothing here depends on proofs that are not
  // valid.
  constexpr std::string_view kUnproved =
      "(SELECT id FROM acme_server_order WHERE state = ? AND expires > ? AND account NOT IN "
      "(SELECT account FROM acme_server_order WHERE state = ?) AND id NOT IN "
      "(SELECT order_id FROM acme_server_proof WHERE state = ?) ORDER BY expires, id LIMIT ?)";
  std::uint64_t forgotten = 0;
  auto forget = [&]() -> Result<> {
    store::Store::Values values = {number_of(State::Pending), number_of(now), number_of(State::Valid),
                                   number_of(State::Valid), most};
    (void)TRY(store_.change(cat("DELETE FROM acme_server_proof WHERE order_id IN ", kUnproved), values));
    forgotten = TRY(store_.change(cat("DELETE FROM acme_server_order WHERE id IN ", kUnproved), values));
    return {};
  };
  TRY(store_.transact(forget));
  return forgotten;
}

Result<bool> ServerRecords::finish(const std::string& order, const std::string& serial, const std::string& chain) {
  std::uint64_t changed =
      TRY(store_.change("UPDATE acme_server_order SET state = ?, serial = ?, chain = ? WHERE id = ? AND state = ?",
                        {number_of(State::Valid), serial, chain, order, number_of(State::Ready)}));
  return changed == 1;
}

Result<std::optional<ServerProof>> ServerRecords::proof(const std::string& id) {
  std::optional<ServerProof> found;
  TRY(store_.read(cat("SELECT ", kProofColumns, " FROM acme_server_proof WHERE id = ?"), {id},
                  [&](const store::Row& row) { found = proof_in(row); }));
  return found;
}

Result<std::vector<ServerProof>> ServerRecords::proofs_of(const std::string& order) {
  std::vector<ServerProof> all;
  TRY(store_.read(cat("SELECT ", kProofColumns, " FROM acme_server_proof WHERE order_id = ? ORDER BY name"), {order},
                  [&](const store::Row& row) { all.push_back(proof_in(row)); }));
  return all;
}

Result<bool> ServerRecords::take_up(const std::string& proof, const std::string& type) {
  std::uint64_t changed =
      TRY(store_.change("UPDATE acme_server_proof SET state = ?, type = ? WHERE id = ? AND state = ?",
                        {number_of(State::Processing), type, proof, number_of(State::Pending)}));
  return changed == 1;
}

Result<> ServerRecords::conclude(const std::string& id, const std::optional<Problem>& problem) {
  return store_.transact([&]() -> Result<> {
    std::optional<ServerProof> proof = TRY(this->proof(id));
    if (!proof) return {};
    Problem said = problem.value_or(Problem());
    (void)TRY(store_.change("UPDATE acme_server_proof SET state = ?, problem = ?, detail = ? WHERE id = ?",
                            {number_of(problem ? State::Invalid : State::Valid), said.type, said.detail, id}));
    State next = State::Ready;
    for (const ServerProof& one : TRY(proofs_of(proof->order))) {
      if (one.state == State::Invalid) next = State::Invalid;
      if (one.state != State::Valid && next == State::Ready) next = State::Pending;
    }
    (void)TRY(store_.change("UPDATE acme_server_order SET state = ? WHERE id = ? AND state = ?",
                            {number_of(next), proof->order, number_of(State::Pending)}));
    return {};
  });
}

Result<> ServerRecords::forget_old(Time now) {
  constexpr std::string_view kOld = "WHERE (chain = '' AND expires < ?) OR expires < ?";
  return store_.transact([&]() -> Result<> {
    (void)TRY(store_.change(
        cat("DELETE FROM acme_server_proof WHERE order_id IN (SELECT id FROM acme_server_order ", kOld, ")"),
        {number_of(now), number_of(now - kMemory)}));
    (void)TRY(store_.change(cat("DELETE FROM acme_server_order ", kOld), {number_of(now), number_of(now - kMemory)}));
    return {};
  });
}

Result<> ServerRecords::forget_unused_accounts(Time now) {
  (void)TRY(
      store_.change("DELETE FROM acme_server_account WHERE made < ? AND NOT EXISTS "
                    "(SELECT 1 FROM acme_server_order WHERE acme_server_order.account = acme_server_account.id)",
                    {number_of(now - kUnusedAccount)}));
  return {};
}

}  // namespace pforte::acme
