#include "tls/opening.h"

#include <cstring>
#include <utility>

#include "tls/client_hello.h"

namespace pforte::tls {

using net::Buffer;
using net::Io;

namespace {

// The larger one has room for everything asked_host() wants to see.
void make_room(Opening& opening) {
  if (!opening.bytes) opening.bytes = Buffer(Buffer::Size::Medium);
  if (opening.size < opening.bytes.capacity()) return;
  Buffer larger(Buffer::fitting(kMostHelloBytes));
  std::memcpy(larger.data(), opening.bytes.data(), opening.size);
  opening.bytes = std::move(larger);
}

}  // namespace

net::Task<Opening> read_opening(net::Stream& stream) {
  Opening opening;
  for (;;) {
    make_room(opening);
    Io io = stream.try_read(std::span(opening.bytes.data() + opening.size, opening.bytes.capacity() - opening.size));
    if (io.moved()) {
      opening.size += io.bytes;
      auto host = asked_host({reinterpret_cast<const std::uint8_t*>(opening.bytes.data()), opening.size});
      if (!host) continue;
      opening.host = *std::move(host);
      break;
    }
    if (opening.size == 0) opening.bytes.release();
    if (!io.blocked()) break;
    Result<> waited = co_await stream.readable().outcome();
    if (!waited) break;
  }
  co_return opening;
}

}  // namespace pforte::tls
