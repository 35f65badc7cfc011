#include "capture/pcapng.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "base/bytes.h"

namespace pforte::capture {

namespace {

using namespace std::string_literals;
using namespace std::chrono_literals;

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number |= std::uint32_t(std::uint8_t(bytes[at + i])) << (8 * i);
  return number;
}

}  // namespace

TEST_CASE("every block has its length at both ends, a multiple of four, however long its parts are") {
  for (std::size_t size = 0; size < 9; ++size) {
    CAPTURE(size);
    std::string text(size, 'x'), packet;
    append_packet(packet, {.time = Time(1s), .header = text, .payload = "y", .comment = text});
    const std::array blocks = {section_header(text, text),
                               interface_description(text, text),
                               decryption_secrets(text),
                               statistics({.begin = Time(1s), .end = Time(2s), .comment = text}),
                               told(text),
                               packet};
    for (const std::string& block : blocks) {
      CAPTURE(to_hex(block));
      CHECK(block.size() % 4 == 0);
      CHECK(number_at(block, 4) == block.size());
      CHECK(number_at(block, block.size() - 4) == block.size());
    }
  }
}

TEST_CASE("a section begins with the magic number and version 1.0") {
  CHECK(to_hex(section_header("a", "").substr(0, 24)) ==
        "0a0d0d0a"
        "28000000"
        "4d3c2b1a"
        "01000000"
        "ffffffffffffffff");
}

TEST_CASE("a packet has its time in nanoseconds, the high half first, its lengths and its direction") {
  std::string block;
  append_packet(block, {.interface = 1,
                        .time = Time(0x1'0000'0002ns),
                        .direction = Direction::Outbound,
                        .header = "ab",
                        .payload = "cde"});
  CHECK(to_hex(block) ==
        "06000000"
        "34000000"
        "01000000"
        "01000000"
        "02000000"
        "05000000"
        "05000000"
        "6162636465000000"  // padded
        "0200"
        "0400"
        "02000000"  // epb_flags: outbound
        "00000000"
        "34000000");
}

TEST_CASE("secrets are a key log of TLS with its length, padded") {
  CHECK(to_hex(decryption_secrets("ABCDE")) ==
        "0a000000"
        "1c000000"
        "4b534c54"
        "05000000"
        "4142434445000000"
        "1c000000");
}

TEST_CASE("statistics tell how many packets came and how many are not there") {
  std::string block = statistics({.begin = Time(1ns), .end = Time(2ns), .received = 7, .dropped = 3});
  std::string hex = to_hex(block);
  CHECK(hex.find("04000800"
                 "0700000000000000"
                 "05000800"
                 "0300000000000000"
                 "00000000") != std::string::npos);
}

TEST_CASE("a comment that is longer than an option can be is cut") {
  std::string block = statistics({.begin = Time(1s), .end = Time(2s), .comment = std::string(70'000, 'x')});
  CHECK(block.size() < 66'000);
  CHECK(number_at(block, 4) == block.size());
}

}  // namespace pforte::capture
