#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "gate/backend.h"

namespace pforte::gate {

// A request's place at a server: from the choice until it goes, the request counts there as under way.
class Place {
 public:
  // Of a request that the server has let in: Server::let_in(). `backend` must outlive it.
  Place(const Backend& backend, std::size_t number) : backend_(&backend), number_(number) {}
  Place(Place&& other) noexcept : backend_(std::exchange(other.backend_, nullptr)), number_(other.number_) {}
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (!backend_) return;
    server()->let_out();
    // Whoever joins the line looks once more afterwards, so that one of us sees the other.
    if (backend_->line->waiting() > 0) backend_->line->wake_for(server().get());
  }

  const std::shared_ptr<Server>& server() const { return backend_->servers[number_]; }

 private:
  const Backend* backend_;  // null: moved from
  std::size_t number_;
};

}  // namespace pforte::gate
