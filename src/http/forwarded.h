#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/field.h"

namespace pforte::http {

// Whether a proxy at this address (IPv4 or IPv6 text, no brackets, no port) is believed.
using IsTrusted = std::function<bool(std::string_view address)>;

// The client's address as told by trusted proxies: the rightmost entry that is not itself a trusted proxy, or the
// leftmost of all if every one is. Reading stops at an entry that is not an address; then the last proxy believed is
// the answer. Nothing if no entry counts: the peer is the client. To be asked only if the peer is trusted.
//
// Address text without brackets and port, a view into the fields. Which of the two fields is believed is a matter of
// configuration: a proxy that writes only one passes the other on from anybody.
std::optional<std::string_view> client_by_x_forwarded_for(const Fields& fields, const IsTrusted& is_trusted);
std::optional<std::string_view> client_by_forwarded(const Fields& fields, const IsTrusted& is_trusted);

// The values of all fields of that name, joined by ", ", at the end of `out`.
void append_joined(std::string& out, const Fields& fields, FieldName name);

// One hop, for our own Forwarded field (RFC 7239, 4).
struct ForwardedHop {
  std::string_view client;  // address of the peer, IPv4 or IPv6 text
  std::string_view host;    // Host as received
  std::string_view proto;   // "http" or "https"
};

// `for=192.0.2.1;host=example.com;proto=https` at the end of `out`, quoted where needed, after ", " if `out` is not
// empty.
void append_forwarded(std::string& out, const ForwardedHop& hop);

// The address at the end of `out`, after ", " if `out` is not empty.
void append_x_forwarded_for(std::string& out, std::string_view client);

}  // namespace pforte::http
