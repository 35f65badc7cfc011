#pragma once

#include <list>

#include "net/signal.h"
#include "session/ended.h"
#include "session/session.h"

namespace pforte::gate {

// The tunnels of one worker that somebody opened who had signed in: they end with the session. Used on one thread.
class BoundTunnels {
 public:
  // A tunnel, from its making to its end. `session` and `over` must outlive it; `over` fails with Kind::Denied
  // (session.ended) when the session does.
  class Tunnel {
   public:
    Tunnel(BoundTunnels& all, const session::Session& session, net::Signal& over);
    Tunnel(const Tunnel&) = delete;
    Tunnel& operator=(const Tunnel&) = delete;
    ~Tunnel();

    // Whether the session has ended: for who was not waiting for `over` when it did.
    bool is_over() const { return is_over_; }

   private:
    friend class BoundTunnels;
    BoundTunnels& all_;
    const session::Session& session_;
    net::Signal& over_;
    bool is_over_ = false;
    std::list<Tunnel*>::iterator place_;
  };

  // Ends those whose session has been ended, or is over by now. `ended` may be null.
  void end_those(const session::Ended* ended, session::Time now);

 private:
  std::list<Tunnel*> tunnels_;
};

}  // namespace pforte::gate
