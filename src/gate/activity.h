#pragma once

#include "net/loop.h"

namespace pforte::gate {

// When bytes last moved through a tunnel, either way.
struct Activity {
  net::Instant last;
};

// Never succeeds: fails with Kind::Timeout once nothing has moved for `idle`. `activity` must outlive the task.
net::Task<> watch(net::Loop& loop, const Activity& activity, net::Duration idle);

}  // namespace pforte::gate
