#pragma once

#include <string>

#include "base/error.h"
#include "http/message.h"

namespace pforte::http::refusal {

// Every reason for refusing a message. The status is for a client; a backend's message is refused with 502.

// Bytes.
inline constexpr Refusal kBareLf{400, "http.bare-lf", "a line ends with LF alone"};
inline constexpr Refusal kBareCr{400, "http.bare-cr", "a CR without LF after it"};
inline constexpr Refusal kControl{400, "http.control", "a control character in the head"};
inline constexpr Refusal kIncomplete{400, "http.incomplete", "the head does not end with its one empty line"};

// Limits.
inline constexpr Refusal kTargetTooLong{414, "http.target-too-long", "the request line is too long"};
inline constexpr Refusal kHeadTooLarge{431, "http.head-too-large", "the head is too large"};
inline constexpr Refusal kAuthorizationTooLarge{431, "http.authorization-too-large",
                                                "the Authorization field is too large"};
inline constexpr Refusal kTooManyFields{431, "http.too-many-fields", "the head has too many fields"};

// First line.
inline constexpr Refusal kRequestLine{400, "http.request-line", "the first line is not a request line"};
inline constexpr Refusal kMethod{400, "http.method", "the method is not a token"};
inline constexpr Refusal kVersion{505, "http.version", "the version is neither HTTP/1.0 nor HTTP/1.1"};
inline constexpr Refusal kStatusLine{400, "http.status-line", "the first line is not a status line"};

// Target.
inline constexpr Refusal kTargetByte{400, "http.target-byte", "the target has a byte that must be percent-encoded"};
inline constexpr Refusal kTargetFragment{400, "http.target-fragment", "the target has a fragment"};
inline constexpr Refusal kTargetForm{400, "http.target-form", "the target has none of the forms its method allows"};
inline constexpr Refusal kTargetScheme{400, "http.target-scheme", "the target's scheme is neither http nor https"};
inline constexpr Refusal kUserinfo{400, "http.userinfo", "an authority with a user name"};
inline constexpr Refusal kAuthority{400, "http.authority",
                                    "the target's authority is not a host with a port or without"};

// Fields.
inline constexpr Refusal kObsFold{400, "http.obs-fold", "a field line begins with white space"};
inline constexpr Refusal kFieldName{400, "http.field-name", "a field name is empty or not a token"};
inline constexpr Refusal kSpaceBeforeColon{400, "http.space-before-colon", "white space between field name and colon"};
inline constexpr Refusal kNoColon{400, "http.no-colon", "a field line has no colon"};
inline constexpr Refusal kFieldTab{400, "http.field-tab", "a tab around the value of a field about framing or host"};
inline constexpr Refusal kHostMissing{400, "http.host-missing", "no Host field"};
inline constexpr Refusal kHostRepeated{400, "http.host-repeated", "several Host fields"};
inline constexpr Refusal kHost{400, "http.host", "Host is empty or not a host with a port or without"};
inline constexpr Refusal kHostDiffers{400, "http.host-differs", "the target names another host than Host"};
inline constexpr Refusal kAuthorizationRepeated{400, "http.authorization-repeated", "several Authorization fields"};
inline constexpr Refusal kConnection{400, "http.connection", "Connection is not a list of tokens"};
inline constexpr Refusal kUpgradeRepeated{400, "http.upgrade-repeated", "several Upgrade fields"};
inline constexpr Refusal kExpectation{417, "http.expectation", "Expect wants something other than 100-continue"};

// What HTTP/2 alone has (RFC 9113, 8.2 and 8.3; RFC 8441).
inline constexpr Refusal kH2Field{400, "http2.field", "a field's name or value has what may not stand there"};
inline constexpr Refusal kH2ConnectionField{400, "http2.connection-field", "a field about an HTTP/1.1 connection"};
inline constexpr Refusal kH2Path{400, "http2.path", "the path does not begin with a slash"};
inline constexpr Refusal kH2Status{400, "http2.status",
                                   "the status is missing, is no number of three digits, or is 101"};
inline constexpr Refusal kH2Protocol{501, "http2.protocol-unknown", "a CONNECT to a protocol other than websocket"};

// Framing.
inline constexpr Refusal kContentLength{400, "http.content-length", "Content-Length is not a decimal number"};
inline constexpr Refusal kContentLengthRepeated{400, "http.content-length-repeated", "several Content-Length fields"};
inline constexpr Refusal kTransferEncoding{400, "http.transfer-encoding",
                                           "Transfer-Encoding is malformed or repeated, or has no meaning here"};
inline constexpr Refusal kTransferCoding{501, "http.transfer-coding", "a transfer coding other than chunked"};
inline constexpr Refusal kTwoLengths{400, "http.two-lengths", "Content-Length and Transfer-Encoding together"};
inline constexpr Refusal kBodyNotAllowed{400, "http.body-not-allowed",
                                         "a body is announced for a status that cannot have one"};

// Chunked coding.
inline constexpr Refusal kChunkSize{400, "http.chunk-size", "a chunk size is not a hexadecimal number that fits"};
inline constexpr Refusal kChunkLine{400, "http.chunk-line", "a chunk's size line is too long"};
inline constexpr Refusal kChunkExtension{400, "http.chunk-extension", "chunk extensions are malformed or too long"};
inline constexpr Refusal kChunkEnd{400, "http.chunk-end", "a chunk is not followed by CRLF"};
inline constexpr Refusal kTrailersTooLarge{431, "http.trailers-too-large", "the trailer section is too large"};
inline constexpr Refusal kTrailerField{400, "http.trailer-field", "a field that must not come as a trailer"};

// As it is answered to the client.
constexpr Refusal from(Sender sender, Refusal refusal) {
  if (sender == Sender::Backend) refusal.status = 502;
  return refusal;
}

// As it is reported to our own side.
inline Error error_of(const Refusal& refusal) {
  return {Kind::Invalid, refusal.code, std::string(refusal.text)};
}

}  // namespace pforte::http::refusal
