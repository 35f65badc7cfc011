#include "gate/sign_in_trail.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace pforte::gate {

TEST_CASE("of what a ticket claims and a directory says, 1,024 bytes are kept") {
  constexpr std::size_t kKept = 1024;
  const std::string long_text(50'000, 'a');
  Inquiry inquiry;
  inquiry.ticket.emplace().service = long_text;
  inquiry.providers.emplace_back().reason = long_text;
  SignInTrail trail;
  add_inquiry(trail, std::move(inquiry));
  add_refusal(trail, Error(Kind::Denied, "kerberos.no-key", long_text));
  CHECK(trail.inquiry.ticket->service == long_text.substr(0, kKept));
  CHECK(trail.inquiry.providers.front().reason == long_text.substr(0, kKept));
  CHECK(trail.reason == long_text.substr(0, kKept));
}

}  // namespace pforte::gate
