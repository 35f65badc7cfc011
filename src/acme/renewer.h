#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/issuance.h"
#include "base/message.h"
#include "net/signal.h"
#include "net/together.h"

namespace pforte::acme {

// A certificate that sites need.
struct Wanted {
  std::vector<std::string> names;  // lower case; sorted
  std::string ca;                  // the only one that may issue it; empty: all, in the order of the configuration
};

// What an operator is told of one.
struct RenewalStatus {
  enum class State : std::uint8_t { Waiting, UnderWay, Failing };
  std::vector<std::string> names;
  std::string ca;  // that has been asked last, or will be
  State state = State::Waiting;
  std::optional<Time> expires;  // of the certificate in use; none: there is none
  std::optional<Time> next;     // attempt
  std::optional<Time> tried;    // the last attempt
  unsigned failures = 0;        // in a row
  std::string code, reason;     // of the last failure; empty: there was none since
  Message remedy;
};

// Obtains certificates and renews them in time, one after the other. On its loop's thread. Destroying it ends that.
class Renewer {
 public:
  // All must outlive it.
  Renewer(net::Loop& loop, net::Pool& pool, store::Store& store, Showcase& showcase);

  // What is to be looked after from now on.
  void follow(std::vector<CaConfig> cas, const std::vector<Wanted>& wanted);

  // Tries those that have `name` (empty: all) at once if they are due or have failed; with `force` in any case. Ends
  // when that is done: with what came of each. Fails with Kind::NotFound (acme.unknown-name) when none has it.
  net::Task<std::vector<RenewalStatus>> renew(std::string name, bool force);

  std::vector<RenewalStatus> status() const;

  // How many attempts have ended well, and badly.
  std::uint64_t succeeded() const { return succeeded_; }
  std::uint64_t failed() const { return failed_; }

 private:
  // The certificate in use.
  struct Current {
    Time not_before, not_after;
    std::string id;  // renewal_id()
  };
  // One that is looked after.
  struct Care {
    Wanted wanted;
    std::string key;  // of the ledger
    Renewal renewal;
    std::optional<Current> current;
    std::optional<RenewalInfo> window;  // what the CA says of `current`
    std::string window_of;              // the id it was asked for
    Time window_due{};                  // ask again then
    Time due{};                         // the next attempt
    Time read_at{};                     // the store was looked at
    bool known = false;                 // it has been
    bool under_way = false;
    bool ordered = false;        // by an operator: at once
    std::uint64_t attempts = 0;  // that have ended
  };
  using Cares = std::vector<std::shared_ptr<Care>>;

  void wake();
  net::Task<> run();
  net::Task<> sleep();
  net::Task<> rung();
  net::Task<> look_after(std::shared_ptr<Care> care);
  net::Task<> read(Care& care);
  net::Task<> ask_window(Care& care);
  net::Task<Client::Look<RenewalInfo>> window_at(CaConfig ca, std::string id);
  void settle_due(Care& care) const;
  net::Task<> attempt(std::shared_ptr<Care> care);
  net::Task<> issue(Care& care, CaConfig ca);
  net::Task<> forget_account(const CaConfig& ca);
  net::Task<> check_gain(Care& care);
  static Renewal failure_of(const Care& care, const Issuance& issuance, const Error& error, unsigned failures);
  const CaConfig* ca_for(const Care& care) const;
  RenewalStatus status_of(const Care& care) const;

  net::Loop& loop_;
  net::Pool& pool_;
  net::Pool hooks_{1};
  Workshop workshop_;
  std::vector<CaConfig> cas_;
  Cares cares_;
  std::uint64_t succeeded_ = 0;
  std::uint64_t failed_ = 0;
  bool woken_ = false;
  net::Signal news_;
  net::Beside running_;
};

}  // namespace pforte::acme
