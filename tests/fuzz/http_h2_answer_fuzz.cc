// Whatever frames a server sends, and however they are cut: each request that was asked ends when the server does, with
// an answer that HTTP/1.1 could have carried or with an error that has a code, and nothing more is kept than the bounds
// allow.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/compose.h"
#include "http/h2_client.h"
#include "http/head_reader.h"
#include "net/memory_pipe.h"

namespace {

using namespace pforte;
using http::ClientExchange;
using http::Framing;
using http::More;

constexpr std::string_view kServerPreface("\0\0\0\4\0\0\0\0\0", 9);

// A head that was read must read the same when it is written as HTTP/1.1.
void check_head(const http::ResponseHead& head, http::Method method) {
  if (head.status < 100 || head.status > 999) std::abort();
  std::string text;
  http::append_response_head(text, head, http::Connection::KeepsAlive, 1);
  if (head.find(http::FieldName::TransferEncoding) || head.find(http::FieldName::ContentLength)) return;
  http::ResponseHead again;
  if (!http::parse_response_head(text, http::kAnswerLimits, method, again)) std::abort();
}

net::Task<> converse(ClientExchange& exchange, http::Method method) {
  for (;;) {
    const http::ResponseHead* head = co_await exchange.read_head();
    check_head(*head, method);
    if (head->status == 101) exchange.become_tunnel();
    if (!head->is_interim()) break;
  }
  for (;;) {
    http::Piece piece = co_await exchange.read_body();
    if (piece.bytes.size() > 256UZ * 1024) std::abort();
    if (piece.last) co_return {};
  }
}

net::Task<> ask(http::H2Client& client, int number, int& ended) {
  std::unique_ptr<ClientExchange> exchange = client.open();
  http::RequestHead head;
  head.method = number == 1 ? http::Method::Post : http::Method::Get;
  head.method_text = number == 1 ? "POST" : "GET";
  head.path = "/";
  head.fields = {{"Host", "app.example", http::FieldName::Host}};
  if (number == 1) head.body = {Framing::Kind::Chunked, 0};
  if (number == 2) head.wants_upgrade = true;
  if (number == 2) head.upgrade = "websocket";
  exchange->begin(head);
  Result<> done = co_await outcome(exchange->write(number == 1 ? "body" : "", More::Ends, {}));
  if (done) done = co_await outcome(converse(*exchange, head.method));
  if (!done && done.error().code().empty()) std::abort();
  ++ended;
  co_return {};
}

constexpr int kRequests = 3;

net::Task<> talk(net::Loop& loop, net::Stream& server, http::H2Client& client, std::string_view frames, int& ended,
                 net::Signal& news) {
  co_await client.greeted();
  for (int i = 0; i < kRequests; ++i) loop.spawn(ask(client, i, ended), [](Result<>) {});
  server.try_write(std::span(&frames, 1));
  server.finish();
  while (ended < kRequests || !client.over()) co_await news;
  co_return {};
}

void converse(std::string_view frames, std::size_t chunk) {
  int ended = 0;
  net::Loop loop;
  net::MemoryPipe pipe(loop, chunk);
  net::Signal news;
  http::H2Client client(loop, pipe.own_left(), "http", [&news] { news.ring(); });
  pipe.right.try_write(std::span(&kServerPreface, 1));
  loop.spawn(talk(loop, pipe.right, client, frames, ended, news), [&](Result<>) { loop.stop(); });
  loop.run();
  if (ended != kRequests) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view frames(reinterpret_cast<const char*>(data) + 1, size - 1);
  converse(frames, 65536);
  converse(frames, 1 + data[0] % 32U);
  return 0;
}
