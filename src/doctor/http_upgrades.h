#pragma once

#include "doctor/http_answer.h"
#include "doctor/http_teller.h"

// What a server can do besides a plain request and its answer.

namespace pforte::doctor {

// Asks for a WebSocket at the subject's path (RFC 6455): whether somebody on the way takes the request's Upgrade away,
// and whether what goes through it comes back at once. `usual` is the answer without an Upgrade.
net::Task<> examine_websocket(const Setting& setting, HttpTeller& teller, const HttpAnswer& usual);

// Offers HTTP/2 and asks over it (RFC 9113).
net::Task<> examine_http2(const Setting& setting, HttpTeller& teller, const HttpAnswer& usual);

// Asks twice on one connection (RFC 9112, 9.3).
net::Task<> examine_keep_alive(const Setting& setting, HttpTeller& teller);

// Announces a body and waits to be told to send it (RFC 9110, 10.1.1).
net::Task<> examine_continue(const Setting& setting, HttpTeller& teller);

}  // namespace pforte::doctor
