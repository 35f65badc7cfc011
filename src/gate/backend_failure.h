#pragma once

#include "base/error.h"

namespace pforte::gate {

// What a failed request tells: whose doing it was, what the client hears, and whether another attempt does no harm.

// A copy, since errors do not copy by themselves.
Error clone(const Error& error);

// What befell a connection, told as the backend's doing.
Error backend_failure(const Error& error);

// All servers were busy. It says nothing of any of them.
bool is_of_queue(const Error& error);

// No byte of the request has left.
bool before_anything_was_sent(const Error& error);

// The server wants to be asked over HTTP/1.1 (RFC 9113, 7: HTTP_1_1_REQUIRED).
bool wants_http1(const Error& error);

// What a client is told when its own request came to grief, and when it is the server's doing.
int status_for_client(const Error& error);
int status_for_server(const Error& error);

}  // namespace pforte::gate
