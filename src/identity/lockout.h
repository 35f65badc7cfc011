#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/address.h"

namespace pforte::identity {

// Slows down whoever guesses passwords: after some failures an account, and a source (an IPv4 address, an IPv6 /64),
// has to wait, each time longer. In memory, of bounded size. Any thread.
//
// An account waits 1 s after its 5th failure, then 2 s, 4 s, up to 15 min; each 15 min without a failure or a wait
// forgive one. A source waits after its 20th, up to the same; each 2 min forgive one, since many people may share it.
// The longest wait bounds what somebody can do to an agent by failing in their name.
class Lockout {
 public:
  using Clock = std::chrono::steady_clock;
  // `now` can be set by tests. `most`: accounts, and sources, that are remembered. When there are more, the one with
  // the fewest failures goes, so that many names with a failure each do not wash away those that wait.
  explicit Lockout(Clock::time_point (*now)() = &Clock::now, std::size_t most = 100'000);
  ~Lockout();

  // How long both still have to wait; zero: none. Takes the login whatever the case of its letters.
  std::chrono::milliseconds wait_for(std::string_view login, const net::Address& source) const;
  // The account alone.
  std::chrono::milliseconds wait_for(std::string_view login) const;

  // A password of an account that is being looked at, from its making to its end. Those under way count as if they had
  // failed, or many at once would be as many guesses for the price of one.
  class Attempt {
   public:
    Attempt(Lockout& lockout, std::string_view login);
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    ~Attempt();

    // False: too many are under way; none may be looked at besides.
    bool may_go_on() const { return may_go_on_; }

   private:
    Lockout& lockout_;
    std::string login_;
    bool may_go_on_;
  };

  void failed(std::string_view login, const net::Address& source);
  // Against the account alone: for another name of the same, so that spelling it anew gives no further guesses.
  void failed(std::string_view login);

  // Forgets the account's failures; the source's fade with time only, or one known password would open the door to
  // guessing all others.
  void succeeded(std::string_view login);

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace pforte::identity
