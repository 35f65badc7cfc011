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
class Lockout {
 public:
  using Clock = std::chrono::steady_clock;
  // `now` can be set by tests.
  explicit Lockout(Clock::time_point (*now)() = &Clock::now);
  ~Lockout();

  // How long both still have to wait; zero: none. Takes the login whatever the case of its letters.
  std::chrono::milliseconds wait_for(std::string_view login, const net::Address& source) const;
  void failed(std::string_view login, const net::Address& source);
  // Forgets the account's failures; the source's fade with time only, or one known password would open the door to
  // guessing all others.
  void succeeded(std::string_view login);

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace pforte::identity
