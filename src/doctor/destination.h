#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/message.h"
#include "base/secret.h"
#include "net/address.h"

namespace pforte::doctor {

// What is spoken at the end of a path. Tls: TLS, and what comes inside it is not HTTP ("HOST:PORT"). Plain: neither.
enum class Scheme : std::uint8_t { Https, Http, Tls, Plain };

// What is said on a new connection before TLS or HTTP begins.
enum class Preface : std::uint8_t {
  Nothing,
  ProxyHeader,   // of the PROXY protocol, version 2
  LdapStartTls,  // RFC 4511, 4.14
  SmtpStartTls,  // RFC 3207
};

// A forward proxy, which is asked by CONNECT to open a connection (RFC 9110, 9.3.6).
struct Proxy {
  bool tls = false;  // spoken to by TLS: "https://proxy:3129"
  std::string host;  // as Destination::host
  std::uint16_t port = 0;
  std::string user;                               // empty: none was given
  std::shared_ptr<const Secret> password = {};    // null: none was given
  std::optional<net::Address> at = std::nullopt;  // instead of its name's addresses
};

// The end of a path: what is spoken to, where it is, and how one gets there.
struct Destination {
  Scheme scheme = Scheme::Https;
  std::string host;  // a DNS name in ASCII, in lower case and without a dot at its end, or an IP address; no brackets
  std::uint16_t port = 0;
  std::string path = "/";                         // with its query; of HTTP alone
  std::optional<net::Address> at = std::nullopt;  // instead of the name's addresses: a listener's, one of a farm's
  std::optional<Proxy> via = std::nullopt;
  Preface preface = Preface::Nothing;
  bool http2_clear = false;  // of Scheme::Http: HTTP/2, which is known beforehand (RFC 9113, 3.3)

  bool speaks_tls() const { return scheme == Scheme::Https || scheme == Scheme::Tls; }
  bool speaks_http() const { return scheme == Scheme::Https || scheme == Scheme::Http; }
  // Whether the host is an IP address, which has no name to look up and none for SNI (RFC 6066, 3).
  bool is_address() const;
};

// What is wrong with a text that was to name a destination.
struct Unread {
  Message what;
  Message remedy;
};

// Reads "https://crm.example.com:8443/path?query". No user, no password: they would end in logs and lists of processes.
std::expected<Destination, Unread> read_url(std::string_view text);

// Reads "crm.example.com:636", "10.0.0.1:443" or "[2001:db8::1]:443": TLS to that port.
std::expected<Destination, Unread> read_host_port(std::string_view text);

// Reads a DNS name or an IP address as it stands in Destination::host.
std::expected<std::string, Unread> read_host(std::string_view text);

// Reads "http://proxy:3128", "https://proxy:3129" or, with a user, "http://anna:secret@proxy:3128", percent-encoded
// where need be. The caller wipes its own copy.
std::expected<Proxy, Unread> read_proxy(std::string_view text);

// "crm.example.com:443", "[2001:db8::1]:443".
std::string host_port(std::string_view host, std::uint16_t port);

// What an administrator would type: "https://crm.example.com/", "crm.example.com:636". The port only where it is not
// the scheme's own.
std::string to_text(const Destination& destination);

// "http://proxy:3128": without user and password.
std::string to_text(const Proxy& proxy);

}  // namespace pforte::doctor
