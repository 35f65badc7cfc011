// The host that a connection asks for does not depend on what follows its ClientHello, nor on how that is cut into
// records; it is in lower case, and known when the most bytes have come that are looked at.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tls/client_hello.h"

namespace {

using Bytes = std::span<const std::uint8_t>;

// The same handshake bytes, in records of two bytes each; nothing where the input is no whole records of a handshake.
std::optional<std::vector<std::uint8_t>> cut_otherwise(Bytes bytes) {
  constexpr std::size_t kHeader = 5;
  constexpr std::size_t kPiece = 2;
  std::vector<std::uint8_t> handshake, out;
  while (bytes.size() >= kHeader && bytes[0] == 22 && bytes[1] == 3) {
    std::size_t size = std::size_t(bytes[3]) << 8 | bytes[4];
    if (size == 0 || size > 16384 || bytes.size() < kHeader + size) return std::nullopt;
    Bytes piece = bytes.subspan(kHeader, size);
    handshake.insert(handshake.end(), piece.begin(), piece.end());
    bytes = bytes.subspan(kHeader + size);
  }
  if (!bytes.empty()) return std::nullopt;
  for (std::size_t at = 0; at < handshake.size(); at += kPiece) {
    std::size_t size = std::min(kPiece, handshake.size() - at);
    out.insert(out.end(), {22, 3, 1, 0, std::uint8_t(size)});
    out.insert(out.end(), handshake.begin() + std::ptrdiff_t(at), handshake.begin() + std::ptrdiff_t(at + size));
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pforte::tls::asked_host;
  Bytes input(data, size);
  std::optional<std::string> host = asked_host(input);
  if (host && std::ranges::any_of(*host, [](char c) { return c >= 'A' && c <= 'Z'; })) std::abort();
  if (!host && size >= pforte::tls::kMostHelloBytes) std::abort();

  std::vector<std::uint8_t> longer(data, data + size);
  longer.insert(longer.end(), {22, 3, 1, 0, 1, 1, 0});
  if (host && asked_host(longer) != host) std::abort();
  if (size > 0 && !host && asked_host(input.first(size - 1))) std::abort();

  constexpr std::size_t kGrowsBy = 4;  // two bytes of a record become seven
  auto otherwise = size < pforte::tls::kMostHelloBytes / kGrowsBy ? cut_otherwise(input) : std::nullopt;
  if (otherwise && !host && asked_host(*otherwise)) std::abort();
  if (otherwise && host && !host->empty() && asked_host(*otherwise) != host) std::abort();
  return 0;
}
