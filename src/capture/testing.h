#pragma once

#include <string>
#include <vector>

#include "capture/block_reader.h"

// What tests of captures share.

namespace pforte::capture::testing {

// A packet of a file, taken apart.
struct Seen {
  std::uint16_t from = 0;  // port
  std::uint32_t sequence = 0, acknowledged = 0;
  std::uint8_t flags = 0;
  std::string payload;
};

inline std::uint32_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < size; ++i) number = number << 8 | std::uint8_t(bytes[at + i]);
  return number;
}

// Of a block with a packet of IPv4.
inline Seen packet_in(std::string_view block) {
  std::string_view packet = block.substr(28);
  std::size_t size = big_endian(packet, 2, 2);
  std::size_t tcp = 20, payload = tcp + 4UZ * (std::uint8_t(packet[tcp + 12]) >> 4);
  return {.from = std::uint16_t(big_endian(packet, tcp, 2)),
          .sequence = big_endian(packet, tcp + 4, 4),
          .acknowledged = big_endian(packet, tcp + 8, 4),
          .flags = std::uint8_t(packet[tcp + 13]),
          .payload = std::string(packet.substr(payload, size - payload))};
}

// The blocks of a text, by type.
struct File {
  std::vector<BlockType> types;
  std::vector<Seen> packets;
  std::string secrets;
};

inline File file_of(std::string_view bytes) {
  File file;
  BlockReader reader;
  reader.append(bytes);
  while (auto block = reader.next().value()) {
    file.types.push_back(block->type);
    if (block->type == BlockType::EnhancedPacket) file.packets.push_back(packet_in(block->bytes));
    if (block->type == BlockType::DecryptionSecrets) file.secrets += block->bytes.substr(16, block->bytes.size() - 20);
  }
  return file;
}

}  // namespace pforte::capture::testing
