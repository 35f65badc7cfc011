#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/message.h"
#include "kerberos/presentation.h"
#include "net/address.h"

namespace pforte::gate {

// A key version that tickets for a service name, and its keytab does not hold.
struct KeyDrift {
  using Time = std::chrono::system_clock::time_point;

  std::int64_t version = 0;  // the last one, of those that share a place
  bool shared = false;       // with others that are as far away from those of the keytab
  bool newer = false;        // than all that the keytab holds
  Time first, last;          // such ticket
  std::uint64_t tickets = 0;
  std::size_t clients = 0;           // different addresses; kManyClients: that many or more
  std::optional<Time> contradicted;  // when the KDC made a ticket with a version of the keytab, later than `last`
};

// What it means and what to do, with the commands. `keytab`: the file's path.
Message remedy_for_drift(const KeyDrift& drift, const std::string& service, const std::string& keytab);

// Notices when tickets come with key versions that a keytab does not hold: newer ones after the account's password was
// changed, older ones for a ticket's life after the keytab was made again. Any thread.
//
// The version stands in the clear, and only the key that is missing could prove it: so it is a claim, which anybody can
// make. What that is good for is bounded. A version near those of the keytab, as a change of the password makes it, has
// a place of its own that no other claim can take; all farther ones share two. Each place is told of twice at most,
// when a first client claims it and when many do (an older one: when it has gone on for longer than tickets live), and
// is free again a week after its last claim. A service has no more than 26 places.
class KeyDrifts {
 public:
  using Time = KeyDrift::Time;
  static constexpr std::size_t kManyClients = 5;

  // `now` can be set by tests.
  explicit KeyDrifts(Time (*now)() = &std::chrono::system_clock::now) : now_(now) {}

  // A ticket was refused since its service's keytab lacks the version.
  void missed(const kerberos::Presentation& seen, const net::Address& client);
  // A ticket was opened: where the KDC made it after a claim of a newer version, that claim looks false.
  void opened(const kerberos::Presentation& seen);

  // Those of a service whose keytab holds these versions, in their order; what it holds now is forgotten.
  std::vector<KeyDrift> of(const std::string& service, const std::vector<int>& held);

  // Tickets refused for it since the start.
  std::uint64_t newer_tickets() const { return newer_tickets_.load(std::memory_order_relaxed); }
  std::uint64_t older_tickets() const { return older_tickets_.load(std::memory_order_relaxed); }

 private:
  struct Place {
    KeyDrift drift;
    std::vector<net::Address> clients;  // up to kManyClients
    bool told_again = false;
  };
  using Places = std::map<std::int64_t, Place>;  // by version, or the number of a shared place

  static std::int64_t place_of(std::int64_t version, const std::vector<int>& held);
  void forget_past(Places& places, const std::vector<int>& held) const;

  Time (*now_)();
  std::mutex mutex_;
  std::map<std::string, Places> services_;  // under mutex_; those that are configured, so their number is bounded
  std::atomic<bool> any_ = false;           // whether there is a place
  std::atomic<std::uint64_t> newer_tickets_ = 0, older_tickets_ = 0;
};

}  // namespace pforte::gate
