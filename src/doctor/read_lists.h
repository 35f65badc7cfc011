#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "doctor/http_fetch.h"
#include "pki/crl.h"

namespace pforte::doctor {

// Revocation lists that were read last. A list of megabytes takes a second to read, and hundreds of servers name the
// same one. For one thread.
class ReadLists {
 public:
  using List = std::shared_ptr<const Result<pki::Crl>>;

  // Those that were read first go when all have more than `most_bytes` in DER.
  explicit ReadLists(std::size_t most_bytes = kMostBytes) : most_bytes_(most_bytes) {}

  // What pki::read_crl() makes of what was fetched. `url` is what messages call it.
  List read(const std::shared_ptr<const Fetched>& fetched, std::string_view url);

 private:
  static constexpr std::size_t kMostBytes = 64UZ << 20;

  struct Entry {
    std::shared_ptr<const Fetched> from;
    List list;
  };

  std::deque<Entry> entries_;  // the last one last
  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
};

}  // namespace pforte::doctor
