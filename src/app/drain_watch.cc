#include "app/drain_watch.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace pforte::app {

namespace {

constexpr net::Duration kLookAgain = std::chrono::milliseconds(5);

}  // namespace

Result<DrainWatch::Known> DrainWatch::look(const std::string& state_dir) {
  bool first = !store_;
  if (first) store_ = TRY(store::open_sqlite(cat(state_dir, "/pforte.db")));
  std::uint64_t elsewhere = TRY(store_->changes_elsewhere());
  if (!first && elsewhere == seen_elsewhere_) return nullptr;
  gate::Drains drains = TRY(gate::Drains::read(*store_));
  seen_elsewhere_ = elsewhere;
  return std::make_shared<const gate::Drains>(std::move(drains));
}

void DrainWatch::use(std::shared_ptr<const gate::Plan> plan) {
  if (!plan_) {
    Result<Known> found = look(plan->config.state_dir);
    if (!found) log::error("store.failed", {{"reason", found.error().text()}});
    if (found && *found) known_ = *std::move(found);
  }
  plan_ = std::move(plan);
  known_->apply_to(*plan_);
}

net::Task<> DrainWatch::follow(net::Pool& pool) {
  while (looking_) co_await loop_.sleep_for(kLookAgain);
  looking_ = true;
  auto work = [this, state_dir = plan_->config.state_dir] { return look(state_dir); };
  Result<Known> found = co_await outcome(pool.run<Known>(loop_, std::move(work)));
  looking_ = false;
  if (!found) co_return std::unexpected(std::move(found).error());
  if (!*found) co_return {};
  known_ = *std::move(found);
  known_->apply_to(*plan_);
  co_return {};
}

}  // namespace pforte::app
