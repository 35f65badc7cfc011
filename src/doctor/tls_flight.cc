#include "doctor/tls_flight.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "doctor/tls_suites.h"
#include "tls/hello_fields.h"

namespace pforte::doctor {
namespace {

using tls::HelloFields;
using tls::text_of;

constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kMessageHeader = 4;
constexpr std::size_t kMostRecordBytes = 16'384 + 2'048;  // RFC 5246, 6.2.3
constexpr std::size_t kMostMessageBytes = 128UZ * 1024;
constexpr std::size_t kRandomOfHello = 32;

// RFC 8446, 5.1 (content types) and 4 (handshake types); RFC 5246, 7.4; RFC 6066, 8.
constexpr std::uint8_t kChangeCipherSpec = 20;
constexpr std::uint8_t kAlert = 21;
constexpr std::uint8_t kHandshake = 22;
constexpr std::uint8_t kApplicationData = 23;
constexpr std::uint8_t kServerHello = 2;
constexpr std::uint8_t kCertificate = 11;
constexpr std::uint8_t kServerKeyExchange = 12;
constexpr std::uint8_t kCertificateRequest = 13;
constexpr std::uint8_t kServerHelloDone = 14;
constexpr std::uint8_t kCertificateStatus = 22;

// RFC 8446, 4.1.3: the random of a HelloRetryRequest.
constexpr std::string_view kRetryRandom =
    "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91"
    "\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c";

bool read_protocol(std::string_view content, ServerHello& hello) {
  HelloFields front(tls::bytes_of(content));
  HelloFields list(front.vector(2));
  hello.protocol = text_of(list.vector(1));
  return front.whole() && list.whole() && !hello.protocol.empty();
}

// In a retry only the group stands there, else the server's share behind it.
bool read_key_share(std::string_view content, ServerHello& hello) {
  HelloFields front(tls::bytes_of(content));
  hello.group = std::uint16_t(front.number(2));
  if (!hello.retry) front.vector(2);
  return front.whole();
}

bool read_extension(std::size_t type, std::string_view content, ServerHello& hello) {
  switch (type) {
    case 16:
      return read_protocol(content, hello);
    case 23:
      hello.extended_master_secret = true;
      return content.empty();
    case 35:
      hello.ticket = true;
      return content.empty();
    case 43: {
      HelloFields front(tls::bytes_of(content));
      hello.version = std::uint16_t(front.number(2));
      return front.whole();
    }
    case 51:
      return read_key_share(content, hello);
    case 0xff01:
      hello.renegotiation_info = true;
      return content == std::string_view("\0", 1);
    default:
      return true;
  }
}

bool read_extensions(std::string_view list, ServerHello& hello) {
  HelloFields front(tls::bytes_of(list));
  std::vector<std::size_t> seen;
  while (!front.over()) {
    std::size_t type = front.number(2);
    std::string_view content = text_of(front.vector(2));
    if (!front.complete() || std::ranges::find(seen, type) != seen.end()) return false;
    seen.push_back(type);
    if (!read_extension(type, content, hello)) return false;
  }
  return front.whole();
}

std::optional<ServerHello> read_server_hello(std::string_view body) {
  constexpr std::size_t kMostSessionBytes = 32;
  ServerHello hello;
  HelloFields front(tls::bytes_of(body));
  hello.version = std::uint16_t(front.number(2));
  hello.retry = text_of(front.take(kRandomOfHello)) == kRetryRandom;
  if (front.vector(1).size() > kMostSessionBytes) return std::nullopt;
  hello.suite = std::uint16_t(front.number(2));
  hello.compression = front.number(1) != 0;
  if (!front.complete()) return std::nullopt;
  if (!front.over() && !read_extensions(text_of(front.vector(2)), hello)) return std::nullopt;
  if (!front.whole()) return std::nullopt;
  return hello;
}

bool read_certificates(std::string_view body, std::vector<std::string>& certificates) {
  HelloFields front(tls::bytes_of(body));
  HelloFields list(front.vector(3));
  while (!list.over()) {
    std::string_view der = text_of(list.vector(3));
    if (der.empty() || certificates.size() == kMostFlightCertificates) return false;
    certificates.emplace_back(der);
  }
  return front.whole() && list.whole();
}

// Of a prime as it stands: a zero in front of it is none of its bits.
unsigned bits_of(std::string_view number) {
  while (!number.empty() && number.front() == 0) number.remove_prefix(1);
  if (number.empty()) return 0;
  return unsigned(number.size() * 8) - unsigned(std::countl_zero(std::uint8_t(number.front())));
}

std::optional<KeyExchange> read_key_exchange(std::string_view body, const ServerHello& hello) {
  constexpr std::uint16_t kTls12 = 0x0303;
  constexpr std::size_t kNamedCurve = 3;
  KeyExchange exchange;
  HelloFields front(tls::bytes_of(body));
  Exchange kind = exchange_of(hello.suite);
  if (kind == Exchange::Dhe) {
    exchange.dh_bits = bits_of(text_of(front.vector(2)));
    front.vector(2);  // generator
    front.vector(2);  // public value
  } else if (kind == Exchange::Ecdhe) {
    if (front.number(1) != kNamedCurve) return front.complete() ? std::optional(exchange) : std::nullopt;
    exchange.group = std::uint16_t(front.number(2));
    front.vector(1);
  } else {
    return exchange;  // RSA of export grade, whose keys nobody asks for
  }
  if (fault_of(hello.suite) == SuiteFault::Anonymous && front.over()) return exchange;
  if (hello.version >= kTls12) exchange.scheme = std::uint16_t(front.number(2));
  front.vector(2);
  return front.complete() ? std::optional(exchange) : std::nullopt;
}

bool read_request(std::string_view body, const ServerHello& hello, std::vector<std::string>& authorities) {
  constexpr std::uint16_t kTls12 = 0x0303;
  HelloFields front(tls::bytes_of(body));
  front.vector(1);                               // types
  if (hello.version >= kTls12) front.vector(2);  // signature schemes
  HelloFields names(front.vector(2));
  while (!names.over()) {
    std::string_view name = text_of(names.vector(2));
    if (!names.complete() || authorities.size() == kMostAuthorityNames) return false;
    authorities.emplace_back(name);
  }
  return front.whole() && names.whole();
}

bool read_status(std::string_view body, std::string& stapled) {
  constexpr std::size_t kOcsp = 1;
  HelloFields front(tls::bytes_of(body));
  if (front.number(1) != kOcsp) return false;
  stapled = text_of(front.vector(3));
  return front.whole();
}

// Whether bytes may begin a record; the fewer there are, the less it takes.
bool may_be_record(std::string_view bytes) {
  auto type = std::uint8_t(bytes[0]);
  if (type < kChangeCipherSpec || type > kApplicationData) return false;
  return bytes.size() < 2 || bytes[1] == 3;
}

}  // namespace

bool FlightReader::take(std::string_view bytes) {
  if (ended_) return false;
  taken_ += bytes.size();
  if (taken_ > kMostFlightBytes)
    return broken({"it says more than any server needs to", "er sagt mehr, als ein Server zu sagen braucht"});
  bool more = true;
  if (flight_.banner.empty()) {
    records_ += bytes;
    more = take_records();
  } else {
    more = take_banner(bytes);
  }
  ended_ = !more;
  return more;
}

bool FlightReader::take_banner(std::string_view bytes) {
  flight_.banner += bytes.substr(0, kMostBannerBytes - flight_.banner.size());
  return flight_.banner.size() < kMostBannerBytes;
}

bool FlightReader::broken(const Words& fault) {
  flight_.fault = fault;
  ended_ = true;
  return false;
}

bool FlightReader::take_records() {
  std::size_t at = 0;
  bool more = true;
  while (more && at < records_.size()) {
    std::string_view left = std::string_view(records_).substr(at);
    if (!may_be_record(left)) {
      if (flight_.hello)
        return broken(
            {"what follows its hello is no record of TLS", "was auf seine Begrüßung folgt, ist kein Record von TLS"});
      return take_banner(left);
    }
    if (left.size() < kRecordHeader) break;
    std::size_t size = std::size_t(std::uint8_t(left[3])) << 8 | std::uint8_t(left[4]);
    if (size == 0 || size > kMostRecordBytes)
      return broken({"the length of a record is not permitted", "die Länge eines Records ist unzulässig"});
    if (left.size() < kRecordHeader + size) break;
    more = take_record(std::uint8_t(left[0]), left.substr(kRecordHeader, size));
    at += kRecordHeader + size;
  }
  records_.erase(0, at);
  return more;
}

bool FlightReader::take_record(std::uint8_t type, std::string_view content) {
  constexpr std::size_t kAlertBytes = 2;
  constexpr char kFatal = 2;
  switch (type) {
    case kAlert:
      if (content.size() != kAlertBytes)
        return broken({"an alert has another length than two bytes", "ein Alert hat eine andere Länge als zwei Bytes"});
      flight_.alert = {.fatal = content[0] == kFatal, .number = std::uint8_t(content[1])};
      return !flight_.alert->fatal;
    case kHandshake:
      handshake_ += content;
      return take_messages();
    case kChangeCipherSpec:  // of TLS 1.3 behind a hello, where it means nothing (RFC 8446, D.4)
      if (!flight_.hello)
        return broken({"it changes the cipher before it has said hello",
                       "er wechselt die Verschlüsselung, bevor er gegrüßt hat"});
      return false;
    default:  // sealed
      if (!flight_.hello)
        return broken({"it sends data before it has said hello", "er sendet Daten, bevor er gegrüßt hat"});
      return false;
  }
}

bool FlightReader::take_messages() {
  std::size_t at = 0;
  bool more = true;
  while (more && handshake_.size() - at >= kMessageHeader) {
    HelloFields front(tls::bytes_of(std::string_view(handshake_).substr(at)));
    auto type = std::uint8_t(front.number(1));
    std::size_t size = front.number(3);
    if (size > kMostMessageBytes)
      return broken({"a message of its handshake is longer than any needs to be",
                     "eine Nachricht seines Handshakes ist länger als nötig"});
    if (handshake_.size() - at < kMessageHeader + size) break;
    more = take_message(type, text_of(front.take(size)));
    at += kMessageHeader + size;
  }
  handshake_.erase(0, at);
  return more;
}

bool FlightReader::take_message(std::uint8_t type, std::string_view body) {
  constexpr std::uint16_t kTls13 = 0x0304;
  if (!flight_.hello) {
    if (type != kServerHello)
      return broken({"its handshake begins with something other than a hello",
                     "sein Handshake beginnt mit etwas anderem als einer Begrüßung"});
    flight_.hello = read_server_hello(body);
    if (!flight_.hello) return broken({"its hello cannot be read", "seine Begrüßung ist nicht lesbar"});
    return flight_.hello->version < kTls13;  // what follows in TLS 1.3 is sealed
  }
  switch (type) {
    case kCertificate:
      if (!flight_.certificates.empty() || !read_certificates(body, flight_.certificates))
        return broken({"its list of certificates cannot be read", "seine Liste von Zertifikaten ist nicht lesbar"});
      return true;
    case kCertificateStatus:
      return read_status(body, flight_.stapled) ||
             broken({"its stapled answer cannot be read", "seine angeheftete OCSP-Antwort ist nicht lesbar"});
    case kServerKeyExchange:
      flight_.key_exchange = read_key_exchange(body, *flight_.hello);
      return flight_.key_exchange ||
             broken({"its key exchange cannot be read", "sein Schlüsselaustausch ist nicht lesbar"});
    case kCertificateRequest:
      flight_.asks_for_certificate = true;
      return read_request(body, *flight_.hello, flight_.authorities) ||
             broken({"its question for a certificate cannot be read",
                     "seine Frage nach einem Zertifikat ist nicht lesbar"});
    case kServerHelloDone:
      return body.empty() ? false
                          : broken({"the end of its hello is not empty", "das Ende seiner Begrüßung ist nicht leer"});
    default:
      return broken(
          {"it sends a message that does not belong there", "er sendet eine Nachricht, die dort nicht hingehört"});
  }
}

}  // namespace pforte::doctor
