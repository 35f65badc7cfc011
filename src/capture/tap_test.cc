#include "capture/tap.h"

#include <doctest/doctest.h>

#include <array>

#include "capture/segment.h"
#include "capture/testing.h"
#include "net/memory_pipe.h"

namespace pforte::capture {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMuch = 1UZ << 30;

Terms some_terms(std::uint64_t limit = kMuch) {
  return {.by = "susan", .filter = {}, .lasts = 60s, .limit = limit, .secrets = true};
}

std::shared_ptr<Recording> some_recording(std::uint64_t limit = kMuch) {
  return std::make_shared<Recording>(some_terms(limit), std::chrono::system_clock::now());
}

// A tap on one end of a pipe; a test plays the client at the other.
struct Tapped {
  std::shared_ptr<Recording> recording;
  net::MemoryPipe pipe;
  std::unique_ptr<Tap> tap;

  explicit Tapped(std::shared_ptr<Recording> into = some_recording()) : recording(std::move(into)) {
    Conversation::Ends ends{.gate = net::parse_address("10.0.0.1:443").value(),
                            .peer = net::parse_address("10.0.0.7:50000").value()};
    tap = std::make_unique<Tap>(pipe.own_right(), recording, ends);
  }

  void client_says(std::string_view text) { pipe.left.try_write(std::span(&text, 1)); }
  std::string hear() const {
    std::array<char, 4096> buffer;
    net::Io io = tap->try_read(buffer);
    return {buffer.data(), io.bytes};
  }
  void say(std::string_view text) const { tap->try_write(std::span(&text, 1)); }
  testing::File file() const { return testing::file_of(recording->take()); }
};

std::string told_by(const testing::File& file) {
  std::string all;
  for (const testing::Seen& one : file.packets) all += one.payload;
  return all;
}

}  // namespace

TEST_CASE("what moves is recorded both ways, and passed on as it is") {
  Tapped tapped;
  tapped.tap->keep("");
  tapped.client_says("question");
  CHECK(tapped.hear() == "question");
  tapped.say("answer");
  std::array<char, 16> heard;
  CHECK(std::string_view(heard.data(), tapped.pipe.left.try_read(heard).bytes) == "answer");
  testing::File file = tapped.file();
  CHECK(file.packets.size() == 5);
  CHECK(told_by(file) == "questionanswer");
  CHECK(tapped.recording->tally().connections == 1);
}

TEST_CASE("nothing is recorded before it is known whether it belongs, and then secrets come first") {
  Tapped tapped;
  tapped.client_says("hello");
  tapped.hear();
  tapped.tap->tell("CLIENT_RANDOM 00 11");
  CHECK(tapped.file().packets.empty());
  tapped.tap->keep("");
  testing::File file = tapped.file();
  REQUIRE(file.types.size() == 5);
  CHECK(file.types.front() == BlockType::DecryptionSecrets);
  CHECK(file.secrets == "CLIENT_RANDOM 00 11\n");
  CHECK(told_by(file) == "hello");
}

TEST_CASE("of a connection that does not belong nothing is recorded, its secrets least of all") {
  Tapped tapped;
  tapped.tap->tell("CLIENT_RANDOM 00 11");
  tapped.client_says("hello");
  tapped.hear();
  tapped.tap->leave();
  tapped.tap->keep("");
  tapped.client_says("more");
  CHECK(tapped.hear() == "more");
  tapped.tap.reset();
  testing::File file = tapped.file();
  CHECK((file.packets.empty() && file.secrets.empty()));
  CHECK(tapped.recording->tally().connections == 0);
}

TEST_CASE("a connection that nobody has finished is finished when it goes, one that broke is reset") {
  Tapped ends;
  ends.tap->keep("");
  ends.tap.reset();
  CHECK(ends.file().packets.back().flags == (kFin | kAck));

  Tapped breaks;
  breaks.tap->keep("");
  breaks.pipe.left.drop();
  breaks.hear();
  breaks.tap.reset();
  CHECK(breaks.file().packets.back().flags == (kReset | kAck));
}

TEST_CASE("who says more than a handshake takes before it is known whether it belongs is given up") {
  Tapped tapped;
  for (int i = 0; i < 100; ++i) {
    tapped.client_says(std::string(4096, 'x'));
    tapped.hear();
  }
  CHECK(!tapped.tap->holds_back());
  CHECK(tapped.recording->tally().given_up == 1);
}

TEST_CASE("a recording ends at its limit, and no block is torn") {
  Tapped tapped(some_recording(Recording::kLeastLimit));
  tapped.tap->keep("");
  for (int i = 0; i < 100; ++i) {
    tapped.client_says(std::string(4096, 'x'));
    tapped.hear();
  }
  CHECK(tapped.recording->full());
  CHECK(tapped.recording->over());
  std::string bytes = tapped.recording->take();
  bytes += tapped.recording->end(std::chrono::system_clock::now(), "");
  CHECK(bytes.size() <= Recording::kLeastLimit);
  CHECK(bytes.size() == tapped.recording->tally().bytes);
  CHECK(testing::file_of(bytes).types.back() == BlockType::InterfaceStatistics);
}

TEST_CASE("what is not written down in time is dropped and counted; what follows shows the gap") {
  Tapped tapped;
  tapped.tap->keep("");
  std::string piece(4096, 'x');
  int said = 0;
  for (; tapped.recording->tally().dropped == 0; ++said) {
    tapped.client_says(piece);
    tapped.hear();
  }
  CHECK(tapped.recording->take().size() <= Recording::kMostWaiting);
  tapped.client_says("late");
  tapped.hear();
  std::vector<testing::Seen> late = tapped.file().packets;
  REQUIRE(late.size() == 1);
  CHECK(late[0].sequence == 1 + std::uint32_t(said) * piece.size());
  CHECK(tapped.recording->tally().dropped == 1);
}

TEST_CASE("a recording takes nothing when its time is over") {
  Recording recording(some_terms(), std::chrono::system_clock::now());
  recording.take();
  CHECK(recording.add("x", 1, recording.until()));
  CHECK(!recording.add("x", 1, recording.until() + 1ms));
  CHECK(recording.take() == "x");
  recording.end(recording.until(), "");
  CHECK(!recording.add("x", 1, recording.begun()));
}

TEST_CASE("a filter is told as an administrator would say it") {
  Filter filter;
  CHECK(filter.to_text() == "everything");
  filter.site = "crm.example.com";
  CHECK(filter.to_text() == "site crm.example.com");
  filter.client = net::parse_network("10.0.0.0/8").value();
  CHECK(filter.to_text() == "client 10.0.0.0/8, site crm.example.com");
}

}  // namespace pforte::capture
