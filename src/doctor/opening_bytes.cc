#include "doctor/opening_bytes.h"

#include <algorithm>

#include "base/text.h"
#include "doctor/tls_hello.h"
#include "tls/doctor_mark.h"

namespace pforte::doctor {

using namespace std::string_literals;

std::string opening_of_tls(const std::string& host, std::size_t size) {
  ClientHello hello{.version = TlsVersion::Tls13, .older_too = true, .server_name = host, .key_shares = true};
  hello.suites = {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009,
                  0xc013, 0xc00a, 0xc014, 0x009e, 0x009f, 0x009c, 0x009d, 0x002f, 0x0035};
  hello.groups = {29, 23, 24, 25};
  hello.at_least = size;
  return to_bytes(hello);
}

std::string opening_of_http(const std::string& authority, std::size_t size) {
  std::string head =
      cat("HEAD / HTTP/1.1\r\nHost: ", authority, "\r\nUser-Agent: ", tls::kDoctorAgent, "\r\nConnection: close\r\n");
  constexpr std::string_view kFiller = "Pforte-Padding: ";
  std::size_t bytes = head.size() + kFiller.size() + 4;
  if (bytes < size) head += cat(kFiller, std::string(size - bytes, 'x'), "\r\n");
  return cat(head, "\r\n");
}

std::string opening_of_http2(std::size_t size) {
  constexpr std::size_t kFrameHead = 9;
  constexpr std::size_t kLongestFrame = 16384;
  constexpr char kUnknownType = '\xfa';
  std::string bytes = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  bytes += "\0\0\0\x04\0\0\0\0\0"s;            // SETTINGS, empty
  bytes += "\0\0\x08\x06\0\0\0\0\0pfortedr"s;  // PING
  if (bytes.size() + kFrameHead > size) return bytes;
  std::size_t filler = std::min(size - bytes.size() - kFrameHead, kLongestFrame);
  bytes += '\0';
  bytes += static_cast<char>(filler >> 8U);
  bytes += static_cast<char>(filler & 0xffU);
  bytes += kUnknownType;
  bytes += "\0\0\0\0\0"s;
  return bytes.append(filler, '\0');
}

}  // namespace pforte::doctor
