#include "tls/fingerprint.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "tls/hello_fields.h"

namespace pforte::tls {

namespace {

using HelloBytes = HelloFields::Bytes;

constexpr std::uint16_t kServerNameType = 0;
constexpr std::uint16_t kSignatureAlgorithms = 13;
constexpr std::uint16_t kAlpn = 16;
constexpr std::uint16_t kSupportedVersions = 43;

// RFC 8701, 3: 0x0a0a, 0x1a1a, … 0xfafa.
bool is_grease(std::size_t number) {
  return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
}

std::vector<std::uint16_t> numbers_in(HelloBytes bytes) {
  std::vector<std::uint16_t> numbers;
  numbers.reserve(bytes.size() / 2);
  for (HelloFields list(bytes); !list.over();) {
    std::size_t number = list.number(2);
    if (list.complete() && !is_grease(number)) numbers.push_back(std::uint16_t(number));
  }
  return numbers;
}

std::vector<std::string> names_in(HelloBytes bytes) {
  std::vector<std::string> names;
  for (HelloFields list(HelloFields(bytes).vector(2)); !list.over();) {
    HelloBytes name = list.vector(1);
    bool grease = name.size() == 2 && is_grease(std::size_t(name[0]) << 8 | name[1]);
    if (list.complete() && !grease) names.emplace_back(name.begin(), name.end());
  }
  return names;
}

void take_extension(HelloOutline& hello, std::uint16_t type, HelloBytes content) {
  hello.extensions.push_back(type);
  if (type == kServerNameType) hello.names_host = true;
  if (type == kSignatureAlgorithms) hello.signature_algorithms = numbers_in(HelloFields(content).vector(2));
  if (type == kAlpn) hello.protocols = names_in(content);
  if (type != kSupportedVersions) return;
  std::vector<std::uint16_t> versions = numbers_in(HelloFields(content).vector(1));
  if (!versions.empty()) hello.version = *std::ranges::max_element(versions);
}

std::string_view version_digits(std::uint16_t version) {
  switch (version) {
    case 0x0304:
      return "13";
    case 0x0303:
      return "12";
    case 0x0302:
      return "11";
    case 0x0301:
      return "10";
    case 0x0300:
      return "s3";
    default:
      return "00";
  }
}

std::string two_digits(std::size_t count) {
  std::string digits = cat(std::min<std::size_t>(count, 99));
  return digits.size() < 2 ? cat('0', digits) : digits;
}

// The first and the last letter of the first protocol; of anything else, of its hexadecimal form.
std::string protocol_letters(const HelloOutline& hello) {
  if (hello.protocols.empty() || hello.protocols.front().empty()) return "00";
  std::string name = hello.protocols.front();
  if (!is_alphanumeric(name.front()) || !is_alphanumeric(name.back())) name = to_hex(name);
  return {name.front(), name.back()};
}

std::string hexadecimal(const std::vector<std::uint16_t>& numbers) {
  std::vector<std::string> texts;
  texts.reserve(numbers.size());
  for (std::uint16_t number : numbers) {
    const std::array<char, 2> bytes = {char(number >> 8), char(number & 0xff)};
    texts.push_back(to_hex({bytes.data(), bytes.size()}));
  }
  return joined(texts, ",");
}

std::string short_hash(const std::string& text) {
  constexpr std::size_t kDigits = 12;
  if (text.empty()) return std::string(kDigits, '0');
  crypto::Sha256 hash = crypto::sha256(text);
  return to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()}).substr(0, kDigits);
}

}  // namespace

std::optional<HelloOutline> read_hello(std::span<const std::uint8_t> message) {
  constexpr std::size_t kHelloMessage = 1;
  constexpr std::size_t kRandomBytes = 32;
  HelloFields whole(message);
  if (whole.number(1) != kHelloMessage) return std::nullopt;
  HelloFields fields(whole.vector(3));
  HelloOutline hello;
  hello.version = std::uint16_t(fields.number(2));
  fields.take(kRandomBytes);
  fields.vector(1);  // session
  hello.ciphers = numbers_in(fields.vector(2));
  fields.vector(1);  // compression
  if (!whole.complete() || !fields.complete()) return std::nullopt;
  // Old clients have none.
  HelloFields extensions(fields.over() ? HelloBytes() : fields.vector(2));
  while (!extensions.over()) {
    std::size_t type = extensions.number(2);
    HelloBytes content = extensions.vector(2);
    if (!extensions.complete()) return std::nullopt;
    if (!is_grease(type)) take_extension(hello, std::uint16_t(type), content);
  }
  return hello;
}

std::string ja4(const HelloOutline& hello) {
  std::vector<std::uint16_t> ciphers = hello.ciphers;
  std::ranges::sort(ciphers);
  std::vector<std::uint16_t> extensions = hello.extensions;
  std::erase_if(extensions, [](std::uint16_t type) { return type == kServerNameType || type == kAlpn; });
  std::ranges::sort(extensions);
  std::string behind = hexadecimal(extensions);
  if (!behind.empty() && !hello.signature_algorithms.empty())
    behind += cat('_', hexadecimal(hello.signature_algorithms));
  return cat('t', version_digits(hello.version), hello.names_host ? 'd' : 'i', two_digits(hello.ciphers.size()),
             two_digits(hello.extensions.size()), protocol_letters(hello), '_', short_hash(hexadecimal(ciphers)), '_',
             short_hash(behind));
}

}  // namespace pforte::tls
