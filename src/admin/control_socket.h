#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "admin/connections.h"
#include "base/error.h"
#include "net/loop.h"

namespace pforte::admin {

// The Unix socket through which pforte status and pforte reload talk to a running gate. Only the gate's own user (and
// root) can open it. Whoever holds it is the one gate of its state folder: a lock beside it, held while this lives,
// says so even in the moment between two starts.
class ControlSocket final : private net::Watcher, private net::Timer {
 public:
  // Listens at `path`, after taking away the socket that a crashed gate left. `loop` and `service` must outlive it.
  // Fails with Kind::Unavailable when another gate runs there or the place cannot be used; the text says what to do.
  static Result<std::unique_ptr<ControlSocket>> open(net::Loop& loop, const std::string& path, http::Service& service);

  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;
  // Takes the socket away.
  ~ControlSocket();

 private:
  ControlSocket(net::Loop& loop, http::Service& service, std::string path, int lock, int descriptor);
  void on_ready(std::uint32_t events) override;
  void on_time() override;
  void accept_waiting();

  net::Loop& loop_;
  std::string path_;
  int lock_;
  int descriptor_;
  Connections connections_;
};

}  // namespace pforte::admin
