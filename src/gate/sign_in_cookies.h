#pragma once

#include <string_view>

namespace pforte::gate {

// Cookies of the gate; none of them reaches an application, and no application can set one. "__Host-" keeps
// neighbouring hosts from planting them (RFC 6265bis, 4.1.3.2).
inline constexpr std::string_view kSessionCookie = "__Host-pforte";
// Binds the login form to the browser that asked for it.
inline constexpr std::string_view kFormCookie = "__Host-pforte-form";
// Set by logging out: this browser gets the form, and no Negotiate, until it signs in.
inline constexpr std::string_view kNoTicketCookie = "__Host-pforte-no-sso";
// Comes back to the self-test page, if cookies do.
inline constexpr std::string_view kSelfTestCookie = "__Host-pforte-test";
// At which server of a backend a client is kept; the backend's name follows, or what `sticky` calls it.
inline constexpr std::string_view kServerCookie = "__Host-pforte-server-";

// Whatever else may come, of ours.
inline bool is_our_cookie(std::string_view name) {
  return name.starts_with(kSessionCookie);
}

}  // namespace pforte::gate
