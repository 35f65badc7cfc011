#include "gate/sign_in_memory.h"

#include <algorithm>
#include <utility>

namespace pforte::gate {
namespace {

std::size_t ring_of(const SignInTrail& trail) {
  using Outcome = SignInTrail::Outcome;
  if (!trail.session_wanted || trail.outcome == Outcome::GoesOn) return 2;
  return trail.outcome == Outcome::SignedIn ? 0 : 1;
}

}  // namespace

void SignInMemory::keep(std::uint64_t number, SignInTrail trail) {
  Ring& ring = rings_[ring_of(trail)];
  Entry entry{.number = number, .trail = std::make_shared<const SignInTrail>(std::move(trail))};
  if (ring.entries.size() < kKept) {
    ring.entries.push_back(std::move(entry));
    return;
  }
  Entry& oldest = ring.entries[ring.oldest];
  last_forgotten_ = std::max(last_forgotten_, oldest.number);
  oldest = std::move(entry);
  ring.oldest = (ring.oldest + 1) % kKept;
}

SignInFinding SignInMemory::find(std::uint64_t number) const {
  for (const Ring& ring : rings_) {
    auto found = std::ranges::find(ring.entries, number, &Entry::number);
    if (found != ring.entries.end()) return {.kind = SignInFinding::Kind::Found, .trail = found->trail};
  }
  return {.kind = number <= last_forgotten_ ? SignInFinding::Kind::Forgotten : SignInFinding::Kind::None, .trail = {}};
}

}  // namespace pforte::gate
