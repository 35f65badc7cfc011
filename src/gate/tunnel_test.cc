#include "gate/tunnel.h"

#include <doctest/doctest.h>

#include <string>

#include "http/h1_client.h"
#include "http/h1_server.h"
#include "net/memory_pipe.h"
#include "net/testing.h"
#include "net/together.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;
using net::Task;

// Leads every request into a tunnel to one server.
class Portal final : public http::Service {
 public:
  Portal(net::Loop& loop, http::H1Client& server, net::Duration idle) : loop_(loop), server_(server), idle_(idle) {}

  Task<> serve(http::Exchange& exchange) override {
    http::ResponseHead head;
    head.status = 101;
    head.upgrade = "x";
    exchange.begin(head);
    co_await exchange.write("", http::More::Follows);
    server_.become_tunnel();
    ended = co_await outcome(tunnel(loop_, exchange, server_, {.idle = idle_}, carried));
    co_return {};
  }
  Task<> refuse(http::Exchange&, http::Refusal) override { co_return {}; }

  Result<> ended;
  Carried carried;

 private:
  net::Loop& loop_;
  http::H1Client& server_;
  net::Duration idle_;
};

// A tunnel between two far ends.
struct Passage {
  explicit Passage(net::Duration idle = 5s, std::size_t chunk = 4096) : idle_(idle), chunk_(chunk) {
    std::string_view request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
    outside.left.try_write(std::span(&request, 1));
  }
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;
  ~Passage() { loop.cancel_tasks(); }

 private:
  net::Duration idle_;
  std::size_t chunk_;

 public:
  net::Loop loop;
  net::MemoryPipe outside{loop, chunk_, 1000};
  net::MemoryPipe inside{loop, chunk_, 1000};
  http::H1Client client{loop, inside.own_left()};
  Portal portal{loop, client, idle_};
  http::ServerLimits limits;
  http::H1Server server{loop, outside.right, portal, limits};
};

Task<> say(net::Stream& stream, std::string_view words) {
  co_await net::write_all(stream, words);
  stream.finish();
  co_return {};
}

Task<> hear(net::Stream& stream, std::string& heard) {
  std::array<char, 100> block;
  for (;;) {
    std::size_t count = co_await net::read_some(stream, block);
    if (count == 0) co_return {};
    heard.append(block.data(), count);
  }
}

Task<> serve_and_finish(http::H1Server& server, net::Stream& stream) {
  Result<> ended = co_await outcome(server.run());
  stream.finish();
  co_return ended;
}

TEST_CASE("a tunnel carries both ways until both have finished, however the bytes are cut") {
  for (std::size_t chunk : {1, 7, 4096}) {
    CAPTURE(chunk);
    Passage passage(5s, chunk);
    std::string up(20'000, 'u');
    std::string down(30'000, 'd');
    std::string at_server;
    std::string at_client;
    Task<> far_client = net::both(say(passage.outside.left, up), hear(passage.outside.left, at_client));
    Task<> far_server = net::both(say(passage.inside.right, down), hear(passage.inside.right, at_server));
    Task<> ends = net::both(std::move(far_client), std::move(far_server));
    Result<> ended = net::run(
        passage.loop, net::within(passage.loop, 20s,
                                  net::both(serve_and_finish(passage.server, passage.outside.right), std::move(ends))));
    CHECK(ended);
    CHECK(passage.portal.ended);
    CHECK(at_server == up);
    CHECK(at_client.ends_with("\r\n\r\n" + down));
    CHECK(passage.portal.carried.to_server == up.size());
    CHECK(passage.portal.carried.to_client == down.size());
  }
}

TEST_CASE("one side that has finished still hears the other") {
  Passage passage;
  passage.loop.spawn(passage.server.run());
  passage.outside.left.finish();
  std::string heard;
  CHECK(net::run(passage.loop, hear(passage.inside.right, heard)));
  CHECK(heard.empty());
  passage.loop.spawn(say(passage.inside.right, "late words"));
  CHECK(net::run(passage.loop, hear(passage.outside.left, heard)));
  CHECK(heard.ends_with("late words"));
}

TEST_CASE("a tunnel in which nothing moves ends, and one in which a little moves does not") {
  Passage quiet(60ms);
  Result<> ended = net::run(quiet.loop, net::within(quiet.loop, 10s, quiet.server.run()));
  CHECK(!ended);
  REQUIRE(!quiet.portal.ended);
  CHECK(quiet.portal.ended.error().kind() == Kind::Timeout);

  Passage lively(100ms);
  lively.loop.spawn(lively.server.run());
  auto drip = [](net::Loop& loop, net::Stream& stream) -> Task<> {
    for (int i = 0; i < 12; ++i) {
      co_await loop.sleep_for(30ms);
      co_await net::write_all(stream, "x");
    }
    co_return {};
  };
  CHECK(net::run(lively.loop, drip(lively.loop, lively.outside.left)));
  CHECK(lively.portal.ended);
  CHECK(lively.portal.carried.to_server >= 11);
}

TEST_CASE("a side that is dropped ends the tunnel") {
  for (bool client_goes : {false, true}) {
    Passage passage;
    passage.loop.post([&] { (client_goes ? passage.outside.left : passage.inside.right).drop(); });
    Result<> ended = net::run(passage.loop, net::within(passage.loop, 10s, passage.server.run()));
    CHECK(!ended);
    REQUIRE(!passage.portal.ended);
    CHECK(passage.portal.ended.error().kind() == Kind::Closed);
  }
}

}  // namespace
}  // namespace pforte::gate
