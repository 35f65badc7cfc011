#include "doctor/opening_bytes.h"

#include <initializer_list>

#include "base/text.h"
#include "crypto/random.h"

namespace pforte::doctor {
namespace {

constexpr std::size_t kRandomBytes = 32;

std::string number16(std::size_t value) {
  return {static_cast<char>((value >> 8U) & 0xffU), static_cast<char>(value & 0xffU)};
}

std::string with_length8(const std::string& bytes) {
  return cat(static_cast<char>(bytes.size()), bytes);
}

std::string with_length16(const std::string& bytes) {
  return cat(number16(bytes.size()), bytes);
}

std::string numbers16(std::initializer_list<unsigned> values) {
  std::string bytes;
  for (unsigned value : values) bytes += number16(value);
  return bytes;
}

std::string extension(unsigned type, const std::string& content) {
  return cat(number16(type), with_length16(content));
}

// Of the kinds that servers insist on.
std::string extensions_for(const std::string& host) {
  constexpr unsigned kServerName = 0;
  constexpr unsigned kGroups = 10;
  constexpr unsigned kPointFormats = 11;
  constexpr unsigned kSignatures = 13;
  constexpr unsigned kVersions = 43;
  constexpr unsigned kKeyShare = 51;
  constexpr unsigned kX25519 = 29;
  std::string all;
  if (!host.empty()) all += extension(kServerName, with_length16(cat('\0', with_length16(host))));
  all += extension(kGroups, with_length16(numbers16({kX25519, 23, 24, 25})));
  all += extension(kPointFormats, with_length8(std::string(1, '\0')));
  all += extension(kSignatures, with_length16(numbers16({0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501,
                                                         0x0601, 0x0807, 0x0201})));
  all += extension(kVersions, with_length8(numbers16({0x0304, 0x0303, 0x0302, 0x0301})));
  // Any 32 bytes are a point of X25519 (RFC 7748, 5); the handshake goes no further than the server's answer.
  std::string share = cat(number16(kX25519), with_length16(crypto::random_bytes(kRandomBytes)));
  return all + extension(kKeyShare, with_length16(share));
}

}  // namespace

std::string opening_of_tls(const std::string& host, std::size_t size) {
  constexpr unsigned kPadding = 21;
  std::string head =
      cat("\x03\x03", crypto::random_bytes(kRandomBytes), with_length8(crypto::random_bytes(kRandomBytes)));
  head += with_length16(numbers16({0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009,
                                   0xc013, 0xc00a, 0xc014, 0x009e, 0x009f, 0x009c, 0x009d, 0x002f, 0x0035}));
  head += with_length8(std::string(1, '\0'));  // no compression
  std::string extensions = extensions_for(host);
  constexpr std::size_t kFraming = 5 + 4 + 2 + 4;  // record, message, extensions, the padding's own
  std::size_t bytes = head.size() + extensions.size() + kFraming;
  if (bytes < size) extensions += extension(kPadding, std::string(size - bytes, '\0'));
  std::string body = head + with_length16(extensions);
  std::string message = cat('\x01', '\0', with_length16(body));
  return cat("\x16\x03\x01", with_length16(message));
}

std::string opening_of_http(const std::string& authority, std::size_t size) {
  std::string head =
      cat("HEAD / HTTP/1.1\r\nHost: ", authority, "\r\nUser-Agent: pforte-doctor\r\nConnection: close\r\n");
  constexpr std::string_view kFiller = "Pforte-Padding: ";
  std::size_t bytes = head.size() + kFiller.size() + 4;
  if (bytes < size) head += cat(kFiller, std::string(size - bytes, 'x'), "\r\n");
  return cat(head, "\r\n");
}

}  // namespace pforte::doctor
