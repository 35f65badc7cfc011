#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "doctor/http_fetch.h"
#include "doctor/read_lists.h"
#include "net/pool.h"

namespace pforte::doctor {

// What was fetched in one run. Hundreds of servers name the same list, responder and issuer of the same CA, and a list
// has megabytes: each file is fetched once, for all that are examined, and the lists of one chain at a time are read.
// For one loop; outlives the tasks.
class FetchShelf {
 public:
  // Of more than `most_bytes` nothing is kept that nobody reads; it is fetched again for who asks again.
  explicit FetchShelf(std::size_t most_bytes = kMostBytes) : most_bytes_(most_bytes) {}

  // As fetch(): who asks first fetches it, and the others wait and hear the same. All must outlive the task.
  net::Task<std::shared_ptr<const Fetched>> take(const Setting& setting, const FetchWay& way, FetchQuestion question);

  // One thread, on which lists are read: one that is read takes several times its bytes.
  net::Pool& reader() { return reader_; }
  // For that thread alone.
  ReadLists& read_lists() { return read_lists_; }

 private:
  static constexpr std::size_t kMostBytes = 256UZ << 20;

  // Whatever decides what is found there, or whether one goes there: behind the question, whether the server is on this
  // machine, and the proxy.
  using Key = std::tuple<FetchQuestion, bool, std::string>;
  struct File {
    std::shared_ptr<const Fetched> fetched;  // null: not yet
    bool under_way = false;
  };
  class Turn;  // of who fetches

  static Key key_of(const FetchWay& way, const FetchQuestion& question);
  void make_room_for(std::size_t bytes);

  std::map<Key, File> files_;
  std::size_t most_bytes_;
  std::size_t kept_bytes_ = 0;
  ReadLists read_lists_;
  net::Pool reader_{1};  // ends before what it uses
};

}  // namespace pforte::doctor
