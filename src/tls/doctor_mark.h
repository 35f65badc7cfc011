#pragma once

#include <openssl/ssl.h>

#include <string_view>

namespace pforte::tls {

// What a ClientHello of `pforte doctor` has in it, so that a gate tells its own examinations from clients. Not secret:
// whoever says the same is taken for the doctor in what is told of connections, and nowhere else. In a hello that is
// written by hand it begins the random; in one of OpenSSL, whose random is its own, it is the content of an extension.
inline constexpr std::string_view kDoctorMark = "pforte doctor 01";  // no host can have blanks

// The User-Agent of its requests.
inline constexpr std::string_view kDoctorAgent = "pforte-doctor";

// Whether it is anywhere in these bytes of a hello.
bool has_doctor_mark(std::string_view hello);

// Whether these bytes of a request over plain HTTP have the doctor's User-Agent.
bool has_doctor_user_agent(std::string_view request);

// Has all sessions of a client's context send it, in an extension whose number is reserved for what servers must ignore
// (RFC 8701, 2).
void send_doctor_mark(SSL_CTX* context);

}  // namespace pforte::tls
