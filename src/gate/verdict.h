#pragma once

namespace pforte::gate {

// What checks made of a server. It is well until they say otherwise.
class Verdict {
 public:
  bool well() const { return well_; }

  // Takes the outcome of one more check. The verdict changes once `rise` passed checks in a row speak against "down",
  // or `fall` failed ones against "up"; the first check decides alone, so that a dead server is not believed in for
  // long. True: it has changed.
  bool take(bool passed, unsigned rise, unsigned fall);

 private:
  bool well_ = true;
  bool first_ = true;
  unsigned against_ = 0;  // checks in a row that say otherwise
};

}  // namespace pforte::gate
