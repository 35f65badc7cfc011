#pragma once

#include <memory>
#include <utility>

#include "gate/server.h"

namespace pforte::gate {

// A request's place at a server: from the choice until it goes, the request counts there as under way.
class Place {
 public:
  // Of a request that the server has let in: Server::let_in(). `server` is the plan's, which must outlive this.
  explicit Place(const std::shared_ptr<Server>& server) : server_(&server) {}
  Place(Place&& other) noexcept : server_(std::exchange(other.server_, nullptr)) {}
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (server_) (*server_)->let_out();
  }

  const std::shared_ptr<Server>& server() const { return *server_; }

 private:
  const std::shared_ptr<Server>* server_;  // null: moved from
};

}  // namespace pforte::gate
