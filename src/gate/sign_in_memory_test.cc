#include "gate/sign_in_memory.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "base/text.h"

namespace pforte::gate {
namespace {

using FindingKind = SignInFinding::Kind;
using Outcome = SignInTrail::Outcome;

SignInTrail trail_of(Outcome outcome, bool session_wanted = true) {
  SignInTrail trail;
  trail.outcome = outcome;
  trail.session_wanted = session_wanted;
  return trail;
}

}  // namespace

TEST_CASE("an attempt is found by the number of its request, and a request without one is told from it") {
  SignInMemory memory;
  memory.keep(7, trail_of(Outcome::SignedIn));
  memory.keep(9, trail_of(Outcome::Refused));
  REQUIRE(memory.find(7).kind == FindingKind::Found);
  CHECK(memory.find(7).trail->outcome == Outcome::SignedIn);
  CHECK(memory.find(9).trail->outcome == Outcome::Refused);
  CHECK(memory.find(8).kind == FindingKind::None);
  CHECK(!memory.find(8).trail);
}

TEST_CASE("ten thousand refusals are no more than the last thousand, and sessions that began outlast them") {
  SignInMemory memory;
  memory.keep(1, trail_of(Outcome::SignedIn));
  memory.keep(2, trail_of(Outcome::SignedIn, false));
  memory.keep(3, trail_of(Outcome::GoesOn));
  std::uint64_t number = 3;
  for (int i = 0; i < 10'000; ++i) memory.keep(number += 2, trail_of(i % 2 ? Outcome::Refused : Outcome::Left));
  std::size_t found = 0;
  for (std::uint64_t i = 4; i <= number; ++i) found += memory.find(i).kind == FindingKind::Found ? 1 : 0;
  CHECK(found == SignInMemory::kKept);
  for (std::uint64_t i : {1, 2, 3}) CHECK(memory.find(i).kind == FindingKind::Found);
  CHECK(memory.find(number).kind == FindingKind::Found);
  CHECK(memory.find(number - 1).kind == FindingKind::None);
  CHECK(memory.find(number - 2 * SignInMemory::kKept).kind == FindingKind::Forgotten);
  CHECK(memory.find(4).kind == FindingKind::Forgotten);
}

}  // namespace pforte::gate
