#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace pforte::http {

// The words of HTTP/1.1 (RFC 9112, 3 to 5), at the end of `out`. Fields about framing and about the connection are
// the composer's: those among `fields` have been taken out by the caller.

// "name: value\r\n" for each.
void append_fields(std::string& out, const Fields& fields);
void append_field(std::string& out, std::string_view name, std::string_view value);

// "POST /path?query HTTP/1.1", the fields, how the body is framed, and the empty line. The target is
// `path` and `query`.
void append_request_head(std::string& out, const RequestHead& head);

enum class Connection : std::uint8_t { KeepsAlive, Closes, Upgrades };

// The same for an answer. Framing::Kind::None adds no field about the body.
void append_response_head(std::string& out, const ResponseHead& head, Connection connection, int client_minor_version);

// The phrase that belongs to a status, or an empty one (RFC 9110, 15).
std::string_view reason_of(int status);

}  // namespace pforte::http
