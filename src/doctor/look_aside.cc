#include "doctor/look_aside.h"

#include <utility>
#include <vector>

namespace pforte::doctor {
namespace {

using Findings = std::vector<Finding>;

}  // namespace

net::Task<> look_aside(const Setting& setting, Path& path, std::function<void(Path&)> look) {
  auto work = [look = std::move(look), copy = Path(path.subject(), path.hops())]() mutable -> Result<Findings> {
    look(copy);
    Findings findings;
    for (const Finding* one : copy.in_order()) findings.push_back(*one);
    return findings;
  };
  Findings findings = co_await setting.pool.run<Findings>(setting.loop, std::move(work));
  for (Finding& one : findings) path.tell(std::move(one));
  co_return {};
}

}  // namespace pforte::doctor
