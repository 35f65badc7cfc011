#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/secret.h"
#include "conf/problem.h"
#include "gate/accounts.h"
#include "gate/config.h"
#include "gate/inquiry.h"
#include "identity/password_login.h"
#include "identity/principal_login.h"
#include "identity/proof_of_agent.h"
#include "kerberos/acceptor.h"
#include "kerberos/delegated_tickets.h"
#include "kerberos/keytab_file.h"
#include "net/address.h"
#include "net/loop.h"
#include "net/pool.h"

namespace pforte::gate {

// Threads on which signing in blocks. Tickets have their own, so that a directory that is slow holds up nobody who has
// one. The loops of those who wait outlive them.
struct SignInPools {
  net::Pool tickets;
  net::Pool passwords;
};

// What came of one leg of a ticket exchange.
struct TicketOutcome {
  std::string answer;                            // token to send back; may be empty
  std::optional<identity::ProvenAgent> agent;    // none: another leg follows
  std::unique_ptr<kerberos::HalfExchange> half;  // for it
  kerberos::Credential forwarded = {};           // what came along to be kept; null: nothing
};

// Signs people in, as one configuration says. Any thread; what blocks runs on the pools. Kept alive by whatever is
// under way.
class SignIn : public std::enable_shared_from_this<SignIn> {
 public:
  // Everything must outlive it. What of the configuration cannot work goes to `problems`; null exactly when that is an
  // error.
  static std::shared_ptr<SignIn> make(const Config& config, Accounts& accounts, SignInPools& pools,
                                      conf::Problems& problems);

  // The configuration is in force from now on: lets the Kerberos library read it. Fails as kerberos::use_krb5_config()
  // does.
  Result<> take_force();

  const identity::SignInConfig& config() const { return config_; }
  bool runs(identity::Provider provider) const;
  // Whether any provider takes a login and a password now.
  bool takes_passwords() const;

  // None of these tasks fails: what came says why somebody was not signed in; Kind::Limit (sign-in.busy) when too many
  // wait.

  // One leg; `token` is decoded. Else as kerberos::Acceptor and identity::PrincipalLogin fail.
  net::Task<Inquired<TicketOutcome>> by_ticket(net::Loop& loop, std::string token, std::string binding,
                                               std::unique_ptr<kerberos::HalfExchange> half, net::Address source);

  // Else as identity::PasswordLogin fails.
  net::Task<Inquired<identity::ProvenAgent>> by_password(net::Loop& loop, std::string login, Secret password,
                                                         net::Address source);

  // By a token of an agent. Kind::Denied (sign-in.token).
  net::Task<Inquired<identity::ProvenAgent>> by_token(net::Loop& loop, std::string token);

  Accounts& accounts() { return accounts_; }
  // Other work that blocks, but not for long.
  net::Task<> run(net::Loop& loop, std::move_only_function<Result<>()> work);

  // Where tickets that clients forward are kept; null: they are dropped.
  kerberos::DelegatedTickets* tickets() const { return tickets_.get(); }

  // The service principals and what is wrong with them; empty without Kerberos.
  std::vector<kerberos::KeyStatus> keys() const;
  // Versions of its keys that tickets name and its keytab lacks.
  std::vector<KeyDrift> drifts_of(const kerberos::KeyStatus& key) const {
    return accounts_.key_drifts().of(key.principal, key.key_versions);
  }
  // The newer ones of all services, but for those that were contradicted.
  std::uint64_t alarming_drifts() const;
  // The directory's servers, in the order in which they are asked; empty without one.
  std::vector<identity::LdapServerState> ldap_servers() const { return passwords_.ldap_servers(); }

 private:
  SignIn(const Config& config, Accounts& accounts, SignInPools& pools);
  Result<TicketOutcome> take_ticket(const std::string& token, const std::string& binding,
                                    std::unique_ptr<kerberos::HalfExchange> half, const net::Address& source,
                                    Inquiry& inquiry);
  Result<kerberos::Leg> accept(const std::string& token, const std::string& binding,
                               std::unique_ptr<kerberos::HalfExchange>& half, Inquiry& inquiry);
  Result<identity::ProvenAgent> take_token(const std::string& token, Inquiry& inquiry);

  identity::SignInConfig config_;
  std::optional<kerberos::KerberosConfig> kerberos_;
  std::string state_dir_;
  Accounts& accounts_;
  SignInPools& pools_;
  std::unique_ptr<kerberos::Acceptor> acceptor_;         // null without Kerberos
  std::unique_ptr<kerberos::DelegatedTickets> tickets_;  // null where none are kept
  // Open for as long as this is in force: while nobody has it open, the library reads its files anew for each ticket.
  kerberos::Library library_;
  identity::PrincipalLogin principals_;
  identity::PasswordLogin passwords_;
  std::atomic<int> waiting_tickets_ = 0;
  std::atomic<int> waiting_passwords_ = 0;
};

// Looks at the files that signing in needs, such as keytabs, as a start does, but without the store. What is wrong with
// them goes to `problems`.
void check_sign_in_files(const Config& config, conf::Problems& problems);

}  // namespace pforte::gate
