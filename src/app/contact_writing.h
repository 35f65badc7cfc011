#pragma once

#include "contact/recorder.h"
#include "net/loop.h"
#include "net/pool.h"
#include "net/signal.h"
#include "net/task.h"
#include "net/timer.h"

namespace pforte::app {

// Has the pool write down contacts: a quarter of a second after the first one has been told, so that many go together.
// Where nobody comes it sleeps, but for a look twice a minute at what has grown too old.
class ContactWriting final : private net::Timer {
 public:
  // Both must outlive it, and it the workers. Before there are any.
  ContactWriting(net::Loop& loop, contact::Recorder& contacts);

  // For ever. The pool must go before the contacts.
  net::Task<> run(net::Pool& pool);

 private:
  void on_time() override;

  net::Loop& loop_;
  contact::Recorder& contacts_;
  bool is_due_ = false;
  net::Signal due_;
};

}  // namespace pforte::app
