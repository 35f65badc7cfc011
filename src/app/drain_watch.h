#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "gate/drains.h"
#include "gate/plan.h"
#include "net/loop.h"
#include "net/pool.h"
#include "store/store.h"

namespace pforte::app {

// Follows which servers the store says are drained, on the main thread; the store is asked on the pool.
class DrainWatch {
 public:
  // `loop` must outlive it.
  explicit DrainWatch(net::Loop& loop) : loop_(loop) {}

  // Before any worker uses `plan`, the first one or another: drains its servers by what is known. At first the store is
  // asked for that, which blocks; what it cannot say is asked again by follow().
  void use(std::shared_ptr<const gate::Plan> plan);

  // Looks into the store, on the pool, where something has changed in it; the pool must end before it. Fails as the
  // store does; then what was known stays.
  net::Task<> follow(net::Pool& pool);

 private:
  using Known = std::shared_ptr<const gate::Drains>;  // null: nothing new

  Result<Known> look(const std::string& state_dir);

  net::Loop& loop_;
  std::shared_ptr<const gate::Plan> plan_;  // null: before the first
  bool looking_ = false;
  std::unique_ptr<store::Store> store_;  // null until it could be opened; used by one look at a time
  std::uint64_t seen_elsewhere_ = 0;
  Known known_ = std::make_shared<const gate::Drains>();
};

}  // namespace pforte::app
