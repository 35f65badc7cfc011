#include "doctor/tls_hello.h"

#include <algorithm>
#include <span>

#include "crypto/random.h"
#include "tls/doctor_mark.h"

namespace pforte::doctor {
namespace {

// IANA, TLS ExtensionType Values.
using Extension = std::uint16_t;
constexpr Extension kServerName = 0;
constexpr Extension kStatusRequest = 5;
constexpr Extension kSupportedGroups = 10;
constexpr Extension kPointFormats = 11;
constexpr Extension kSignatureAlgorithms = 13;
constexpr Extension kAlpn = 16;
constexpr Extension kPadding = 21;
constexpr Extension kExtendedMasterSecret = 23;
constexpr Extension kSessionTicket = 35;
constexpr Extension kSupportedVersions = 43;
constexpr Extension kPskModes = 45;
constexpr Extension kKeyShare = 51;
constexpr Extension kRenegotiationInfo = 0xff01;

constexpr std::uint16_t kX25519 = 29;
constexpr std::uint16_t kFirstFiniteField = 256;
constexpr std::size_t kHelloRandomBytes = 32;

// What we could verify, SHA-1 last: a server that signs with it had the choice.
constexpr std::uint16_t kSchemes[] = {0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a,
                                      0x080b, 0x0401, 0x0501, 0x0601, 0x0402, 0x0303, 0x0301, 0x0203, 0x0201, 0x0202};

void put8(std::string& out, std::size_t number) {
  out += char(number & 0xff);
}

void put16(std::string& out, std::size_t number) {
  put8(out, number >> 8);
  put8(out, number);
}

// Something behind its length.
void put_sized8(std::string& out, std::string_view bytes) {
  put8(out, bytes.size());
  out += bytes;
}

void put_sized16(std::string& out, std::string_view bytes) {
  put16(out, bytes.size());
  out += bytes;
}

void put_extension(std::string& out, Extension type, std::string_view content) {
  put16(out, type);
  put_sized16(out, content);
}

std::string list_of(std::span<const std::uint16_t> codes) {
  std::string list;
  for (std::uint16_t code : codes) put16(list, code);
  return list;
}

std::string sized_list(std::span<const std::uint16_t> codes) {
  std::string out;
  put_sized16(out, list_of(codes));
  return out;
}

// RFC 6066, 3.
std::string server_name_list(std::string_view name) {
  std::string entry, out;
  put8(entry, 0);  // host_name
  put_sized16(entry, name);
  put_sized16(out, entry);
  return out;
}

// RFC 7301, 3.1.
std::string protocol_list(const std::vector<std::string>& protocols) {
  std::string names, out;
  for (const std::string& protocol : protocols) put_sized8(names, protocol);
  put_sized16(out, names);
  return out;
}

// RFC 7748, 6.1: the base point of X25519.
std::string key_share() {
  constexpr std::size_t kPointBytes = 32;
  std::string point(kPointBytes, '\0');
  point[0] = 9;
  std::string entry, out;
  put16(entry, kX25519);
  put_sized16(entry, point);
  put_sized16(out, entry);
  return out;
}

void put_extensions_of_tls13(std::string& out, const ClientHello& hello) {
  std::vector<std::uint16_t> versions = {std::uint16_t(TlsVersion::Tls13)};
  if (hello.older_too) versions.push_back(std::uint16_t(TlsVersion::Tls12));
  std::string list;
  put_sized8(list, list_of(versions));
  put_extension(out, kSupportedVersions, list);
  put_extension(out, kPskModes, std::string_view("\x01\x01", 2));  // with (EC)DHE
  put_extension(out, kKeyShare, hello.key_shares ? key_share() : std::string(2, '\0'));
}

std::string extensions_of(const ClientHello& hello) {
  std::string out;
  if (!hello.server_name.empty()) put_extension(out, kServerName, server_name_list(hello.server_name));
  put_extension(out, kExtendedMasterSecret, "");
  put_extension(out, kRenegotiationInfo, std::string_view("\0", 1));
  if (!hello.groups.empty()) {
    put_extension(out, kSupportedGroups, sized_list(hello.groups));
    put_extension(out, kPointFormats, std::string_view("\x01\0", 2));
  }
  put_extension(out, kSessionTicket, "");
  if (!hello.protocols.empty()) put_extension(out, kAlpn, protocol_list(hello.protocols));
  put_extension(out, kStatusRequest, std::string_view("\x01\0\0\0\0", 5));  // ocsp, no responder named
  if (hello.version >= TlsVersion::Tls12) put_extension(out, kSignatureAlgorithms, sized_list(kSchemes));
  if (hello.version == TlsVersion::Tls13) put_extensions_of_tls13(out, hello);
  return out;
}

}  // namespace

const std::vector<std::uint16_t>& all_groups() {
  static const std::vector<std::uint16_t> every = {0x11ec, 29,  23,  24,  25, 30, 0x11eb, 0x11ed, kFirstFiniteField,
                                                   257,    258, 259, 260, 26, 27, 28,     31,     32,
                                                   33,     22,  21,  19,  16};
  return every;
}

std::string to_bytes(const ClientHello& hello) {
  bool has_extensions = hello.version != TlsVersion::Ssl3;
  std::string body;
  put16(body, std::size_t(std::min(hello.version, TlsVersion::Tls12)));  // RFC 8446, 4.1.2: legacy_version
  body += tls::kDoctorMark;
  body += crypto::random_bytes(kHelloRandomBytes - tls::kDoctorMark.size());
  // What TLS 1.3 has no use for makes it look like TLS 1.2 to whoever stands between (RFC 8446, D.4).
  put_sized8(body, hello.version == TlsVersion::Tls13 ? crypto::random_bytes(kHelloRandomBytes) : "");
  std::vector<std::uint16_t> suites = hello.suites;
  if (!has_extensions) suites.push_back(0x00ff);  // RFC 5746, 3.3: TLS_EMPTY_RENEGOTIATION_INFO_SCSV
  put_sized16(body, list_of(suites));
  put_sized8(body, hello.compression ? std::string_view("\x01\0", 2) : std::string_view("\0", 1));
  std::string extensions = has_extensions ? extensions_of(hello) : std::string();
  constexpr std::size_t kFraming = 15;  // of record, message, extensions and the padding itself
  std::size_t bytes = body.size() + extensions.size() + kFraming;
  if (has_extensions && bytes < hello.at_least)
    put_extension(extensions, kPadding, std::string(hello.at_least - bytes, '\0'));
  if (has_extensions) put_sized16(body, extensions);

  std::string message, record;
  put8(message, 1);  // client_hello
  put8(message, 0);  // a hello of ours stays below 64 KiB
  put_sized16(message, body);
  put8(record, 22);  // handshake
  put16(record, std::size_t(std::min(hello.version, TlsVersion::Tls10)));
  put_sized16(record, message);
  return record;
}

}  // namespace pforte::doctor
