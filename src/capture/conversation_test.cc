#include "capture/conversation.h"

#include <doctest/doctest.h>

#include "capture/segment.h"
#include "capture/testing.h"

namespace pforte::capture {

namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kGatePort = 443, kPeerPort = 50000;
const Time some_time{1s};

Conversation::Ends some_ends() {
  return {.gate = net::parse_address("10.0.0.1:443").value(), .peer = net::parse_address("10.0.0.7:50000").value()};
}

}  // namespace

TEST_CASE("a connection begins with a handshake, and its segments follow each other without a gap") {
  Conversation conversation(some_ends(), 0, 100);
  std::string out;
  CHECK(conversation.open(out, some_time, "") == 3);
  CHECK(conversation.data(out, some_time, End::Peer, "question") == 1);
  CHECK(conversation.data(out, some_time, End::Gate, "answer") == 1);
  CHECK(conversation.data(out, some_time, End::Peer, "thanks") == 1);
  std::vector<testing::Seen> seen = testing::file_of(out).packets;
  REQUIRE(seen.size() == 6);
  CHECK((seen[0].from == kPeerPort && seen[0].flags == kSyn && seen[0].sequence == 100));
  CHECK((seen[1].from == kGatePort && seen[1].flags == (kSyn | kAck) && seen[1].acknowledged == 101));
  CHECK((seen[2].flags == kAck && seen[2].sequence == 101 && seen[2].acknowledged == 101));
  CHECK((seen[3].payload == "question" && seen[3].sequence == 101 && seen[3].acknowledged == 101));
  CHECK((seen[4].payload == "answer" && seen[4].sequence == 101 && seen[4].acknowledged == 109));
  CHECK((seen[5].payload == "thanks" && seen[5].sequence == 109 && seen[5].acknowledged == 107));
}

TEST_CASE("sequence numbers go on from 0 behind the last one") {
  Conversation conversation(some_ends(), 0, 0xfffffff0);
  std::string out;
  conversation.data(out, some_time, End::Peer, std::string(20, 'x'));
  conversation.data(out, some_time, End::Peer, "y");
  conversation.data(out, some_time, End::Gate, "z");
  std::vector<testing::Seen> seen = testing::file_of(out).packets;
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].sequence == 0xfffffff1);
  CHECK(seen[1].sequence == 5);
  CHECK(seen[2].acknowledged == 6);
}

TEST_CASE("what was read at once and fits into no packet becomes several") {
  Conversation conversation(some_ends(), 0);
  std::string out, much(kMostPayload + 1, 'x');
  CHECK(conversation.data(out, some_time, End::Gate, much) == 2);
  std::vector<testing::Seen> seen = testing::file_of(out).packets;
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].payload + seen[1].payload == much);
  CHECK(seen[1].sequence == seen[0].sequence + kMostPayload);
}

TEST_CASE("each end finishes once, and what finishes counts like a byte") {
  Conversation conversation(some_ends(), 0);
  std::string out;
  CHECK(conversation.finish(out, some_time, End::Peer) == 1);
  CHECK(conversation.finish(out, some_time, End::Peer) == 0);
  CHECK(conversation.data(out, some_time, End::Gate, "still") == 1);
  CHECK(conversation.finish(out, some_time, End::Gate) == 1);
  std::vector<testing::Seen> seen = testing::file_of(out).packets;
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].flags == (kFin | kAck));
  CHECK(seen[1].acknowledged == 2);
}

TEST_CASE("nothing follows a reset") {
  Conversation conversation(some_ends(), 0);
  std::string out;
  CHECK(conversation.reset(out, some_time, End::Peer) == 1);
  CHECK(conversation.data(out, some_time, End::Peer, "x") == 0);
  CHECK(conversation.finish(out, some_time, End::Gate) == 0);
  CHECK(conversation.reset(out, some_time, End::Gate) == 0);
}

}  // namespace pforte::capture
