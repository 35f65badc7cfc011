#include "gate/activity.h"

namespace pforte::gate {

net::Task<> watch(net::Loop& loop, const Activity& activity, net::Duration idle) {
  while (loop.now() - activity.last < idle) co_await loop.sleep_until(activity.last + idle);
  co_return fail(Kind::Timeout, "tunnel.idle", "no byte moved in time");
}

}  // namespace pforte::gate
