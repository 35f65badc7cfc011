#include "gate/reference.h"

namespace pforte::gate {

References::Text References::make() {
  constexpr std::string_view kLetters = "0123456789abcdefghjkmnpqrstvwxyz";
  // SplitMix64 (Steele, Lea, Flood 2014): a bijection of the counter, so no two are alike.
  std::uint64_t number = next_ += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  number ^= number >> 31;
  Text text;
  for (char& letter : text) {
    letter = kLetters[number & 31];
    number >>= 5;
  }
  return text;
}

}  // namespace pforte::gate
