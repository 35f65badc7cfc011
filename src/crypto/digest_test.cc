#include "crypto/digest.h"

#include <doctest/doctest.h>

#include "base/bytes.h"

namespace pforte::crypto {
namespace {

std::string hex_of(std::string_view bytes) {
  Sha256 digest = sha256(bytes);
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// NIST, examples for FIPS 180-4.
TEST_CASE("SHA-256 gives what its standard says") {
  CHECK(hex_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("SHA-1 of several pieces is that of the whole") {
  for (auto digest : {sha1({"abc"}), sha1({"a", "", "bc"})}) {
    CHECK(to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()}) ==
          "a9993e364706816aba3e25717850c26c9cd0d89d");
  }
}

TEST_CASE("texts are equal in constant time when all of their bytes are") {
  struct Row {
    std::string_view a, b;
    bool equal;
  };
  const Row rows[] = {{"", "", true},
                      {"a", "a", true},
                      {"a", "b", false},
                      {"a", "", false},
                      {"ab", "a", false},
                      {"a", "ab", false},
                      {{"a\0b", 3}, {"a\0c", 3}, false}};
  for (const Row& row : rows) CHECK(equal_in_constant_time(row.a, row.b) == row.equal);
}

}  // namespace
}  // namespace pforte::crypto
