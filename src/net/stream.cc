#include "net/stream.h"

namespace pforte::net {

Task<> wait_for(Signal& signal) {
  co_await signal;
  co_return {};
}

Task<std::size_t> read_some(Stream& stream, std::span<char> into) {
  for (;;) {
    Io io = stream.try_read(into);
    if (io.moved()) co_return io.bytes;
    if (io.status == Io::Status::Finished) co_return std::size_t{0};
    if (io.status == Io::Status::Failed) co_return std::unexpected(stream.failure());
    co_await stream.readable();
  }
}

Task<> write_all(Stream& stream, std::string_view bytes) {
  while (!bytes.empty()) {
    Io io = stream.try_write(std::span(&bytes, 1));
    if (io.status == Io::Status::Failed) co_return std::unexpected(stream.failure());
    if (io.blocked()) co_await stream.writable();
    bytes.remove_prefix(io.bytes);
  }
  co_return {};
}

Task<> flush(Stream& stream) {
  for (;;) {
    Io io = stream.try_flush();
    if (io.moved()) co_return {};
    if (io.status == Io::Status::Failed) co_return std::unexpected(stream.failure());
    co_await stream.writable();
  }
}

}  // namespace pforte::net
