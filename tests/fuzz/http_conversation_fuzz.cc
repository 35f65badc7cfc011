// Whatever a client sends, and however it is cut: the conversation ends, no request is served after one that was
// refused or that ended the connection, every answer belongs to a request or to one refusal, and the cut changes
// nothing.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/compose.h"
#include "http/h1_server.h"
#include "net/memory_pipe.h"

namespace {

using namespace pforte;
using http::Exchange;
using http::Framing;

constexpr std::string_view kMark = "an answer, says the desk";

// Reads the body of every other request, and answers all.
class Desk final : public http::Service {
 public:
  net::Task<> serve(Exchange& exchange) override {
    if (refused > 0) std::abort();
    ++served;
    said += exchange.request().method_text;
    said += exchange.request().path;
    if (served % 2 == 0) return answer(exchange, 200);
    return read(exchange);
  }
  net::Task<> refuse(Exchange& exchange, http::Refusal refusal) override {
    if (++refused > 1) std::abort();
    said += refusal.code;
    return answer(exchange, refusal.status);
  }

  int served = 0;
  int refused = 0;
  std::string said;

 private:
  static net::Task<> answer(Exchange& exchange, int status) {
    http::ResponseHead head;
    head.status = status;
    head.reason = http::reason_of(status);
    head.fields.push_back({"Mark", kMark, http::FieldName::Other});
    head.body = {Framing::Kind::Length, 2};
    exchange.begin(head);
    co_await exchange.write("ok", http::More::Ends);
    co_return {};
  }
  net::Task<> read(Exchange& exchange) {
    std::string body;
    for (;;) {
      Result<http::Piece> piece = co_await outcome(exchange.read_body());
      // How much was heard before it broke depends on the cut.
      if (!piece) body = piece.error().code();
      if (piece) body += piece->bytes;
      if (!piece || piece->last) break;
    }
    said += body;
    co_await answer(exchange, 200);
    co_return {};
  }
};

struct Conversation {
  int served = 0;
  std::string answers, said;
};

Conversation converse(std::string_view words, std::size_t chunk) {
  net::Loop loop;
  net::MemoryPipe pipe(chunk);
  Desk desk;
  http::ServerLimits limits;
  limits.head = {.request_line_bytes = 256, .head_bytes = 512, .authorization_bytes = 256, .fields = 10};
  http::H1Server server(loop, pipe.right, desk, limits);
  pipe.left.try_write(std::span(&words, 1));
  pipe.left.finish();
  bool ended = false;
  loop.spawn(server.run(), [&](Result<>) { ended = true; });
  if (!ended) std::abort();  // all bytes and their end are there: nothing is left to wait for

  Conversation talk{desk.served, {}, std::move(desk.said)};
  std::string block(65536, '\0');
  for (net::Io io = pipe.left.try_read(block); io.moved(); io = pipe.left.try_read(block)) {
    talk.answers.append(block, 0, io.bytes);
  }
  int marks = 0;
  for (std::size_t at = 0; (at = talk.answers.find(kMark, at)) != std::string::npos; ++at) ++marks;
  if (marks != desk.served + desk.refused) std::abort();
  return talk;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view words(reinterpret_cast<const char*>(data) + 1, size - 1);
  Conversation whole = converse(words, 65536);
  Conversation cut = converse(words, 1 + data[0] % 32U);
  if (whole.served != cut.served || whole.said != cut.said || whole.answers != cut.answers) std::abort();
  return 0;
}
