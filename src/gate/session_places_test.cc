#include "gate/session_places.h"

#include <doctest/doctest.h>

#include "base/text.h"

namespace pforte::gate {
namespace {

TEST_CASE("what was learnt of a session is found, and the newest counts") {
  SessionPlaces places;
  CHECK(!places.find("a"));
  places.learn("a", 1);
  places.learn("b", 2);
  CHECK(places.find("a") == 1);
  places.learn("a", 3);
  CHECK(places.find("a") == 3);
  CHECK(places.find("b") == 2);
}

TEST_CASE("of very many sessions those that are used last stay") {
  SessionPlaces places;
  places.learn("used", 1);
  places.learn("unused", 1);
  for (int i = 0; i < 200'000; ++i) {
    places.learn(cat("session ", i), 2);
    if (i % 1000 == 0) CHECK(places.find("used") == 1);
  }
  CHECK(!places.find("unused"));
  CHECK(places.find("session 199999") == 2);
}

}  // namespace
}  // namespace pforte::gate
