#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/finding.h"

namespace pforte::doctor {

// Bounds on what is read of one answer.
inline constexpr std::size_t kMostFlightBytes = 256UZ * 1024;
inline constexpr std::size_t kMostFlightCertificates = 32;
inline constexpr std::size_t kMostAuthorityNames = 1'000;
inline constexpr std::size_t kMostBannerBytes = 256;

// A ServerHello or HelloRetryRequest (RFC 8446, 4.1.3 and 4.1.4; RFC 5246, 7.4.1.3).
struct ServerHello {
  std::uint16_t version = 0;  // that was chosen: of supported_versions where it stands there
  std::uint16_t suite = 0;
  std::uint16_t group = 0;   // of key_share; 0: none
  bool retry = false;        // a HelloRetryRequest
  bool compression = false;  // other than null
  bool extended_master_secret = false;
  bool renegotiation_info = false;
  bool ticket = false;
  std::string protocol = {};  // of ALPN
};

// What the key exchange of up to TLS 1.2 showed (RFC 5246, 7.4.3; RFC 8422, 5.4).
struct KeyExchange {
  std::uint16_t group = 0;   // of ECDHE; 0: not a named one, or DHE
  unsigned dh_bits = 0;      // of DHE
  std::uint16_t scheme = 0;  // of the signature; 0: not told, before TLS 1.2
};

struct TlsAlert {
  bool fatal = false;
  std::uint8_t number = 0;
};

// Everything that a server said up to where it waits for us, or where encryption begins.
struct ServerFlight {
  std::optional<ServerHello> hello;
  std::vector<std::string> certificates;  // in DER, as they stand
  std::string stapled;                    // OCSP response in DER
  std::optional<KeyExchange> key_exchange;
  bool asks_for_certificate = false;
  std::vector<std::string> authorities;  // of that question: names in DER
  std::optional<TlsAlert> alert;         // the last one
  std::string banner;                    // it does not speak TLS: its first words, at most kMostBannerBytes
  Words fault;                           // what is wrong with what it said; empty: nothing
};

// Reads the answer to a ClientHello as it comes. Strict: whatever breaks the protocol ends it.
class FlightReader {
 public:
  // True: there is more to come, or, of a banner, there may be. Once it was false, nothing more is taken.
  bool take(std::string_view bytes);

  // Whether anything came.
  bool began() const { return taken_ > 0; }
  const ServerFlight& flight() const { return flight_; }
  ServerFlight&& release() { return std::move(flight_); }

 private:
  bool take_banner(std::string_view bytes);
  bool take_records();
  bool take_record(std::uint8_t type, std::string_view content);
  bool take_messages();
  bool take_message(std::uint8_t type, std::string_view body);
  bool broken(const Words& fault);

  ServerFlight flight_;
  std::size_t taken_ = 0;
  std::string records_;    // what is not yet a whole one
  std::string handshake_;  // what is not yet a whole message
  bool ended_ = false;
};

}  // namespace pforte::doctor
