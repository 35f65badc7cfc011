#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "net/address.h"
#include "net/loop.h"

namespace pforte::net {

// A connection as it was accepted: a non-blocking descriptor that nobody owns yet, and who is at the other end.
struct Accepted {
  int descriptor;
  Address peer;
};

// A listening TCP socket. Every worker has its own at the same address (SO_REUSEPORT): the kernel deals connections
// out, and no worker waits for another.
class Listener final : private Watcher, private Timer, private TurnEnd {
 public:
  using OnAccept = std::move_only_function<void(Accepted)>;
  // Told at most once a second while the system has no descriptors left; accepting goes on when there are some.
  using OnRefused = std::move_only_function<void(int error_number)>;

  // Takes over `descriptor`, made by listen_on().
  Listener(Loop& loop, int descriptor, OnAccept on_accept, OnRefused on_refused);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  // Stops and starts taking connections; meanwhile they wait in the kernel's queue.
  void pause();
  void resume();

  // Takes the connections that wait, so that none is lost when the listener goes.
  void accept_waiting();

 private:
  void on_ready(std::uint32_t) override { accept_some(); }
  void on_time() override { accept_some(); }
  void on_turn_end() override { accept_some(); }
  void accept_some();
  bool accept_one();

  Loop& loop_;
  int descriptor_;
  bool paused_ = false;
  Instant last_complaint_{};
  OnAccept on_accept_;
  OnRefused on_refused_;
};

// A descriptor that listens at `address`, for a Listener. Fails with Kind::Unavailable, naming the address and why:
// taken, not ours, or below 1024 without the right to it.
Result<int> listen_on(const Address& address);

// Fails as listen_on() does when anybody listens there, where listen_on() would share the address with another process
// of the same user: half of the clients would come to that one.
Result<> must_be_free(const Address& address);

// The port such a descriptor listens at: the one the system chose when the address had port 0.
std::uint16_t local_port(int descriptor);

}  // namespace pforte::net
