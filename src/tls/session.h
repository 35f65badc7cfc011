#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/owned.h"
#include "net/buffer.h"
#include "net/stream.h"
#include "tls/context.h"
#include "tls/ticket_keys.h"

namespace pforte::tls {

// Why a server's certificate was not accepted.
enum class CertificateFault : std::uint8_t {
  None,
  Expired,     // it, or one above it
  OtherName,   // than the one asked for
  NotTrusted,  // no path to a trusted root, not yet valid, and all else
};

// Who is told the secrets of a connection.
class SecretsListener {
 public:
  // Asked once the client has named its host (in lower case; empty: none), before there are secrets.
  virtual bool wants_secrets(std::string_view server_name) = 0;
  // One line of a key log, without its end (draft-ietf-tls-keylogfile).
  virtual void secret(std::string_view line) = 0;

 protected:
  ~SecretsListener() = default;
};

// A TLS stream over a stream. OpenSSL reads what came in up to 128 KiB per call of the lower stream, and what it
// writes goes out as one. Buffers are held only while there are bytes in them.
class Session final : public net::Stream {
 public:
  // The server's side. `names` and `keys` are kept.
  static std::unique_ptr<Session> accept(std::unique_ptr<net::Stream> lower, std::shared_ptr<const ServerNames> names,
                                         std::shared_ptr<const TicketKeys> keys);

  // The client's side, for a server that must prove to be `name` (a DNS name or an IP address).
  static std::unique_ptr<Session> connect(std::unique_ptr<net::Stream> lower, const ClientContext& context,
                                          const std::string& name, Offer offer = Offer::Nothing);

  // The client's side for whoever looks at a server without trusting it: any certificate will do, and every version
  // and suite that OpenSSL has. Nothing secret may be sent over it.
  static std::unique_ptr<Session> connect_to_look(std::unique_ptr<net::Stream> lower, const std::string& name,
                                                  Offer offer = Offer::Nothing);

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() override;

  // What the peer has sent before the session was made: it comes first. Before handshake().
  void begin_with(net::Buffer bytes, std::size_t size);

  // Once, before anything else. Under the stream's deadlines. Fails with Kind::Denied when one side refused the other
  // (the text says why; see also alert()), with the lower stream's error otherwise.
  net::Task<> handshake();

  net::Io try_read(std::span<char> into) override;
  bool nothing_to_read() const override;
  net::Io try_write(std::span<const std::string_view> pieces) override;
  net::Io try_flush() override;
  // Sends close_notify. Where that is blocked, try_flush() brings it to an end.
  void finish() override;
  net::Signal& readable() override { return lower_->readable(); }
  net::Signal& writable() override { return lower_->writable(); }
  void read_deadline(net::Instant at) override { lower_->read_deadline(at); }
  void write_deadline(net::Instant at) override { lower_->write_deadline(at); }
  void tell_when_broken(net::Signal* other) override { lower_->tell_when_broken(other); }
  bool broken() const override { return lower_->broken(); }
  Error failure() const override;

  // The name the client asked for, in lower case; empty when it named none.
  const std::string& server_name() const { return server_name_; }
  // The context that answers; null until the client has said hello.
  const ServerContext* context() const { return context_; }
  // What was agreed on by ALPN; empty when nothing was.
  std::string_view protocol() const;
  // "TLSv1.3"
  std::string_view version() const;
  std::string_view cipher() const;
  bool resumed() const;
  // The certificate that we show, on the server's side; null: none.
  const X509* own_certificate() const { return SSL_get_certificate(ssl_.get()); }
  // What a Kerberos ticket is bound to when it comes through this connection, on the server's side:
  // "tls-server-end-point:" and the hash of our certificate (RFC 5929, section 4). Empty where there is none. Lives as
  // long as the context.
  std::string_view end_point_binding() const;
  // On the client's side, after a handshake that failed: what is wrong with the server's certificate.
  CertificateFault peer_fault() const;
  // When the certificate that the peer showed ends, also when it was not accepted; the epoch if it showed none.
  std::chrono::sys_seconds peer_certificate_ends() const;
  // The SHA-256 of that certificate, 32 bytes; empty if it showed none.
  std::string peer_certificate_digest() const;
  // What the peer sent, on the client's side: its own certificate first, and that alone where it was not accepted. PEM.
  std::string peer_chain() const;
  // Whether the peer has sent anything at all.
  bool heard() const { return heard_; }
  // Number of the last alert the peer sent (RFC 8446, 6), or -1.
  int alert() const { return alert_; }
  // The same of the last one that we sent.
  int sent_alert() const { return sent_alert_; }

