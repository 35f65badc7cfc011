#pragma once

#include <memory>
#include <string>

#include "doctor/http_answer.h"
#include "doctor/http_examination.h"
#include "http/h1_client.h"
#include "http/h2_client.h"
#include "tls/context.h"

namespace pforte::doctor {

// TLS over a new connection, whatever certificate the server shows. Fails as tls::Session::handshake() does; what was
// agreed on by ALPN is `protocol`.
struct SealedStream {
  std::unique_ptr<net::Stream> stream;
  std::string protocol;
};
net::Task<SealedStream> seal(const Setting& setting, const HttpSubject& subject, std::unique_ptr<net::Stream> lower,
                             tls::Offer offer);

// One connection to a subject, for one request after another.
class HttpLine {
 public:
  HttpLine(const Setting& setting, const HttpSubject& subject, std::unique_ptr<net::Stream> stream, bool http2);
  ~HttpLine();
  HttpLine(const HttpLine&) = delete;
  HttpLine& operator=(const HttpLine&) = delete;

  // Fails as http::ClientExchange does, and with Kind::Timeout when the head has not come after `setting.step`. A body
  // that does not come to its end is no failure, see HttpAnswer::body_fault. After a failure, no further question.
  net::Task<HttpAnswer> ask(const HttpQuestion& question);

  // Whether the server has said anything since the last question.
  bool heard() const { return client_ && client_->answered(); }

  // After a 101: sends `bytes` and waits for some; fails as a stream does, and with Kind::Closed at its end.
  net::Task<std::string> exchange_raw(std::string_view bytes);

 private:
  net::Task<> converse(const HttpQuestion& question, http::ClientExchange& exchange, HttpAnswer& answer);
  net::Task<> read_answer(const http::RequestHead& request, http::ClientExchange& exchange, HttpAnswer& answer);

  const Setting& setting_;
  const HttpSubject& subject_;
  std::unique_ptr<http::H1Client> client_;  // one of them
  std::unique_ptr<http::H2Client> client2_;
};

// A line of its own for one question, by HTTP/1.1 unless HTTP/2 is known beforehand, bounded by twice `setting.step`.
// Fails as dial, seal() and ask() do.
net::Task<HttpAnswer> ask_alone(const Setting& setting, const HttpSubject& subject, const HttpQuestion& question);

// "crm.example.com:8443", the port only where it is not the scheme's own.
std::string authority_of(const Destination& destination);

}  // namespace pforte::doctor
