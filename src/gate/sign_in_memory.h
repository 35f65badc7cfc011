#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "gate/sign_in_trail.h"

namespace pforte::gate {

// What is known of the sign-in of one request.
struct SignInFinding {
  // The later, the more is known.
  enum class Kind : std::uint8_t {
    Unknown,    // no request of this gate
    Forgotten,  // too old: it may have had one
    None,       // it had none, or is not over yet
    Found,
  };
  Kind kind = Kind::Unknown;
  std::shared_ptr<const SignInTrail> trail;  // null unless it was found
};

// The last attempts to sign in at one worker, for whoever asks why. Used on the worker's thread alone. Of three kinds,
// so that none washes away another: sessions that began; refusals; and what may come with each request: programs, and
// first legs of exchanges.
class SignInMemory {
 public:
  static constexpr std::size_t kKept = 1000;  // of each kind; one takes about 1 KB, 6 KB at most

  // `number` is that of the request's reference at this worker.
  void keep(std::uint64_t number, SignInTrail trail);
  SignInFinding find(std::uint64_t number) const;

 private:
  struct Entry {
    std::uint64_t number;
    std::shared_ptr<const SignInTrail> trail;
  };
  // When it is full, the newest takes the place of the oldest.
  struct Ring {
    std::vector<Entry> entries;
    std::size_t oldest = 0;
  };

  std::array<Ring, 3> rings_;
  std::uint64_t last_forgotten_ = 0;  // the highest number of those that went
};

}  // namespace pforte::gate