  // On the server's side, before handshake(): keeps the ClientHello for take_hello().
  void keep_hello();
  // The ClientHello as a handshake message, with its header; empty before it is whole, where it is unusually long, and
  // after the first call.
  std::string take_hello() { return std::exchange(hello_, {}); }
  std::string_view hello() const { return hello_; }
  // It has two kilobytes with some clients: too much to keep of a connection that works.
  void forget_hello() { std::string().swap(hello_); }
  // What has come and OpenSSL has not taken: of what is no TLS all but the first bytes.
  std::string_view unread() const {
    if (!inbound_) return {};
    return {inbound_.data() + inbound_begin_, inbound_end_ - inbound_begin_};
  }
  // Whether the whole ClientHello has come.
  bool greeted() const { return greeted_; }

  // On the server's side, before handshake(). The listener must outlive the handshake.
  void tell_secrets_to(SecretsListener& listener) { secrets_listener_ = &listener; }

  // Sets the callbacks that lead back to the session, on a context that makes sessions.
  static void install(SSL_CTX* context);
  // And the one by which a SecretsListener is told.
  static void install_telling(SSL_CTX* context);

 private:
  explicit Session(std::unique_ptr<net::Stream> lower) : lower_(std::move(lower)) {}
  void take(SSL* ssl);
  void offer(Offer offer);

  static const BIO_METHOD* wire();
  int read_wire(BIO* bio, std::span<char> into);
  int write_wire(std::span<const char> from);
  void learn_reason();
  bool peer_has_finished() const;
  bool between_records() const;  // nothing of a record is at hand, sealed or opened
  void reserve_outbound(std::size_t bytes);
  net::Io seal(std::string_view piece);
  net::Io seal_each(std::span<const std::string_view> pieces);
  net::Io seal_joined(std::span<const std::string_view> pieces, std::size_t total);
  Error handshake_failure();

  const X509* peer_certificate() const;
  static int on_verdict(int holds, X509_STORE_CTX* chain);
  static int on_client_hello(SSL* ssl, int* alert, void*);
  void take_message(int type, std::string_view message);
  static void on_state(const SSL* ssl, int where, int value);
  static void on_secret(const SSL* ssl, const char* line);
  static int on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                       int sealing);

  std::unique_ptr<net::Stream> lower_;
  std::shared_ptr<const ServerNames> names_;
  std::shared_ptr<const TicketKeys> keys_;
  const ServerContext* context_ = nullptr;
  std::string server_name_;
  SecretsListener* secrets_listener_ = nullptr;
  crypto::Certificate refused_;  // of the peer, when it does not hold
  std::string hello_;
  int alert_ = -1;
  int sent_alert_ = -1;
  bool heard_ = false;
  bool greeted_ = false;
  bool starved_ = false;         // OpenSSL wants what has not come yet
  bool straight_ = false;        // what OpenSSL writes goes out at once
  bool flooded_ = false;         // with records that carry nothing
  std::size_t empty_bytes_ = 0;  // taken from the wire since OpenSSL last had something for us
  bool lower_failed_ = false;
  bool lower_finished_ = false;
  bool truncated_ = false;  // it finished without a word
  bool finishing_ = false;  // the lower stream is to be finished once all is sent
  std::string reason_;      // why OpenSSL failed

  net::Buffer inbound_;  // sealed bytes not yet opened: [begin, end)
  std::size_t inbound_begin_ = 0;
  std::size_t inbound_end_ = 0;
  bool much_inbound_ = false;  // the last buffer came back full: take a large one next
  net::Buffer outbound_;       // sealed bytes not yet sent: [begin, end)
  std::size_t outbound_begin_ = 0;
  std::size_t outbound_end_ = 0;

  crypto::Owned<SSL, SSL_free> ssl_;
};

}  // namespace pforte::tls
