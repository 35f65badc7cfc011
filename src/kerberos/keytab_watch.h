#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kerberos/fault.h"
#include "kerberos/key_ring.h"

namespace pforte::kerberos {

// One keytab file and the keys that were last read from it. Any thread.
//
// The file is looked at once a second at most, when somebody asks. A new one that is good replaces the keys, all at
// once; one that is missing, cut off or otherwise no keytab leaves those that were read before in force, until a good
// one comes or the gate is reloaded.
class KeytabWatch {
 public:
  // Of which services the keys are wanted.
  KeytabWatch(std::string file, std::vector<std::string> principals);

  const std::string& file() const { return file_; }

  // The keys now. Never null.
  std::shared_ptr<const KeyRing> keys();

  // What was wrong when the file was last read, although older keys may be in use.
  std::optional<Fault> fault() const;

 private:
  using Clock = std::chrono::steady_clock;

  // What tells one file from another that took its place.
  struct Stamp {
    std::uint64_t device = 0, inode = 0;
    std::int64_t size = -1, modified = 0, changed = 0;

    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  static Stamp stamp_of(const std::string& file);

  void read(const Stamp& stamp);

  const std::string file_;
  const std::vector<std::string> principals_;

  std::mutex reading_;  // one thread reads; taken before lock_
  Stamp stamp_;         // of what was read last; under reading_
  mutable std::mutex lock_;
  std::shared_ptr<const KeyRing> keys_;
  std::optional<Fault> fault_;
  Clock::time_point next_look_;
};

}  // namespace pforte::kerberos
