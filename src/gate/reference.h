#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pforte::gate {

// Makes the ids by which an exchange is found again: in the answer, in the page, in the log. 13 letters and digits
// that nobody mistakes for others (no i, l, o, u); unique, and not to be guessed from one another by eye, but no
// secret.
class References {
 public:
  explicit References(std::uint64_t seed) : seed_(seed) {}

  using Text = std::array<char, 13>;
  Text make();

  // The how many-th it was, from 1; 0 for what this has not made.
  std::uint64_t number_of(std::string_view text) const;

 private:
  std::uint64_t seed_;
  std::uint64_t made_ = 0;
};

}  // namespace pforte::gate
