#include "identity/ldap_patience.h"

#include <doctest/doctest.h>

namespace pforte::identity {

using namespace std::chrono_literals;

TEST_CASE("a server that fails is left alone, each time longer, at most a minute") {
  LdapPatience patience;
  LdapPatience::Clock::time_point now{1h};
  for (std::chrono::seconds pause : {5s, 10s, 20s, 40s, 60s, 60s}) {
    CHECK(patience.may_ask(now));
    CHECK(patience.failed(now, now + 1s) == pause);
    now += 1s + pause;
    CHECK(!patience.may_ask(now - 1ms));
  }
  CHECK(patience.may_ask(now));
  CHECK(patience.answered());
  CHECK(patience.may_ask(now));
  CHECK(!patience.answered());
  CHECK(patience.failed(now, now) == 5s);
}

TEST_CASE("a server that has failed is tried by one login, not by all") {
  LdapPatience patience;
  LdapPatience::Clock::time_point now{1h};
  patience.failed(now, now);
  now += 5s;
  CHECK(patience.may_ask(now));
  CHECK(!patience.may_ask(now));
  CHECK(patience.may_ask(now + 5s));  // the first is never heard of again
}

TEST_CASE("it is known until when a server is left alone, and that it is not after an answer") {
  LdapPatience patience;
  LdapPatience::Clock::time_point now{1h};
  CHECK(!patience.left_alone_until());
  patience.failed(now, now);
  CHECK(patience.left_alone_until() == now + 5s);
  patience.answered();
  CHECK(!patience.left_alone_until());
}

TEST_CASE("those who had asked together have seen one failure") {
  LdapPatience patience;
  LdapPatience::Clock::time_point now{1h};
  CHECK(patience.failed(now, now + 5s) == 5s);
  CHECK(patience.failed(now + 1s, now + 6s) == 4s);
  CHECK(patience.may_ask(now + 10s));
}

}  // namespace pforte::identity
