#pragma once

#include <memory>
#include <string>

#include "cache/response_cache.h"

namespace pforte::cache {

// An answer that is written down while it goes to whoever asked for it. Everything it holds is part of the cache's
// memory. Dropped unless it is finished.
class Recording {
 public:
  // `most`: bytes of the body; a longer one is not stored. `expected`: how many there will be, as far as known.
  // Null when there is no room, or nothing could ever match. `cache` must outlive it.
  static std::unique_ptr<Recording> begin(ResponseCache& cache, const Wanted& wanted, const http::ResponseHead& head,
                                          const Freshness& freshness, std::size_t expected, std::size_t most);

  // False: it was too long, or there is no room; nothing more is to be taken.
  bool take(std::string_view piece);
  // The answer is complete. False: it is not stored, since what it was asked for with was taken out meanwhile.
  bool finish();

 private:
  Recording(ResponseCache& cache, std::unique_ptr<StoredResponse> response, std::uint64_t epoch, std::size_t most)
      : cache_(cache), response_(std::move(response)), epoch_(epoch), most_(most), charge_(cache.charge()) {}

  bool make_room(std::size_t bytes);

  ResponseCache& cache_;
  std::unique_ptr<StoredResponse> response_;
  std::uint64_t epoch_;  // of the request
  std::size_t most_;
  std::string body_;
  Charge charge_;  // of the body
};

// The same answer after a 304; in the place of `stored` if it may still be stored, else for this one client. Null when
// there is no room.
std::shared_ptr<const StoredResponse> refresh(ResponseCache& cache, const Wanted& wanted, const StoredResponse& stored,
                                              const http::Fields& not_modified, Journey journey);

}  // namespace pforte::cache
