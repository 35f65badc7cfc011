#include "net/proxy_protocol.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include "base/text.h"

namespace pforte::net {

namespace {

using Reading = Result<std::optional<ProxyHeader>>;

constexpr std::string_view kSignatureV1 = "PROXY ";
constexpr std::string_view kSignatureV2("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kMaxV1Bytes = 107;
constexpr std::size_t kFixedV2Bytes = 16;

std::unexpected<Error> no_header(std::string_view why) {
  return fail(Kind::Invalid, "net.proxy-header", cat("no PROXY header: ", why));
}

// ---- Version 1: one line of text.

// The next word of `line`, which words share with single spaces.
std::string_view take_word(std::string_view& line) {
  std::size_t space = line.find(' ');
  std::string_view word = line.substr(0, space);
  line.remove_prefix(space == line.npos ? line.size() : space + 1);
  return word;
}

bool is_port(std::string_view text, std::uint16_t& port) {
  auto [end, problem] = std::from_chars(text.begin(), text.end(), port);
  bool padded = text.size() > 1 && text.starts_with('0');
  return problem == std::errc() && end == text.end() && !padded;
}

// "192.0.2.1 192.0.2.2 56324 443": source and destination, then their ports.
Result<Address> read_source_v1(std::string_view line, bool v4) {
  std::string_view source = take_word(line);
  std::string_view destination = take_word(line);
  std::string_view source_port = take_word(line);
  std::uint16_t port = 0;
  std::uint16_t destination_port = 0;
  if (!is_port(source_port, port) || !is_port(line, destination_port)) return no_header("a port is not a number");

  Result<Address> from = parse_ip(source, port);
  Result<Address> to = parse_ip(destination);
  if (!from || !to) return no_header("an address is malformed");
  // Colons tell the families apart, since an IPv4-mapped address counts as IPv4.
  if (source.contains(':') == v4 || destination.contains(':') == v4)
    return no_header("an address is of the other family");
  return from;
}

Reading read_v1(std::string_view text) {
  std::size_t end = text.find("\r\n");
  if (end == text.npos) {
    if (text.size() >= kMaxV1Bytes) return no_header("the line does not end");
    return std::optional<ProxyHeader>();
  }
  ProxyHeader header{.size = end + 2, .source = {}};
  if (header.size > kMaxV1Bytes) return no_header("the line is too long");

  std::string_view line = text.substr(0, end);
  line.remove_prefix(kSignatureV1.size());
  std::string_view protocol = take_word(line);
  if (protocol == "UNKNOWN") return header;
  if (protocol != "TCP4" && protocol != "TCP6") return no_header("its protocol is neither TCP4, TCP6 nor UNKNOWN");
  header.source = TRY(read_source_v1(line, protocol == "TCP4"));
  return header;
}

// ---- Version 2: 16 fixed bytes, addresses, TLVs.

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}
unsigned u16_at(std::string_view text, std::size_t at) {
  return (byte_at(text, at) << 8) | byte_at(text, at + 1);
}

// The first address of `block`, whose port stands behind two addresses of `kBytes` each.
template <std::size_t kBytes>
Address source_of(std::string_view block) {
  std::array<std::uint8_t, kBytes> ip{};
  std::copy_n(block.begin(), kBytes, ip.begin());
  return {ip, static_cast<std::uint16_t>(u16_at(block, 2 * kBytes))};
}

// Type, length, value, until the end and no further.
bool are_tlvs(std::string_view rest) {
  while (!rest.empty()) {
    if (rest.size() < 3) return false;
    std::size_t size = 3 + u16_at(rest, 1);
    if (rest.size() < size) return false;
    rest.remove_prefix(size);
  }
  return true;
}

// `family` is the byte of address family and protocol, `body` what follows the fixed bytes.
Result<std::optional<Address>> read_source_v2(unsigned family, std::string_view body) {
  struct Form {
    unsigned family;
    std::size_t address_bytes;
  };
  constexpr Form kForms[] = {{0x00, 0}, {0x11, 12}, {0x21, 36}, {0x31, 216}};  // unspecified, TCP4, TCP6, Unix stream
  const Form* form = std::ranges::find(kForms, family, &Form::family);
  if (form == std::end(kForms)) return no_header("it is about something else than a stream");
  if (body.size() < form->address_bytes) return no_header("it is too short for its addresses");
  // An unspecified family may carry anything.
  if (family != 0 && !are_tlvs(body.substr(form->address_bytes))) return no_header("a TLV is longer than the header");

  std::optional<Address> source;
  if (family == 0x11) source = source_of<4>(body);
  if (family == 0x21) source = source_of<16>(body);
  return source;
}

Reading read_v2(std::string_view text) {
  if (text.size() > 12 && byte_at(text, 12) != 0x20 && byte_at(text, 12) != 0x21)
    return no_header("unknown version or command");
  if (text.size() < kFixedV2Bytes) return std::optional<ProxyHeader>();
  ProxyHeader header{.size = kFixedV2Bytes + u16_at(text, 14), .source = {}};
  if (header.size > kMaxProxyHeaderBytes) {
    return fail(Kind::Limit, "net.proxy-header",
                cat("a PROXY header of ", header.size, " bytes; ", kMaxProxyHeaderBytes, " are accepted"));
  }
  if (text.size() < header.size) return std::optional<ProxyHeader>();

  constexpr unsigned kLocal = 0x20;
  if (byte_at(text, 12) == kLocal) return header;
  header.source = TRY(read_source_v2(byte_at(text, 13), text.substr(kFixedV2Bytes, header.size - kFixedV2Bytes)));
  return header;
}

void append_u16(std::string& out, std::size_t number) {
  out += static_cast<char>(number >> 8);
  out += static_cast<char>(number);
}

}  // namespace

Reading read_proxy_header(std::span<const std::byte> bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  auto begins_like = [&](std::string_view signature) {
    std::size_t shared = std::min(text.size(), signature.size());
    return text.substr(0, shared) == signature.substr(0, shared);
  };
  if (begins_like(kSignatureV2) && text.size() >= kSignatureV2.size()) return read_v2(text);
  if (begins_like(kSignatureV1) && text.size() >= kSignatureV1.size()) return read_v1(text);
  if (begins_like(kSignatureV2) || begins_like(kSignatureV1)) return std::optional<ProxyHeader>();
  return no_header("the signature is missing");
}

std::string write_proxy_header(const Address& source, const Address& destination, std::string_view authority) {
  constexpr char kVersion2Proxy = 0x21;
  constexpr char kTcp4 = 0x11;
  constexpr char kTcp6 = 0x21;
  constexpr char kAuthority = 0x02;
  constexpr std::size_t kTlvHeader = 3;
  bool v4 = source.is_v4() && destination.is_v4();
  std::size_t ip_bytes = v4 ? 4 : 16;
  std::size_t size = 2 * ip_bytes + 2 * sizeof(std::uint16_t);
  if (!authority.empty()) size += kTlvHeader + authority.size();

  std::string out(kSignatureV2);
  out += kVersion2Proxy;
  out += v4 ? kTcp4 : kTcp6;
  append_u16(out, size);
  // IPv4 is the end of its mapped form.
  for (const Address* address : {&source, &destination})
    out.append(address->ip().end() - ip_bytes, address->ip().end());
  append_u16(out, source.port());
  append_u16(out, destination.port());
  if (authority.empty()) return out;
  out += kAuthority;
  append_u16(out, authority.size());
  out += authority;
  return out;
}

}  // namespace pforte::net
