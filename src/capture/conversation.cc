#include "capture/conversation.h"

#include "capture/segment.h"

namespace pforte::capture {

namespace {

End other(End end) {
  return end == End::Gate ? End::Peer : End::Gate;
}

}  // namespace

std::uint64_t Conversation::open(std::string& out, Time time, std::string_view comment) const {
  End opens = ends_.opened_by;
  append(out, {.time = time, .from = opens, .flags = kSyn, .sequence = first_, .acknowledged = 0, .comment = comment});
  append(out,
         {.time = time, .from = other(opens), .flags = kSyn | kAck, .sequence = first_, .acknowledged = first_ + 1});
  append(out, {.time = time, .from = opens, .flags = kAck, .sequence = first_ + 1, .acknowledged = first_ + 1});
  return 3;
}

std::uint64_t Conversation::data(std::string& out, Time time, End from, std::string_view bytes) {
  std::uint64_t count = 0;
  for (; !bytes.empty() && !over_; ++count) {
    std::string_view piece = bytes.substr(0, kMostPayload);
    go_on(out, time, from, kPush | kAck, piece);
    bytes.remove_prefix(piece.size());
  }
  return count;
}

std::uint64_t Conversation::finish(std::string& out, Time time, End from) {
  if (over_ || finished_[index(from)]) return 0;
  go_on(out, time, from, kFin | kAck);
  finished_[index(from)] = true;
  return 1;
}

std::uint64_t Conversation::reset(std::string& out, Time time, End from) {
  if (over_) return 0;
  go_on(out, time, from, kReset | kAck);
  over_ = true;
  return 1;
}

void Conversation::go_on(std::string& out, Time time, End from, std::uint8_t flags, std::string_view bytes) {
  std::uint32_t& sequence = next_[index(from)];
  append(out, {.time = time,
               .from = from,
               .flags = flags,
               .sequence = sequence,
               .acknowledged = next_[index(other(from))],
               .bytes = bytes});
  // FIN counts like a byte (RFC 9293, 3.4). Behind the last number it goes on from 0.
  sequence += std::uint32_t(bytes.size()) + ((flags & kFin) ? 1 : 0);
}

void Conversation::append(std::string& out, const Step& step) const {
  bool by_gate = step.from == End::Gate;
  Segment segment{.from = by_gate ? ends_.gate : ends_.peer,
                  .to = by_gate ? ends_.peer : ends_.gate,
                  .sequence = step.sequence,
                  .acknowledged = step.acknowledged,
                  .flags = step.flags};
  std::string header = headers_of(segment, step.bytes);
  append_packet(out, {.interface = interface_,
                      .time = step.time,
                      .direction = by_gate ? Direction::Outbound : Direction::Inbound,
                      .header = header,
                      .payload = step.bytes,
                      .comment = step.comment});
}

}  // namespace pforte::capture
