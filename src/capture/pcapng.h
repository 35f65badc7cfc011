#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Blocks of a pcapng file, in little-endian order.
// Source: draft-ietf-opsawg-pcapng-05.

namespace pforte::capture {

using Time = std::chrono::system_clock::time_point;

enum class BlockType : std::uint32_t {
  InterfaceDescription = 1,
  InterfaceStatistics = 5,
  EnhancedPacket = 6,
  DecryptionSecrets = 10,
  SectionHeader = 0x0A0D0D0A,
  // For local use (section 11.1): what the gate tells the command about the capture. Never in a file.
  Told = 0x80504654,
};

// The beginning of a file (4.1). `application` wrote it, and `comment` says what is in it.
std::string section_header(std::string_view application, std::string_view comment);

// An interface whose packets begin with an IP header (LINKTYPE_RAW), with times in nanoseconds (4.2). The first one has
// the number 0.
std::string interface_description(std::string_view name, std::string_view description);

// The key log of TLS connections, lines as in an NSS key log file (4.7; draft-ietf-tls-keylogfile).
std::string decryption_secrets(std::string_view key_log);

// From where to where a packet goes, seen from the gate.
enum class Direction : std::uint8_t { Inbound = 1, Outbound = 2 };

struct Packet {
  std::uint32_t interface = 0;
  Time time;
  Direction direction = Direction::Inbound;
  std::string_view header;
  std::string_view payload;
  std::string_view comment = {};  // empty: none
};
// A packet, whole (4.3).
void append_packet(std::string& out, const Packet& packet);

struct Statistics {
  std::uint32_t interface = 0;
  Time begin, end;
  std::uint64_t received = 0;  // packets, those dropped among them
  std::uint64_t dropped = 0;   // for want of room or of time
  std::string_view comment = {};
};
// What became of an interface's packets (4.6).
std::string statistics(const Statistics& statistics);

// A block of BlockType::Told with `text`.
std::string told(std::string_view text);

}  // namespace pforte::capture
