// Whatever frames a client sends, and however they are cut: the connection ends when the client does, nothing is served
// twice, and an exchange that was begun is either completed or told that its client has gone.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/compose.h"
#include "http/h2_server.h"
#include "net/memory_pipe.h"

namespace {

using namespace pforte;
using http::Exchange;
using http::Framing;

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// Reads the body of every other request, and answers all.
class Mirror final : public http::Service {
 public:
  net::Task<> serve(Exchange& exchange) override { return answer(exchange, ++begun % 2 == 0, 200); }
  net::Task<> refuse(Exchange& exchange, http::Refusal refusal) override {
    ++begun;
    return answer(exchange, false, refusal.status);
  }

  int begun = 0;
  int ended = 0;

 private:
  // Counts, however the task ends.
  struct End {
    explicit End(int& to) : count(to) {}
    End(const End&) = delete;
    End& operator=(const End&) = delete;
    ~End() { ++count; }
    int& count;
  };

  net::Task<> answer(Exchange& exchange, bool reads, int status) {
    End end(ended);
    std::string body = "ok";
    while (reads) {
      http::Piece piece = co_await exchange.read_body();
      body += piece.bytes;
      reads = !piece.last;
    }
    http::ResponseHead head;
    head.status = status;
    head.body = {Framing::Kind::Length, body.size()};
    exchange.begin(head);
    co_await exchange.write(body, http::More::Ends, {});
    co_return {};
  }
};

void converse(std::string_view frames, std::size_t chunk) {
  Mirror mirror;
  {
    net::Loop loop;
    net::MemoryPipe pipe(loop, chunk);
    http::ServerLimits limits;
    limits.head = {.request_line_bytes = 256, .head_bytes = 512, .authorization_bytes = 256, .fields = 10};
    limits.streams = 8;
    http::H2Server server(loop, pipe.right, mirror, limits);
    pipe.left.try_write(std::span(&kPreface, 1));
    pipe.left.try_write(std::span(&frames, 1));
    pipe.left.finish();
    bool over = false;
    loop.spawn(server.run(), [&](Result<>) {
      over = true;
      loop.stop();
    });
    if (!over) loop.run();
    if (!over) std::abort();
  }
  if (mirror.begun != mirror.ended) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view frames(reinterpret_cast<const char*>(data) + 1, size - 1);
  converse(frames, 65536);
  converse(frames, 1 + data[0] % 32U);
  return 0;
}
