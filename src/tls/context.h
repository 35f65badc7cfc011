#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/pem.h"

namespace pforte::tls {

// What a CA speaks that looks for a proof by tls-alpn-01 (RFC 8737, 6.2).
inline constexpr std::string_view kProofProtocol = "acme-tls/1";

// What a server offers: Mozilla's server side TLS recommendations, version 5.7.
enum class Profile { Intermediate, Modern };

// What a server offers by ALPN (RFC 7301), the first of them preferred.
enum class Protocols { Http1, Http2AndHttp1, Proof };

// What a client offers by ALPN.
enum class Offer { Nothing, Http1, Http2, Http2AndHttp1 };

// A certificate that a server shows, with its stapled OCSP answer if there is one.
struct Shown {
  crypto::Identity identity;
  std::string ocsp_answer;                // DER; empty: none
  std::chrono::sys_seconds ocsp_until{};  // not stapled from here on
};

// How the connections of one site are sealed. Immutable, shared by all workers.
class ServerContext {
 public:
  // `shown` holds at most one certificate of each key type; none: enough for the beginning of a handshake alone. Fails
  // with Kind::Invalid when OpenSSL refuses one.
  static Result<std::shared_ptr<const ServerContext>> make(Profile profile, std::vector<Shown> shown,
                                                           Protocols protocols = Protocols::Http1);

  // One that speaks "acme-tls/1" and nothing else: it shows a certificate that proves something to a CA (RFC 8737).
  static Result<std::shared_ptr<const ServerContext>> make_for_proof(Shown shown);

  ServerContext(const ServerContext&) = delete;
  ServerContext& operator=(const ServerContext&) = delete;

  SSL_CTX* native() const { return context_.get(); }
  // The same for a connection whose secrets somebody is told: made when it is first wanted, so that all others have
  // nothing to do with it.
  SSL_CTX* telling() const;
  Profile profile() const { return profile_; }
  Protocols protocols() const { return protocols_; }

  // When the first of the certificates ends.
  std::chrono::sys_seconds expires() const;

  // What each of the certificates is made out to.
  const std::vector<std::vector<std::string>>& names() const { return names_; }

  // Whether one of the certificates covers `host`.
  bool covers(std::string_view host) const;

  // What Kerberos tickets are bound to that come through connections which show this one of the certificates; see
  // Session::end_point_binding(). Empty for another's, and where the certificate has none.
  std::string_view end_point_binding(const X509& certificate) const;

 private:
  ServerContext(Profile profile, std::vector<Shown> shown, Protocols protocols);
  crypto::Owned<SSL_CTX, SSL_CTX_free> make_context() const;
  void separate_sessions(SSL_CTX* context) const;
  Result<> use_certificates(SSL_CTX* context) const;
  static int staple(SSL* ssl, void* self);

  Profile profile_;
  Protocols protocols_;
  std::vector<Shown> shown_;
  std::vector<std::vector<std::string>> names_;  // of each
  std::vector<std::string> bindings_;            // of each
  crypto::Owned<SSL_CTX, SSL_CTX_free> context_;
  mutable std::once_flag telling_made_;
  mutable crypto::Owned<SSL_CTX, SSL_CTX_free> telling_;
};

// Which context answers a client that asks for a name.
class ServerNames {
 public:
  virtual ~ServerNames() = default;

  // `name` in lower case. Null: nobody serves it, and the handshake is refused with unrecognized_name.
  virtual const ServerContext* find(std::string_view name) const = 0;
  // For a client that names none, such as Java for a host without a dot. Null: it is refused as well.
  virtual const ServerContext* unnamed() const = 0;
  // For a client that speaks nothing but "acme-tls/1": a CA that looks for a proof (RFC 8737, 3). `name` may be empty.
  // Null: there is none, and the handshake is refused with no_application_protocol.
  virtual const ServerContext* find_proof(std::string_view /*name*/) const { return nullptr; }
  // With which a handshake begins, until the client has said which name it wants.
  virtual const ServerContext& greeting() const = 0;
};

// How we connect to a server that we verify: chain, dates, name. Immutable, shared by all workers.
class ClientContext {
 public:
  // `trust` is "system", a PEM file, or a text in PEM. Fails when it cannot be read or holds no certificate.
  static Result<std::shared_ptr<const ClientContext>> make(const std::string& trust);

  SSL_CTX* native() const { return context_.get(); }

  // Whether both trust the same certificates: "system", or the same text.
  bool same_trust(const ClientContext& other) const { return trust_ == other.trust_; }

 private:
  ClientContext() = default;
  std::string trust_;  // "system", or the text
  crypto::Owned<SSL_CTX, SSL_CTX_free> context_;
};

}  // namespace pforte::tls
