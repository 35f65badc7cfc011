#include "capture/block_reader.h"

#include <doctest/doctest.h>

namespace pforte::capture {

TEST_CASE("blocks are read in any cut, and what a block tells is its text") {
  std::string all = section_header("a", "b") + told("abcde") + decryption_secrets("secret");
  for (std::size_t cut : {1UZ, 3UZ, 7UZ, all.size()}) {
    CAPTURE(cut);
    BlockReader reader;
    std::string again, text;
    for (std::size_t at = 0; at < all.size(); at += cut) {
      reader.append(std::string_view(all).substr(at, cut));
      while (auto block = reader.next().value()) {
        again += block->bytes;
        text += block->text();
      }
    }
    CHECK(again == all);
    CHECK(text == "abcde");
    CHECK(reader.left() == 0);
  }
}

TEST_CASE("what is no block is refused") {
  std::string good = told("abcd");
  std::string other_end = good, odd = good, long_one = good, short_one = good;
  other_end.back() = 1;
  odd[4] = 21;
  long_one[7] = 1;
  short_one[4] = 8;
  for (const std::string& bad : {other_end, odd, long_one, short_one}) {
    BlockReader reader;
    reader.append(bad);
    auto read = reader.next();
    REQUIRE(!read);
    CHECK(read.error().code() == "capture.block");
  }
}

}  // namespace pforte::capture
