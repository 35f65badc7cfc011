#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace pforte::kerberos {

// An authenticator that was seen: the beginning of its SHA-256, which nobody can make two of, and when, in seconds
// since 1970.
struct Seen {
  std::array<std::uint64_t, 2> digest{};
  std::uint32_t time = 0;
};

// A file that what was seen is appended to. Records have a fixed size and a check, so that one that was cut off by a
// crash or a full disk hides no other. One thread at a time.
class ReplayJournal {
 public:
  ReplayJournal() = default;
  ReplayJournal(ReplayJournal&& other) noexcept;
  ReplayJournal& operator=(ReplayJournal&& other) noexcept;
  ~ReplayJournal();

  // Makes the file, or empties it. Readable by the owner alone. Fails with Kind::Unavailable.
  static Result<ReplayJournal> create(const std::string& file);

  // What stands in a file; nothing if it is not there. Fails with Kind::Unavailable when it cannot be read.
  static Result<std::vector<Seen>> read(const std::string& file);

  // Fails with Kind::Unavailable when the disk is full; what was written in part is written over by the next.
  Result<> append(const Seen& seen);

 private:
  int file_ = -1;
  std::int64_t size_ = 0;
};

}  // namespace pforte::kerberos
