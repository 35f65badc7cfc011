#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "contact/contact.h"

namespace pforte::contact {

// Keeps one source from filling the ring: of what comes from it within a period, the first contacts are let through as
// they are. The others are counted, by how they ended and why, and of each count the newest one is let through with it:
// at once, then twice a minute while it grows. What our own doctor does is counted apart. Memory is bounded.
//
// See source_of().
class Sifter {
 public:
  static constexpr std::chrono::minutes kPeriod{10};
  static constexpr std::chrono::seconds kAgain{30};
  // Of a source and a period: contacts that went well, or said nothing.
  static constexpr std::uint32_t kMostQuiet = 16;
  // Of a source and a period: those that failed, or with an attempt to sign in.
  static constexpr std::uint32_t kMostTelling = 48;
  // Of a source and a period: those with the code of a self-test page.
  static constexpr std::uint32_t kMostSelfTests = 64;
  // Sources in a period; what comes from further ones is counted as one source's, without an address.
  static constexpr std::size_t kMostSources = 8192;
  // Counts of a source and a period that are told apart by alerts and reason; further ones by the ending alone.
  static constexpr std::size_t kMostReasons = 32;
  // What the texts of all counts take, in bytes; beyond that counts have none.
  static constexpr std::size_t kMostText = 4UZ << 20;

  // Adds what is to be written down to `through`.
  void take(Contact contact, Time now, std::vector<Contact>& through);

  // Adds the counts that have grown, and begins a new period when this one is over. A count is the newest contact of
  // its kind with `times`, and with `id` and `begin` of the first: it replaces what was told of it before.
  void tell_counts(Time now, std::vector<Contact>& through);
  // Those that have grown, when the gate stops.
  void tell_all_counts(std::vector<Contact>& through);

  // Contacts of which nothing else is known than their count.
  std::uint64_t counted() const { return counted_; }
  // Bytes of text in all counts.
  std::size_t text_bytes() const { return text_bytes_; }

 private:
  struct Count {
    Contact newest;  // with `begin`, `id`, `times` and `requests` of all
    bool has_grown = false;
  };
  // What is counted together.
  struct Kind {
    bool by_doctor = false;
    bool is_failure = false;
    bool is_test = false;
    Ending ending = Ending::Lost;
    std::int16_t client_alert = -1;
    std::int16_t our_alert = -1;
    std::uint64_t reason = 0;  // a digest

    friend auto operator<=>(const Kind&, const Kind&) = default;
  };
  // How much was let through.
  struct Used {
    std::uint32_t quiet = 0;
    std::uint32_t telling = 0;
    std::uint32_t self_tests = 0;
  };
  struct Source {
    Used by_clients;
    Used by_doctor;
    std::map<Kind, Count> counts;
  };
  static Kind kind_of(const Source& source, const Contact& contact);
  Source& known_source(const Contact& contact);
  static bool has_room(Source& source, const Contact& contact);
  void count(Source& source, Contact contact, std::vector<Contact>& through);
  void add_to(Count& count, Contact contact);
  void shorten(Contact& contact);

  std::optional<Time> began_;  // the period
  Time last_told_;             // counts that had grown
  std::unordered_map<std::uint64_t, Source> sources_;
  Source others_;
  std::unordered_set<std::uint64_t> open_;  // what was told to be open, and has not ended yet
  std::size_t kinds_ = 0;                   // in `counts`, of all sources
  std::size_t text_bytes_ = 0;
  std::uint64_t counted_ = 0;
};

}  // namespace pforte::contact
