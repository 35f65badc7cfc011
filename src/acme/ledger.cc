#include "acme/ledger.h"

namespace pforte::acme {
namespace {

std::int64_t in_store(Time time) {
  return std::chrono::milliseconds(time.time_since_epoch()).count();
}

Time from_store(std::int64_t milliseconds) {
  return Time(std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds(milliseconds)));
}

}  // namespace

Result<std::optional<KeptAccount>> Ledger::account(const std::string& directory) {
  std::optional<KeptAccount> account;
  TRY(store_.read("SELECT key_pem, url FROM acme_account WHERE directory = ?", {directory}, [&](const store::Row& row) {
    account.emplace(KeptAccount{.key_pem = Secret(row.text(0)), .url = std::string(row.text(1))});
  }));
  return account;
}

Result<> Ledger::keep(const std::string& directory, const KeptAccount& account) {
  return store_.transact([&]() -> Result<> {
    (void)TRY(store_.change("DELETE FROM acme_account WHERE directory = ?", {directory}));
    (void)TRY(store_.change("INSERT INTO acme_account (directory, key_pem, url) VALUES (?, ?, ?)",
                            {directory, std::string(account.key_pem.reveal()), account.url}));
    return {};
  });
}

Result<> Ledger::forget_address(const std::string& directory) {
  (void)TRY(store_.change("UPDATE acme_account SET url = '' WHERE directory = ?", {directory}));
  return {};
}

Result<Renewal> Ledger::renewal(const std::string& names) {
  Renewal renewal;
  renewal.names = names;
  TRY(
      store_.read("SELECT directory, order_url, key_pem, failures, tried, next, code, reason FROM acme_renewal "
                  "WHERE names = ?",
                  {names}, [&](const store::Row& row) {
                    renewal.directory = row.text(0);
                    renewal.order = row.text(1);
                    if (!row.text(2).empty()) renewal.key_pem = std::make_shared<const Secret>(row.text(2));
                    renewal.failures = std::uint32_t(row.number(3));
                    renewal.tried = from_store(row.number(4));
                    renewal.next = from_store(row.number(5));
                    renewal.code = row.text(6);
                    renewal.reason = row.text(7);
                  }));
  return renewal;
}

Result<> Ledger::keep(const Renewal& renewal) {
  std::string key(renewal.key_pem ? renewal.key_pem->reveal() : "");
  return store_.transact([&]() -> Result<> {
    (void)TRY(store_.change("DELETE FROM acme_renewal WHERE names = ?", {renewal.names}));
    (void)TRY(store_.change(
        "INSERT INTO acme_renewal (names, directory, order_url, key_pem, failures, tried, next, code, reason) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {renewal.names, renewal.directory, renewal.order, key, std::int64_t(renewal.failures), in_store(renewal.tried),
         in_store(renewal.next), renewal.code, renewal.reason}));
    return {};
  });
}

}  // namespace pforte::acme
