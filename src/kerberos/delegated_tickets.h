#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/message.h"
#include "conf/problem.h"
#include "kerberos/fault.h"
#include "kerberos/gss.h"
#include "kerberos/kerberos_config.h"

namespace pforte::kerberos {

// Ticket-granting tickets that clients have forwarded: a FILE cache for each session that has one, in one folder. The
// application that may read them acts with them as the agent. Any thread; blocks.
class DelegatedTickets {
 public:
  explicit DelegatedTickets(std::string folder) : folder_(std::move(folder)) {}

  const std::string& folder() const { return folder_; }

  // As KRB5CCNAME names it: "FILE:/run/pforte-tickets/krb5cc_pforte_AAECAwQFBgcICQoLDA0ODw".
  std::string cache_of(std::string_view session) const;

  // The session's cache is there as a whole or not at all. Its group may read it where the folder has the set-group-ID
  // bit and lets its own group in. Fails with Kind::Unavailable: kerberos.ticket-cache, or as check_ticket_folder()
  // says.
  Result<> keep(std::string_view session, const Credential& forwarded);
  void remove(std::string_view session) const;

  // The sessions that something lies there of; none when the folder cannot be read.
  std::vector<std::string> sessions() const;

  // Why tickets are not kept now, or the last one was not.
  std::optional<Message> problem() const;

 private:
  Result<> write(std::string_view session, const Credential& forwarded) const;

  const std::string folder_;
  mutable std::mutex mutex_;
  std::optional<std::string> failure_;  // of the last one; under mutex_
};

// Why no tickets may lie in this folder: it is not there, others could read or replace them, or we cannot write.
std::optional<Fault> check_ticket_folder(const std::string& folder);

// Judges `delegated_tickets`, if it is set. A folder that is no good is a warning: nobody is kept from signing in.
void check_delegated_tickets(const KerberosConfig& config, conf::Problems& problems);

}  // namespace pforte::kerberos
