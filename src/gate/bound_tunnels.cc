#include "gate/bound_tunnels.h"

#include "base/error.h"

namespace pforte::gate {

BoundTunnels::Tunnel::Tunnel(BoundTunnels& all, const session::Session& session, net::Signal& over)
    : all_(all), session_(session), over_(over), place_(all.tunnels_.insert(all.tunnels_.end(), this)) {}

BoundTunnels::Tunnel::~Tunnel() {
  all_.tunnels_.erase(place_);
}

void BoundTunnels::end_those(const session::Ended* ended, session::Time now) {
  for (auto at = tunnels_.begin(); at != tunnels_.end();) {
    Tunnel& tunnel = **at++;  // it may go at once
    bool over = tunnel.session_.expires <= now || (ended && ended->contains(tunnel.session_));
    if (!over) continue;
    tunnel.is_over_ = true;
    tunnel.over_.fail(Error(Kind::Denied, "session.ended", "the session was ended"));
  }
}

}  // namespace pforte::gate
