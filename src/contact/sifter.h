#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "contact/contact.h"

namespace pforte::contact {

// Keeps one source from filling the ring: of what comes from an address within a period, the first contacts are let
// through as they are, and the others only counted, by their ending. Memory is bounded.
//
// A source is an IPv4 address, or the first 64 bits of an IPv6 one.
class Sifter {
 public:
  static constexpr std::chrono::minutes kPeriod{10};
  // Of a source and a period: contacts that went well, or said nothing.
  static constexpr std::uint32_t kMostQuiet = 16;
  // Of a source and a period: those that failed, or with an attempt to sign in.
  static constexpr std::uint32_t kMostTelling = 48;
  // Sources in a period; what comes from further ones is counted as one source's, without an address.
  static constexpr std::size_t kMostSources = 8192;

  // Adds what is to be written down to `through`.
  void take(Contact contact, std::vector<Contact>& through);

  // Adds the counts of a period that is over, as contacts with `times`: the first of their kind, and how many there
  // were.
  void tell_counts(Time now, std::vector<Contact>& through);
  // Those of the period that is not over yet, when the gate stops.
  void tell_all_counts(std::vector<Contact>& through);

  // Contacts that were only counted.
  std::uint64_t counted() const { return counted_; }

 private:
  using Key = std::uint64_t;
  struct Source {
    std::uint32_t quiet = 0;
    std::uint32_t telling = 0;
    std::map<Ending, Contact> counts;
  };
  Source& source_of(Contact& contact);
  void count(Source& source, Contact contact);

  std::optional<Time> began_;  // the period
  std::unordered_map<Key, Source> sources_;
  Source others_;
  std::size_t kinds_ = 0;  // in `counts`, of all sources
  std::uint64_t counted_ = 0;
};

}  // namespace pforte::contact
