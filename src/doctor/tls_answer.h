#pragma once

#include <cstdint>
#include <string>

#include "doctor/setting.h"
#include "doctor/tls_examination.h"
#include "doctor/tls_flight.h"
#include "doctor/tls_hello.h"

namespace pforte::doctor {

// How the answer to a ClientHello ended.
enum class AnswerEnd : std::uint8_t {
  Hello,        // it took what was offered
  Alert,        // it refused, and said so
  OtherSpeech,  // it speaks something other than TLS
  Broken,       // it breaks the protocol
  Closed,       // it closed the connection without a word
  Reset,        // it, or something on the way, dropped the connection without a word
  Silent,       // it said nothing in time
  Slow,         // it began to answer, and had not ended in time
  Unreachable,  // there was no connection
};

struct TlsAnswer {
  AnswerEnd end = AnswerEnd::Unreachable;
  ServerFlight flight = {};
};

// Whether it is one by TLS.
inline bool is_answer(const TlsAnswer& answer) {
  return answer.end == AnswerEnd::Hello || answer.end == AnswerEnd::Alert;
}

// Says hello on a new connection and reads what comes, no longer than `setting.step`. Never fails. All three must
// outlive the task.
net::Task<TlsAnswer> say_hello(const Setting& setting, const TlsSubject& subject, const ClientHello& hello);

// The name that is sent as SNI: none where the server is called by its address (RFC 6066, 3).
std::string server_name_of(const TlsSubject& subject);

}  // namespace pforte::doctor
