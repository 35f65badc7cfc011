#pragma once

#include <cstdint>
#include <span>

#include "coding/coding.h"
#include "http/field.h"

namespace pforte::coding {

// What a client takes, by its Accept-Encoding fields (RFC 9110, 12.5.3). Weights in thousandths, 0: it does not.
//
// What is malformed counts as not being there: an answer without coding is always a good one.
class AcceptEncoding {
 public:
  // A client that says nothing takes everything by the letter, yet many of those can read nothing but plain bytes: it
  // gets identity.
  explicit AcceptEncoding(const http::Fields& request);

  // Identity has the weight it was given; named by nobody it is taken, though everything with a weight is liked more.
  std::uint16_t weight(Coding coding) const;

  // The one of `offered`, or Identity, that is liked most; of equals the first of `offered`. Identity also when the
  // client takes nothing of all that (RFC 9110, 12.5.3: better so than not at all).
  Coding best_of(std::span<const Coding> offered) const;

 private:
  static constexpr std::uint16_t kUnsaid = 1001;

  void take(std::string_view element);

  std::array<std::uint16_t, kCodingNames.size()> weights_{kUnsaid, kUnsaid, kUnsaid, kUnsaid};
  std::uint16_t others_ = kUnsaid;  // "*"
};

}  // namespace pforte::coding
