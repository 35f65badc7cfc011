#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "gate/passthrough_config.h"
#include "gate/server.h"

namespace pforte::gate {

// Hosts whose connections are carried to servers as they are: a `[[passthrough]]` as workers go by it. Immutable, but
// for what is known of its servers and the connections under way, which a reload keeps.
class Passthrough {
 public:
  // What is known from `previous` is taken over; null: it is new.
  Passthrough(const PassthroughConfig& config, const Passthrough* previous);

  const PassthroughConfig& config() const { return config_; }
  // Its first host, for logs.
  const std::string& name() const { return config_.hosts.front().value; }
  const std::vector<std::shared_ptr<Server>>& servers() const { return servers_; }

  bool admits(const net::Address& client) const;

  // Its servers in the order in which a new connection tries them: from the one whose turn it is, and those that failed
  // a moment ago last.
  std::vector<Server*> in_turn(net::Instant now) const;

 private:
  struct Traffic {
    std::atomic<std::size_t> connections{0};
    std::atomic<std::size_t> turn{0};
  };

 public:
  // A connection that counts against the limit for as long as this lives.
  class Slot {
   public:
    // Of no use when there are too many.
    explicit Slot(const Passthrough& passthrough);
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() { --traffic_->connections; }

    bool within_limit() const { return within_limit_; }

   private:
    std::shared_ptr<Traffic> traffic_;
    bool within_limit_;
  };

 private:
  PassthroughConfig config_;
  std::vector<std::shared_ptr<Server>> servers_;
  std::shared_ptr<Traffic> traffic_;
};

}  // namespace pforte::gate
