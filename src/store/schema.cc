#include "store/schema.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"

namespace pforte::store {
namespace {

// Numbers and instants are BIGINT, which both databases read as 64 bits. agent_end and session_end outlive what they
// refer to, so they have no foreign key.
constexpr std::string_view kFirst = R"(
CREATE TABLE store_version (version BIGINT NOT NULL);
INSERT INTO store_version VALUES (0);
CREATE TABLE counter (name TEXT PRIMARY KEY, last BIGINT NOT NULL);
INSERT INTO counter VALUES ('agent', 0);

CREATE TABLE agent (
  number BIGINT PRIMARY KEY, login TEXT NOT NULL, login_folded TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  mail TEXT NOT NULL, disabled BIGINT NOT NULL, password TEXT, made BIGINT NOT NULL);
CREATE TABLE agent_principal (
  principal TEXT NOT NULL, agent BIGINT NOT NULL REFERENCES agent (number) ON DELETE CASCADE,
  PRIMARY KEY (principal, agent));
CREATE INDEX agent_principal_agent ON agent_principal (agent);
CREATE TABLE agent_group (
  agent BIGINT NOT NULL REFERENCES agent (number) ON DELETE CASCADE, name TEXT NOT NULL, PRIMARY KEY (agent, name));
CREATE TABLE agent_token (
  digest TEXT PRIMARY KEY, agent BIGINT NOT NULL REFERENCES agent (number) ON DELETE CASCADE, label TEXT NOT NULL,
  made BIGINT NOT NULL, expires BIGINT);
CREATE INDEX agent_token_agent ON agent_token (agent);

CREATE TABLE service (name TEXT PRIMARY KEY, stopped BIGINT NOT NULL, changed BIGINT NOT NULL);

CREATE TABLE session (
  id TEXT PRIMARY KEY, agent BIGINT NOT NULL, login TEXT NOT NULL, method TEXT NOT NULL, principal TEXT NOT NULL,
  client TEXT NOT NULL, user_agent TEXT NOT NULL, began BIGINT NOT NULL, seen BIGINT NOT NULL,
  expires BIGINT NOT NULL);
CREATE INDEX session_agent ON session (agent);
CREATE INDEX session_began ON session (began);
CREATE INDEX session_expires ON session (expires);
CREATE TABLE session_end (id TEXT PRIMARY KEY, until BIGINT NOT NULL);
CREATE INDEX session_end_until ON session_end (until);
CREATE TABLE agent_end (agent BIGINT PRIMARY KEY, at BIGINT NOT NULL);

CREATE TABLE secret_key (
  purpose TEXT NOT NULL, number BIGINT NOT NULL, made BIGINT NOT NULL, secret TEXT NOT NULL,
  PRIMARY KEY (purpose, number));
)";

constexpr std::string_view kCertificates = R"(
CREATE TABLE certificate (
  sha256 TEXT PRIMARY KEY, subject TEXT NOT NULL, issuer TEXT NOT NULL, serial TEXT NOT NULL,
  not_before BIGINT NOT NULL, not_after BIGINT NOT NULL, authority BIGINT NOT NULL, source TEXT NOT NULL,
  owner TEXT NOT NULL, kept BIGINT NOT NULL, retired BIGINT, chain TEXT NOT NULL, secret TEXT);
CREATE INDEX certificate_subject ON certificate (subject);
CREATE INDEX certificate_not_after ON certificate (not_after);
CREATE TABLE certificate_name (
  name TEXT NOT NULL, certificate TEXT NOT NULL REFERENCES certificate (sha256) ON DELETE CASCADE,
  PRIMARY KEY (name, certificate));
CREATE INDEX certificate_name_certificate ON certificate_name (certificate);
CREATE TABLE certificate_use (
  kind TEXT NOT NULL, place TEXT NOT NULL,
  certificate TEXT NOT NULL REFERENCES certificate (sha256) ON DELETE CASCADE,
  first BIGINT NOT NULL, last BIGINT NOT NULL, PRIMARY KEY (kind, place, certificate));
CREATE INDEX certificate_use_certificate ON certificate_use (certificate);
CREATE TABLE certificate_alarm (
  certificate TEXT NOT NULL REFERENCES certificate (sha256) ON DELETE CASCADE, what TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (certificate, what));
INSERT INTO counter VALUES ('certificate', 0);
)";

