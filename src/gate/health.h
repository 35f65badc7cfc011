#pragma once

#include <list>
#include <memory>
#include <random>

#include "gate/plan.h"
#include "net/loop.h"
#include "net/pool.h"
#include "net/together.h"

namespace pforte::gate {

// Looks after the servers of a plan, on a loop of its own: asks those that have a health check, and looks up names
// again. Destroying it ends that.
class Health {
 public:
  // `loop` and `pool` must outlive it.
  Health(net::Loop& loop, net::Pool& pool, std::shared_ptr<const Plan> plan);

 private:
  net::Task<> watch(std::shared_ptr<Server> server, const BackendConfig& config);
  net::Task<> look_up_again(std::shared_ptr<Server> server, net::Duration every);
  net::Duration between(net::Duration least, net::Duration most);

  net::Loop& loop_;
  net::Pool& pool_;
  std::shared_ptr<const Plan> plan_;
  std::minstd_rand dice_;
  std::list<net::Beside> running_;
};

}  // namespace pforte::gate
