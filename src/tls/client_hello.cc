#include "tls/client_hello.h"

#include <algorithm>
#include <vector>

#include "base/ascii.h"
#include "tls/hello_fields.h"

namespace pforte::tls {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t kHostName = 0;
constexpr std::size_t kMostName = 255;  // RFC 1035, 2.3.4

constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kMostFragment = 16384;
constexpr std::uint8_t kHandshake = 22;
constexpr std::uint8_t kMajorVersion = 3;
constexpr std::size_t kMessageHeader = 4;
constexpr std::uint8_t kClientHello = 1;
constexpr std::size_t kMostMessage = 64UZ * 1024;

std::size_t number_at(Bytes bytes, std::size_t place) {
  return std::size_t(bytes[place]) << 8 | bytes[place + 1];
}

// An extension that stands there twice names nobody: two readers could take a different one.
std::optional<std::string_view> host_in_hello(Bytes hello) {
  constexpr std::size_t kVersionAndRandom = 34;
  constexpr std::size_t kServerName = 0;
  HelloFields fields(hello);
  fields.take(kVersionAndRandom);
  fields.vector(1);  // session
  fields.vector(2);  // ciphers
  fields.vector(1);  // compression
  HelloFields extensions(fields.vector(2));
  if (!fields.complete() || !fields.over()) return std::nullopt;
  std::optional<Bytes> server_name;
  while (!extensions.over()) {
    std::size_t type = extensions.number(2);
    Bytes content = extensions.vector(2);
    if (!extensions.complete()) return std::nullopt;
    if (type != kServerName) continue;
    if (server_name) return std::nullopt;
    server_name = content;
  }
  return server_name ? host_in_server_name(*server_name) : std::nullopt;
}

// The first handshake message, as far as it has come: in place while it is in one record, joined after that.
class FirstMessage {
 public:
  void add(Bytes fragment) {
    if (bytes_.empty()) {
      bytes_ = fragment;
      return;
    }
    if (joined_.empty()) joined_.assign(bytes_.begin(), bytes_.end());
    joined_.insert(joined_.end(), fragment.begin(), fragment.end());
    bytes_ = joined_;
  }

  bool has_header() const { return bytes_.size() >= kMessageHeader; }
  bool may_be_hello() const {
    if (!bytes_.empty() && bytes_[0] != kClientHello) return false;
    return !has_header() || size() <= kMostMessage;
  }
  bool whole() const { return has_header() && bytes_.size() >= kMessageHeader + size(); }
  Bytes body() const { return bytes_.subspan(kMessageHeader, size()); }

 private:
  std::size_t size() const { return std::size_t(bytes_[1]) << 16 | number_at(bytes_, 2); }

  Bytes bytes_;
  std::vector<std::uint8_t> joined_;
};

bool may_be_record(Bytes bytes) {
  if (!bytes.empty() && bytes[0] != kHandshake) return false;
  if (bytes.size() > 1 && bytes[1] != kMajorVersion) return false;
  if (bytes.size() < kRecordHeader) return true;
  std::size_t size = number_at(bytes, 3);
  return size > 0 && size <= kMostFragment;
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

std::optional<std::string> asked_host(std::span<const std::uint8_t> bytes) {
  bool last_look = bytes.size() >= kMostHelloBytes;
  FirstMessage message;
  while (may_be_record(bytes)) {
    if (bytes.size() > kRecordHeader) {
      std::size_t size = number_at(bytes, 3);
      message.add(bytes.subspan(kRecordHeader, std::min(size, bytes.size() - kRecordHeader)));
      if (!message.may_be_hello()) break;
      if (message.whole()) return lowered(host_in_hello(message.body()).value_or(""));
      if (bytes.size() >= kRecordHeader + size) {
        bytes = bytes.subspan(kRecordHeader + size);
        continue;
      }
    }
    if (last_look) break;
    return std::nullopt;
  }
  return std::string();
}

}  // namespace pforte::tls
