// A PROXY header stays what it is when more bytes arrive behind it, is never decided on before its last byte is there,
// and lies within the bytes given.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "net/proxy_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::net;
  auto bytes = std::as_bytes(std::span(data, size));
  auto whole = read_proxy_header(bytes);
  if (!whole) return 0;
  if (!*whole) {
    // Not decided yet: no shorter input may have been.
    for (std::size_t cut = 0; cut < size; ++cut) {
      auto part = read_proxy_header(bytes.first(cut));
      if (!part || *part) std::abort();
    }
    if (size >= kMaxProxyHeaderBytes) std::abort();
    return 0;
  }
  std::size_t end = (*whole)->size;
  if (end == 0 || end > size || end > kMaxProxyHeaderBytes) std::abort();
  auto exact = read_proxy_header(bytes.first(end));
  if (!exact || !*exact || (*exact)->size != end || (*exact)->source != (*whole)->source) std::abort();
  auto shorter = read_proxy_header(bytes.first(end - 1));
  if (!shorter || *shorter) std::abort();
  return 0;
}
