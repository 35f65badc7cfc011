#include "crypto/sealing_keys.h"

#include <doctest/doctest.h>

#include <set>
#include <utility>

#include "base/bytes.h"

namespace pforte::crypto {
namespace {

using namespace std::string_view_literals;

SealingKeys::Key key(std::uint32_t number, char letter) {
  return {number, Secret(std::string(SealingKeys::kSecretBytes, letter))};
}

template <class... Keys>
SealingKeys keys_of(Keys... keys) {
  std::vector<SealingKeys::Key> all;
  (all.push_back(std::move(keys)), ...);
  return SealingKeys(std::move(all));
}

TEST_CASE("what was sealed opens, however long it is") {
  SealingKeys keys = keys_of(key(1, 'a'));
  for (std::size_t size : {0, 1, 15, 16, 17, 63, 64, 65, 4000}) {
    CAPTURE(size);
    std::string text(size, '\0');
    std::string plain;
    CHECK(keys.open(keys.seal(text, "test"), "test", plain));
    CHECK(plain == text);
  }
}

TEST_CASE("what opens is appended, and what does not leaves the text as it was") {
  SealingKeys keys = keys_of(key(1, 'a'));
  std::string plain = "before ";
  CHECK(!keys.open(keys.seal("x", "other"), "test", plain));
  CHECK(plain == "before ");
  CHECK(keys.open(keys.seal("after", "test"), "test", plain));
  CHECK(plain == "before after");
}

TEST_CASE("the same text never looks the same, and shows nothing of itself") {
  SealingKeys keys = keys_of(key(1, 'a'));
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(keys.seal("susan susan susan susan", "test"));
  CHECK(seen.size() == 100);
  for (const std::string& sealed : seen) CHECK(from_base64url(sealed)->find("susan") == std::string::npos);
}

TEST_CASE("sealed for one purpose does not open for another") {
  SealingKeys keys = keys_of(key(1, 'a'));
  std::string plain;
  for (std::string_view purpose : {""sv, "tes"sv, "test "sv, "TEST"sv, "test\0"sv}) {
    CAPTURE(purpose);
    CHECK(!keys.open(keys.seal("x", "test"), purpose, plain));
  }
}

TEST_CASE("no bit of what is sealed can be changed, none left out or added") {
  SealingKeys keys = keys_of(key(1, 'a'), key(257, 'b'), key(0, 'c'));
  std::string sealed = keys.seal("susan", "test");
  std::string bytes = from_base64url(sealed).value();
  std::string plain;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    CAPTURE(bit);
    std::string changed = bytes;
    changed[bit / 8] = char(changed[bit / 8] ^ 1 << bit % 8);
    CHECK(!keys.open(to_base64url(changed), "test", plain));
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) CHECK(!keys.open(sealed.substr(0, size), "test", plain));
  for (std::string_view more : {"A", "AA", "AAAA", "=", " ", "\n"})
    CHECK(!keys.open(sealed + more.data(), "test", plain));
  CHECK(!keys.open("!" + sealed, "test", plain));
  CHECK(plain.empty());
}

TEST_CASE("the first key seals and all open, until they go") {
  SealingKeys before = keys_of(key(7, 'a'));
  SealingKeys meanwhile = keys_of(key(8, 'b'), key(7, 'a'));
  SealingKeys after = keys_of(key(8, 'b'));
  std::string old_one = before.seal("x", "test");
  std::string new_one = meanwhile.seal("x", "test");
  std::string plain;
  CHECK(meanwhile.open(old_one, "test", plain));
  CHECK(meanwhile.open(new_one, "test", plain));
  CHECK(after.open(new_one, "test", plain));
  CHECK(!after.open(old_one, "test", plain));
  CHECK(!before.open(new_one, "test", plain));
}

TEST_CASE("another secret under the same number opens nothing") {
  std::string plain;
  CHECK(!keys_of(key(1, 'b')).open(keys_of(key(1, 'a')).seal("x", "test"), "test", plain));
}

// draft-irtf-cfrg-xchacha-03, A.3.1, put into our form.
TEST_CASE("sealing is XChaCha20-Poly1305 as its draft has it") {
  std::string secret;
  for (int i = 0x80; i < 0xa0; ++i) secret += char(i);
  std::vector<SealingKeys::Key> one;
  one.push_back({0x04030201, Secret(secret)});
  SealingKeys keys(std::move(one));
  std::string bytes = from_hex(
                          "01020304"
                          "404142434445464748494a4b4c4d4e4f5051525354555657"
                          "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
                          "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
                          "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
                          "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49")
                          .value();
  std::string plain;
  REQUIRE(keys.open(to_base64url(bytes), from_hex("50515253c0c1c2c3c4c5c6c7").value(), plain));
  CHECK(plain ==
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would "
        "be it.");
}

}  // namespace
}  // namespace pforte::crypto
