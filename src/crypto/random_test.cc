#include "crypto/random.h"

#include <doctest/doctest.h>

#include <set>

#include "base/bytes.h"

namespace pforte::crypto {
namespace {

TEST_CASE("random bytes are as many as asked for") {
  for (std::size_t count : {0, 1, 16, 255, 256, 257, 1000}) CHECK(random_bytes(count).size() == count);
}

TEST_CASE("random bytes use all values, to their end") {
  std::string bytes = random_bytes(64 * 1024);
  CHECK(std::set<char>(bytes.begin(), bytes.end()).size() == 256);
  CHECK(std::set<char>(bytes.end() - 256, bytes.end()).size() > 100);
}

TEST_CASE("an id is 128 bits in 22 letters, and no two are the same") {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    std::string id = random_id();
    CHECK(id.size() == 22);
    CHECK(from_base64url(id).value_or("").size() == 16);
    ids.insert(id);
  }
  CHECK(ids.size() == 1000);
}

}  // namespace
}  // namespace pforte::crypto
