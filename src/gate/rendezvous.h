#pragma once

#include <cstdint>
#include <string_view>

namespace pforte::gate {

// Consistent hashing by the highest random weight: each key has an order of all servers, and belongs to the first that
// is there. When one comes or goes, or its weight changes, no key moves between two others. There is no table that
// would have to be made, and all gates with the same servers come to the same.
// Source: Thaler, Ravishankar: Using Name-Based Mappings to Increase Hit Rates; with weights: Schindelhauer,
// Schomaker: Weighted Distributed Hash Tables.

// The same in every process and version. Not for secrets: who chooses keys can choose where they go.
std::uint64_t hash_of(std::string_view text);

// Where a server stands in the order of a key: the least distance comes first. Both by hash_of(); `weight` above 0.
double rendezvous_distance(std::uint64_t key, std::uint64_t server, double weight);

}  // namespace pforte::gate
