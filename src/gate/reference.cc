#include "gate/reference.h"

namespace pforte::gate {

namespace {

constexpr std::string_view kLetters = "0123456789abcdefghjkmnpqrstvwxyz";

// SplitMix64 (Steele, Lea, Flood 2014): a bijection of the counter, so no two are alike, and each leads back.
constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;
constexpr std::uint64_t kFirst = 0xbf58476d1ce4e5b9;
constexpr std::uint64_t kSecond = 0x94d049bb133111eb;

// Of an odd number, modulo 2^64, by Newton: each round doubles the bits that are right.
constexpr std::uint64_t inverse(std::uint64_t odd) {
  std::uint64_t guess = odd;
  for (int round = 0; round < 5; ++round) guess *= 2 - odd * guess;
  return guess;
}
static_assert(kFirst * inverse(kFirst) == 1 && kSecond * inverse(kSecond) == 1 && kStep * inverse(kStep) == 1);

constexpr std::uint64_t mixed(std::uint64_t number) {
  number = (number ^ (number >> 30)) * kFirst;
  number = (number ^ (number >> 27)) * kSecond;
  return number ^ (number >> 31);
}

constexpr std::uint64_t unmixed(std::uint64_t number) {
  number = (number ^ (number >> 31) ^ (number >> 62)) * inverse(kSecond);
  number = (number ^ (number >> 27) ^ (number >> 54)) * inverse(kFirst);
  return number ^ (number >> 30) ^ (number >> 60);
}

}  // namespace

References::Text References::make() {
  std::uint64_t number = mixed(seed_ + ++made_ * kStep);
  Text text;
  for (char& letter : text) {
    letter = kLetters[number & 31];
    number >>= 5;
  }
  return text;
}

std::uint64_t References::number_of(std::string_view text) const {
  constexpr unsigned kBits = 64, kBitsOfLetter = 5;
  if (text.size() != Text().size()) return 0;
  std::uint64_t mix = 0;
  for (unsigned shift = 0; char letter : text) {
    std::uint64_t value = kLetters.find(letter);
    bool fits = value < (shift + kBitsOfLetter > kBits ? 1U << (kBits - shift) : kLetters.size());
    if (!fits) return 0;
    mix |= value << shift;
    shift += kBitsOfLetter;
  }
  std::uint64_t number = (unmixed(mix) - seed_) * inverse(kStep);
  return number <= made_ ? number : 0;
}

}  // namespace pforte::gate
