#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "capture/pcapng.h"
#include "net/address.h"

namespace pforte::capture {

// An end of a TCP connection.
enum class End : std::uint8_t { Gate, Peer };

// What passed a socket as the packets it would have been: the handshake, segments that follow each other without a gap,
// FIN or RST. Nothing of it was seen on a wire, so there are no retransmissions, no delays of the network, and segments
// are as large as what was read or written at once.
class Conversation {
 public:
  struct Ends {
    net::Address gate, peer;
    End opened_by = End::Peer;
  };

  // Its packets belong to this interface. `first` is the sequence number of both ends' SYN.
  Conversation(Ends ends, std::uint32_t interface, std::uint32_t first = 0)
      : ends_(ends), interface_(interface), first_(first), next_{first + 1, first + 1} {}

  // Each appends packets to `out` and returns how many. What opened it may be written when more is known.
  std::uint64_t open(std::string& out, Time time, std::string_view comment) const;
  std::uint64_t data(std::string& out, Time time, End from, std::string_view bytes);
  std::uint64_t finish(std::string& out, Time time, End from);  // nothing if it has finished before
  std::uint64_t reset(std::string& out, Time time, End from);   // nothing follows

 private:
  struct Step {
    Time time;
    End from;
    std::uint8_t flags;
    std::uint32_t sequence, acknowledged;
    std::string_view bytes = {}, comment = {};
  };
  static std::size_t index(End end) { return end == End::Gate ? 0 : 1; }
  void append(std::string& out, const Step& step) const;
  void go_on(std::string& out, Time time, End from, std::uint8_t flags, std::string_view bytes = {});

  Ends ends_;
  std::uint32_t interface_;
  std::uint32_t first_;
  std::array<std::uint32_t, 2> next_;  // sequence number of what comes next from each end
  std::array<bool, 2> finished_{};
  bool over_ = false;
};

}  // namespace pforte::capture
