#include "tls/client_hello.h"

namespace pforte::tls {

namespace {

constexpr std::uint8_t kHostName = 0;
constexpr std::size_t kMostName = 255;  // RFC 1035, 2.3.4

std::size_t number_at(std::span<const std::uint8_t> bytes, std::size_t place) {
  return std::size_t(bytes[place]) << 8 | bytes[place + 1];
}

}  // namespace

std::optional<std::string_view> host_in_server_name(std::span<const std::uint8_t> extension) {
  constexpr std::size_t kListHeader = 2;
  constexpr std::size_t kNameHeader = 3;
  if (extension.size() < kListHeader || number_at(extension, 0) != extension.size() - kListHeader) return std::nullopt;
  std::span<const std::uint8_t> names = extension.subspan(kListHeader);
  while (names.size() >= kNameHeader) {
    std::size_t length = number_at(names, 1);
    if (length == 0 || length > kMostName || length > names.size() - kNameHeader) return std::nullopt;
    if (names[0] == kHostName) return std::string_view(reinterpret_cast<const char*>(&names[kNameHeader]), length);
    names = names.subspan(kNameHeader + length);
  }
  return std::nullopt;
}

}  // namespace pforte::tls