constexpr std::string_view kAuthority = R"(
CREATE TABLE authority_certificate (
  serial TEXT PRIMARY KEY, issuer TEXT NOT NULL, subject TEXT NOT NULL, names TEXT NOT NULL, profile TEXT NOT NULL,
  not_before BIGINT NOT NULL, not_after BIGINT NOT NULL, issued BIGINT NOT NULL, revoked BIGINT,
  reason BIGINT NOT NULL, certificate TEXT NOT NULL);
CREATE INDEX authority_certificate_issued ON authority_certificate (issued);
CREATE INDEX authority_certificate_revoked ON authority_certificate (issuer, revoked);
CREATE TABLE authority_crl (
  issuer TEXT PRIMARY KEY, number BIGINT NOT NULL, revoked BIGINT NOT NULL, this_update BIGINT NOT NULL,
  next_update BIGINT NOT NULL, list TEXT NOT NULL);
)";

constexpr std::string_view kAcme = R"(
CREATE TABLE acme_account (directory TEXT PRIMARY KEY, key_pem TEXT NOT NULL, url TEXT NOT NULL);
CREATE TABLE acme_renewal (
  names TEXT PRIMARY KEY, directory TEXT NOT NULL, order_url TEXT NOT NULL, key_pem TEXT NOT NULL,
  failures BIGINT NOT NULL, tried BIGINT NOT NULL, next BIGINT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL);
)";

constexpr std::string_view kAcmeServer = R"(
CREATE TABLE acme_server_account (
  id TEXT PRIMARY KEY, thumbprint TEXT NOT NULL UNIQUE, jwk TEXT NOT NULL, contact TEXT NOT NULL,
  deactivated BIGINT NOT NULL, made BIGINT NOT NULL);
CREATE TABLE acme_server_order (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, names TEXT NOT NULL, state BIGINT NOT NULL, expires BIGINT NOT NULL,
  serial TEXT NOT NULL, chain TEXT NOT NULL);
CREATE INDEX acme_server_order_account ON acme_server_order (account);
CREATE INDEX acme_server_order_serial ON acme_server_order (serial);
CREATE TABLE acme_server_proof (
  id TEXT PRIMARY KEY, order_id TEXT NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL, token TEXT NOT NULL,
  state BIGINT NOT NULL, type TEXT NOT NULL, problem TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX acme_server_proof_order ON acme_server_proof (order_id);
)";

constexpr std::string_view kBackends = R"(
CREATE TABLE backend_drain (
  backend TEXT NOT NULL, server TEXT NOT NULL, since BIGINT NOT NULL, PRIMARY KEY (backend, server));
)";

constexpr auto kMigrations =
    std::to_array<std::string_view>({kFirst, kCertificates, kAuthority, kAcme, kAcmeServer, kBackends});

Result<std::int64_t> version_of(Store& store) {
  std::int64_t version = 0;
  auto keep = [&](const Row& row) { version = row.number(0); };
  Result<> read = store.read("SELECT version FROM store_version", {}, keep);
  // A store without tables has no version either.
  if (!read && read.error().kind() != Kind::Internal) return std::unexpected(std::move(read).error());
  if (version <= std::int64_t(kMigrations.size())) return version;
  return fail(Kind::Invalid, "store.newer",
              cat("the store has version ", version, ", made by a newer Pforte; this one knows up to version ",
                  kMigrations.size()));
}

// No text in them has a semicolon.
Result<> run(Store& store, std::string_view statements) {
  while (statements.find_first_not_of(" \n") != std::string_view::npos) {
    std::size_t end = std::min(statements.find(';'), statements.size() - 1);
    (void)TRY(store.change(statements.substr(0, end)));
    statements.remove_prefix(end + 1);
  }
  return {};
}

Result<> bring_up(Store& store) {
  // Again, now that nobody else can change it.
  std::int64_t version = TRY(version_of(store));
  for (std::string_view migration : migrations().subspan(std::size_t(version))) TRY(run(store, migration));
  (void)TRY(store.change("UPDATE store_version SET version = ?", {std::int64_t(kMigrations.size())}));
  return {};
}

}  // namespace

std::span<const std::string_view> migrations() {
  return kMigrations;
}

Result<> migrate(Store& store) {
  std::int64_t version = TRY(version_of(store));
  if (version == std::int64_t(kMigrations.size())) return {};
  return store.transact([&] { return bring_up(store); });
}

}  // namespace pforte::store
