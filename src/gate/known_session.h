#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "crypto/sealing_keys.h"
#include "gate/introduction.h"
#include "session/session.h"

namespace pforte::gate {

// A session that somebody's cookie has proved, with what is said of it to applications.
struct KnownSession {
  session::Session session;
  std::string cookie;
  std::string host;    // whose cookie it is
  std::string groups;  // joined with commas

  // Pforte-Assertion; made when it is first needed, and anew for another origin or once it is old.
  std::string assertion;
  std::string assertion_origin;
  session::Time assertion_until;

  // An exchange keeps the one it has begun with.
  LastIntroduction introduction;

  // The same session sealed anew, for a browser that comes with the old cookie again.
  std::string fresh_cookie;
  session::Time fresh_since;
};

// Sessions by their cookies, so that a browser's next request costs a look instead of cryptography. A memory only: what
// it has lost is opened again. Used on one thread.
class KnownSessions {
 public:
  // The session that was found last for a connection, whose browser mostly comes with the same cookie again: that costs
  // a comparison, and no look into a table that has left the processor's cache. It is good until keys or plan change.
  class Last {
    friend class KnownSessions;
    std::shared_ptr<KnownSession> session_;
    std::uint64_t era_ = 0;
  };

  // Null: the cookie is none of ours, or of another host. Looks at no clock.
  std::shared_ptr<KnownSession> find(std::string_view cookie, std::string_view host, const crypto::SealingKeys& keys,
                                     Last& last);

  // One that has just begun, so that the assertion made with it serves the next request. As find() would have made it.
  void add(std::string_view cookie, std::shared_ptr<KnownSession> known);

  // When keys have changed: a key that has gone opens nothing any more.
  void clear();

  // When the plan has changed: applications may be told other things, or be others.
  void forget_introductions();

 private:
  // The last bytes are those of the seal's tag, which are as good as any hash: cookies that open alone are kept.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view cookie) const {
      std::uint64_t tag = 0;
      std::memcpy(&tag, cookie.data() + (cookie.size() - std::min(cookie.size(), sizeof tag)),
                  std::min(cookie.size(), sizeof tag));
      return tag * 0x9e3779b97f4a7c15U >> 16;  // letters: their lowest bits say little
    }
  };
  using Table = std::unordered_map<std::string, std::shared_ptr<KnownSession>, Hash, std::equal_to<>>;

  // Two generations: the older goes when the younger is full, so what is looked up stays. What one connection alone
  // goes on with may go, and is opened again for the next.
  static constexpr std::size_t kMostOfGeneration = 4096;
  std::shared_ptr<KnownSession> look_up(std::string_view cookie);
  std::shared_ptr<KnownSession> open(std::string_view cookie, std::string_view host, const crypto::SealingKeys& keys);
  void keep(std::shared_ptr<KnownSession> known);

  std::uint64_t era_ = 1;  // what Last has of another one is forgotten
  Table younger_;
  Table older_;
};

}  // namespace pforte::gate
