#include "gate/verdict.h"

#include <utility>

namespace pforte::gate {

bool Verdict::take(bool passed, unsigned rise, unsigned fall) {
  bool first = std::exchange(first_, false);
  against_ = passed == well_ ? 0 : against_ + 1;
  bool changes = against_ > 0 && (first || against_ >= (passed ? rise : fall));
  if (!changes) return false;
  well_ = passed;
  against_ = 0;
  return true;
}

}  // namespace pforte::gate
