#pragma once

#include "contact/recorder.h"
#include "net/loop.h"
#include "net/pool.h"
#include "net/task.h"

namespace pforte::app {

// Has the pool write down contacts four times a second, for ever. All must outlive the task, and the recorder the pool.
net::Task<> write_contacts(net::Loop& loop, net::Pool& pool, contact::Recorder& contacts);

}  // namespace pforte::app
