#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pforte::kerberos {

// An encryption that a KDC has a key of its client for, and how a password becomes that key: an entry of ETYPE-INFO2
// (RFC 4120, 5.2.7.5).
struct OfferedKey {
  int encryption = 0;               // RFC 3961 number
  std::optional<std::string> salt;  // none: the default of the principal
  std::string parameters;           // empty: the default of the encryption
};

// What a KDC answers, read without any key.
struct KdcMessage {
  enum class Kind : std::uint8_t { Error, InitialReply, TicketReply };
  Kind kind = Kind::Error;

  // Of an error, RFC 4120, 5.9.1.
  int error = 0;                                // KDC_ERR_..., 7.5.9
  std::optional<std::chrono::sys_seconds> now;  // of the KDC
  std::string text;                             // e-text, in its own words; often empty
  std::string realm;                            // of the service that the error is about

  std::vector<OfferedKey> offered;  // of an error that asks for preauthentication, and of an initial reply

  // Of a reply, RFC 4120, 5.4.2.
  std::int64_t key_version = -1;         // of the client's key that seals it; -1: it says none
  std::int64_t ticket_key_version = -1;  // of the service's key that seals the ticket
  std::int64_t ticket_encryption = -1;

  // Whether the KDC has a key of its client for one of the encryptions it was asked by: MIT krb5 also asks for
  // preauthentication where it has none, and offers nothing then.
  bool has_key() const { return kind == Kind::InitialReply || !offered.empty(); }
};

// None: it is none of these, or malformed. Bounded in time and depth for any input.
std::optional<KdcMessage> read_kdc_message(std::string_view bytes);

// "KDC_ERR_PREAUTH_REQUIRED" for 25, "error 99" for what has no name here.
std::string kdc_error_name(int error);

// The errors that decisions depend on: RFC 4120, 7.5.9, and RFC 4556.
namespace kdc_error {
inline constexpr int kNameExpired = 1;
inline constexpr int kServiceExpired = 2;
inline constexpr int kClientUnknown = 6;
inline constexpr int kServiceUnknown = 7;
inline constexpr int kPolicy = 12;
inline constexpr int kNoEncryption = 14;
inline constexpr int kClientRevoked = 18;
inline constexpr int kKeyExpired = 23;
inline constexpr int kPreauthFailed = 24;
inline constexpr int kPreauthRequired = 25;
inline constexpr int kMustUseUserToUser = 27;
inline constexpr int kBadIntegrity = 31;
inline constexpr int kSkew = 37;
inline constexpr int kTooBig = 52;
inline constexpr int kWrongRealm = 68;
}  // namespace kdc_error

}  // namespace pforte::kerberos
