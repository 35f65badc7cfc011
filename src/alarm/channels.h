#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace pforte::alarm {

// Where mail is handed over.
struct MailServer {
  std::string url;   // "smtp://mail.example.com:25", which becomes encrypted where the server can, or "smtps://..."
  std::string from;  // an address
  std::vector<std::string> to;
  std::string user = {};                // empty: without signing in
  std::optional<Secret> password = {};  // then the connection is encrypted, or nothing is sent
};

// How long one delivery takes at most.
inline constexpr std::chrono::seconds kDeliveryTime{20};

// Sends a JSON document by POST (RFC 9110, 9.3.3); any 2xx is success, and redirections are not followed. `trust` is
// the file of CAs that https is verified with; empty: the system's. Blocks for kDeliveryTime at most.
//
// Fails with Kind::Unavailable (alarm.undelivered): the text says what the other side said, and of the URL scheme and
// host alone, since who knows the rest may post there.
Result<> post_json(const std::string& url, std::string_view document, const std::string& trust);

// Sends a mail (RFC 5321, RFC 5322) in plain text, UTF-8. Blocks and fails as above; a TLS certificate is verified
// always.
Result<> send_mail(const MailServer& server, std::string_view subject, std::string_view text, const std::string& trust);

// The mail as it is sent: what is not ASCII in the subject is encoded (RFC 2047), the text in Base64 (RFC 2045, 6.8).
// No line of it can be taken for another field.
std::string mail_text(const MailServer& server, std::string_view subject, std::string_view text,
                      std::chrono::sys_seconds now);

}  // namespace pforte::alarm
