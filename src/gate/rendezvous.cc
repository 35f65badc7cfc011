#include "gate/rendezvous.h"

#include <cmath>

namespace pforte::gate {

namespace {

// Every bit of the input decides over every bit of what it gives.
// Source: Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators (splitmix64).
std::uint64_t well_mixed(std::uint64_t number) {
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

}  // namespace

// FNV-1a.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return well_mixed(hash);
}

// The first of several exponential variables is each with a probability in proportion to its rate.
double rendezvous_distance(std::uint64_t key, std::uint64_t server, double weight) {
  // 53 bits, none of them the whole: above 0 and below 1.
  double uniform = (double(well_mixed(key ^ server) >> 11) + 0.5) * 0x1p-53;
  return -std::log(uniform) / weight;
}

}  // namespace pforte::gate
