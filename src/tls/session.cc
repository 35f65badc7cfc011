#include "tls/session.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/certificate_outline.h"
#include "crypto/failure.h"
#include "crypto/pem_blocks.h"
#include "tls/client_hello.h"
#include "tls/doctor_mark.h"

namespace pforte::tls {

using net::Io;

namespace {

constexpr std::size_t kRecordBytes = 16384;
// Header, content type, tag and explicit nonce of a record, in any version we speak.
constexpr std::size_t kRecordOverhead = 64;

// OpenSSL does not return while records come that carry no data (key updates, empty ones): a peer that sends nothing
// else would keep the thread. More than a handshake or the largest record ever takes.
constexpr std::size_t kMostEmptyBytes = 256UZ * 1024;

Session& session_of(const SSL* ssl) {
  return *static_cast<Session*>(SSL_get_app_data(ssl));
}

// OpenSSL looks at the thread's queue of errors to tell what happened, so old ones must be gone. Clearing an empty
// queue costs as much as a small record.
void forget_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

// Whether the client speaks "acme-tls/1" and nothing else (RFC 8737, 3): the extension's list has that one name.
bool looks_for_proof(SSL* ssl) {
  constexpr std::uint8_t kSize = kProofProtocol.size();
  constexpr std::array<std::uint8_t, 3> kBefore = {0, kSize + 1, kSize};
  const unsigned char* extension = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &extension, &size) != 1)
    return false;
  std::string_view sent(reinterpret_cast<const char*>(extension), size);
  std::string_view before(reinterpret_cast<const char*>(kBefore.data()), kBefore.size());
  return sent.starts_with(before) && sent.substr(before.size()) == kProofProtocol;
}

// As SSL_set_alpn_protos() wants it: each name behind its length.
std::string_view alpn_of(Offer offer) {
  switch (offer) {
    case Offer::Http1:
      return "\x08http/1.1";
    case Offer::Http2:
      return "\x02h2";
    case Offer::Http2AndHttp1:
      return "\x02h2\x08http/1.1";
    case Offer::Nothing:
      break;
  }
  return {};
}

bool is_address(const std::string& name) {
  std::array<unsigned char, 16> bytes;
  return inet_pton(AF_INET, name.c_str(), &bytes) == 1 || inet_pton(AF_INET6, name.c_str(), &bytes) == 1;
}

}  // namespace

std::unique_ptr<Session> Session::accept(std::unique_ptr<net::Stream> lower, std::shared_ptr<const ServerNames> names,
                                         std::shared_ptr<const TicketKeys> keys) {
  std::unique_ptr<Session> session(new Session(std::move(lower)));
  session->names_ = std::move(names);
  session->keys_ = std::move(keys);
  session->take(SSL_new(session->names_->greeting().native()));
  SSL_set_accept_state(session->ssl_.get());
  return session;
}

std::unique_ptr<Session> Session::connect(std::unique_ptr<net::Stream> lower, const ClientContext& context,
                                          const std::string& name, Offer offer) {
  std::unique_ptr<Session> session(new Session(std::move(lower)));
  session->take(SSL_new(context.native()));
  SSL* ssl = session->ssl_.get();
  SSL_set_connect_state(ssl);
  SSL_set_verify(ssl, SSL_VERIFY_PEER, on_verdict);
  session->offer(offer);
  X509_VERIFY_PARAM* rules = SSL_get0_param(ssl);
  if (is_address(name)) {
    X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl, name.c_str());
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(rules, name.data(), name.size());
  }
  return session;
}

std::unique_ptr<Session> Session::connect_to_look(std::unique_ptr<net::Stream> lower, const std::string& name,
                                                  Offer offer) {
  crypto::Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "ALL:COMPLEMENTOFALL");
  SSL_CTX_set_options(context.get(), SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  install(context.get());
  send_doctor_mark(context.get());
  std::unique_ptr<Session> session(new Session(std::move(lower)));
  session->take(SSL_new(context.get()));
  SSL_set_connect_state(session->ssl_.get());
  session->offer(offer);
  if (!is_address(name)) SSL_set_tlsext_host_name(session->ssl_.get(), name.c_str());
  return session;
}

void Session::offer(Offer offer) {
  std::string_view alpn = alpn_of(offer);
  if (alpn.empty()) return;
  SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(alpn.data()), unsigned(alpn.size()));
}

void Session::take(SSL* ssl) {
  ssl_.reset(ssl);
  SSL_set_app_data(ssl, this);
  BIO* bio = BIO_new(wire());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
}

Session::~Session() = default;

void Session::begin_with(net::Buffer bytes, std::size_t size) {
  heard_ = size > 0;
  inbound_ = std::move(bytes);
  inbound_begin_ = 0;
  inbound_end_ = size;
}

net::Task<> Session::handshake() {
  for (;;) {
    forget_errors();
    int done = SSL_do_handshake(ssl_.get());
    if (done == 1) break;
    int why = SSL_get_error(ssl_.get(), done);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      Error failure = handshake_failure();
      try_flush();  // the alert that tells the peer; best effort
      co_return std::unexpected(std::move(failure));
    }
    // What comes in while we wait to send is not announced twice, so after such a wait it is looked for.
    bool sent = try_flush().moved();
    if (!sent) co_await flush(*this);
    if (sent && why == SSL_ERROR_WANT_READ) co_await readable();
  }
  empty_bytes_ = 0;
  // In TLS 1.3 our last flight is a ticket, which goes out with the first answer. In TLS 1.2 the peer waits for it.
  if (SSL_version(ssl_.get()) < TLS1_3_VERSION) co_await flush(*this);
  co_return {};
}

Error Session::handshake_failure() {
  if (lower_failed_) return lower_->failure();
  long verdict = SSL_get_verify_result(ssl_.get());
  std::string reason = crypto::openssl_reason();
  bool judges = SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE;
  if (!SSL_is_server(ssl_.get()) && judges && verdict != X509_V_OK) {
    return Error(Kind::Denied, "tls.not-trusted", X509_verify_cert_error_string(verdict));
  }
  if (reason.empty()) return Error(Kind::Closed, "tls.closed", "the peer closed the connection during the handshake");
  return Error(Kind::Denied, "tls.refused", std::move(reason));
}

Io Session::try_read(std::span<char> into) {
  std::size_t total = 0;
  std::size_t outbound_before = outbound_end_;
  while (total < into.size()) {
    starved_ = false;
    std::size_t count = 0;
    int done = SSL_read_ex(ssl_.get(), into.data() + total, into.size() - total, &count);
    if (done == 1) {
      total += count;
      empty_bytes_ = 0;
      // Nothing more at hand: spare OpenSSL the discovery.
      if (inbound_begin_ == inbound_end_ && SSL_pending(ssl_.get()) == 0) break;
      continue;
    }
    if (!starved_) learn_reason();
    if (total > 0) break;  // what went wrong shows again at the next attempt
    // What reading made OpenSSL say (a key update, an alert) does not wait for our next words.
    if (outbound_end_ > outbound_before) try_flush();
    if (starved_) return {Io::Status::Blocked};
    if (peer_has_finished()) return {Io::Status::Finished};
    // Many clients close without close_notify, and what the end of their requests is, HTTP knows. A server's answer may
    // last until the end of its stream: only it can say that this is it (RFC 9112, 9.8).
    truncated_ = lower_finished_ && between_records();
    if (truncated_ && SSL_is_server(ssl_.get())) return {Io::Status::Finished};
    return {Io::Status::Failed};
  }
  return {Io::Status::Moved, total};
}

// The first of them is the cause. What this stream leaves in the thread's queue of errors would be said of the next.
void Session::learn_reason() {
  std::string reason = crypto::openssl_reason();
  if (!reason_.empty()) return;
  reason_ = flooded_ ? "a flood of records without data" : std::move(reason);
}

bool Session::nothing_to_read() const {
  return inbound_begin_ == inbound_end_ && lower_->nothing_to_read() && SSL_has_pending(ssl_.get()) == 0;
}

// Asked of OpenSSL (SSL_get_error(3)) it would depend on the thread's queue of errors, which would have to be empty
// before each reading. In TLS 1.2 a level goes with it, which no RFC prescribes and which in TLS 1.3 says nothing (RFC
// 8446, 6): a fatal one, too, is the peer's sealed word that this is all (RFC 5246, 7.2.1), and nothing was cut off.
bool Session::peer_has_finished() const {
  return alert_ == SSL_AD_CLOSE_NOTIFY && (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

bool Session::between_records() const {
  return SSL_has_pending(ssl_.get()) == 0 && SSL_rstate_string(ssl_.get()) == std::string_view("RH");
}

Io Session::try_write(std::span<const std::string_view> pieces) {
  if (outbound_end_ > 0) {
    // A ticket may wait here since the handshake: it goes along. More means that the peer is slow.
    if (outbound_end_ > net::Buffer::capacity_of(net::Buffer::Size::Small)) {
      Io io = try_flush();
      if (!io.moved()) return io;
    }
  }
  std::size_t total = 0;
  for (std::string_view piece : pieces) total += piece.size();
  // A single record needs no place where others wait for it.
  straight_ = total <= kRecordBytes && outbound_end_ == 0;
  if (!straight_) reserve_outbound(std::min(total, net::kRelayBytes));
  Io taken = pieces.size() > 1 && total <= kRecordBytes ? seal_joined(pieces, total) : seal_each(pieces);
  straight_ = false;
  if (!taken.moved()) return taken;
  Io sent = try_flush();
  return sent.status == Io::Status::Failed ? sent : taken;
}

// As much as one turn of a relay moves.
Io Session::seal_each(std::span<const std::string_view> pieces) {
  Io taken{Io::Status::Moved, 0};
  for (std::string_view piece : pieces) {
    Io io = seal(piece.substr(0, net::kRelayBytes - taken.bytes));
    if (!io.moved()) return io;
    taken.bytes += io.bytes;
    if (taken.bytes == net::kRelayBytes) break;
  }
  return taken;
}

// One record for several small pieces: two would cost a second seal and 22 bytes.
Io Session::seal_joined(std::span<const std::string_view> pieces, std::size_t total) {
  net::Buffer joined(net::Buffer::fitting(total));
  char* end = joined.data();
  for (std::string_view piece : pieces) end += piece.copy(end, piece.size());
  return seal({joined.data(), total});
}

Io Session::seal(std::string_view piece) {
  if (piece.empty()) return {Io::Status::Moved, 0};
  std::size_t count = 0;
  if (SSL_write_ex(ssl_.get(), piece.data(), piece.size(), &count) == 1) return {Io::Status::Moved, count};
  learn_reason();
  return {Io::Status::Failed};
}

void Session::reserve_outbound(std::size_t bytes) {
  std::size_t needed = outbound_end_ + bytes + (bytes / kRecordBytes + 2) * kRecordOverhead;
  if (needed <= outbound_.capacity()) return;
  net::Buffer larger(net::Buffer::fitting(needed));
  if (outbound_end_ > 0) std::memcpy(larger.data(), outbound_.data(), outbound_end_);
  outbound_ = std::move(larger);
}

Io Session::try_flush() {
  while (outbound_begin_ < outbound_end_) {
    std::string_view rest(outbound_.data() + outbound_begin_, outbound_end_ - outbound_begin_);
    Io io = lower_->try_write(std::span(&rest, 1));
    if (io.status == Io::Status::Failed) lower_failed_ = true;
    if (!io.moved()) return io;
    outbound_begin_ += io.bytes;
  }
  outbound_.release();
  outbound_begin_ = outbound_end_ = 0;
  if (std::exchange(finishing_, false)) lower_->finish();
  return {Io::Status::Moved};
}

void Session::finish() {
  forget_errors();
  SSL_shutdown(ssl_.get());
  forget_errors();
  Io io = try_flush();
  finishing_ = io.blocked();
  if (io.moved()) lower_->finish();
}

Error Session::failure() const {
  if (lower_failed_) return lower_->failure();
  if (truncated_) return Error(Kind::Closed, "tls.truncated", "the server ended the connection without close_notify");
  return Error(Kind::Invalid, "tls.broken", reason_.empty() ? "the TLS stream is broken" : reason_);
}

std::string_view Session::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string_view Session::version() const {
  return SSL_get_version(ssl_.get());
}

std::string_view Session::end_point_binding() const {
  const X509* shown = SSL_get_certificate(ssl_.get());
  return shown && context_ ? context_->end_point_binding(*shown) : std::string_view();
}

std::string_view Session::cipher() const {
  return SSL_get_cipher_name(ssl_.get());
}

bool Session::resumed() const {
  return SSL_session_reused(ssl_.get()) == 1;
}

std::chrono::sys_seconds Session::peer_certificate_ends() const {
  const X509* certificate = peer_certificate();
  return certificate ? crypto::not_after(*certificate) : std::chrono::sys_seconds();
}

CertificateFault Session::peer_fault() const {
  switch (SSL_get_verify_result(ssl_.get())) {
    case X509_V_OK:
      return CertificateFault::None;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return CertificateFault::Expired;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return CertificateFault::OtherName;
    default:
      return CertificateFault::NotTrusted;
  }
}

// OpenSSL keeps only certificates that hold.
const X509* Session::peer_certificate() const {
  return refused_ ? refused_.get() : SSL_get0_peer_certificate(ssl_.get());
}

int Session::on_verdict(int holds, X509_STORE_CTX* chain) {
  const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  X509* leaf = X509_STORE_CTX_get0_cert(chain);
  if (holds == 0 && leaf && X509_up_ref(leaf) == 1) session_of(ssl).refused_.reset(leaf);
  return holds;
}

std::string Session::peer_certificate_digest() const {
  const X509* certificate = peer_certificate();
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (!certificate || X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  return {digest.begin(), digest.begin() + size};
}

std::string Session::peer_chain() const {
  if (refused_) return crypto::pem_block(crypto::der_of(*refused_));
  std::string pem;
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl_.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) pem += crypto::pem_block(crypto::der_of(*sk_X509_value(chain, i)));
  return pem;
}

// The wire: OpenSSL's view of the lower stream.

const BIO_METHOD* Session::wire() {
  static const BIO_METHOD* const the_wire = [] {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "pforte wire");
    BIO_meth_set_read(method, [](BIO* bio, char* into, int size) {
      return static_cast<Session*>(BIO_get_data(bio))->read_wire(bio, std::span(into, std::size_t(size)));
    });
    BIO_meth_set_write(method, [](BIO* bio, const char* from, int size) {
      return static_cast<Session*>(BIO_get_data(bio))->write_wire(std::span(from, std::size_t(size)));
    });
    BIO_meth_set_ctrl(method, [](BIO*, int command, long, void*) -> long { return command == BIO_CTRL_FLUSH ? 1 : 0; });
    return method;
  }();
  return the_wire;
}

int Session::read_wire(BIO* bio, std::span<char> into) {
  BIO_clear_retry_flags(bio);
  flooded_ = empty_bytes_ > kMostEmptyBytes;
  if (flooded_) return -1;
  if (inbound_begin_ == inbound_end_) {
    if (!inbound_) inbound_ = net::Buffer(much_inbound_ ? net::Buffer::Size::Large : net::Buffer::Size::Medium);
    Io io = lower_->try_read(std::span(inbound_.data(), inbound_.capacity()));
    if (!io.moved()) inbound_.release();
    starved_ = io.blocked();
    if (starved_) BIO_set_retry_read(bio);
    if (io.status == Io::Status::Failed) lower_failed_ = true;
    if (io.status == Io::Status::Finished) lower_finished_ = true;
    if (!io.moved()) return io.status == Io::Status::Finished ? 0 : -1;
    heard_ = true;
    much_inbound_ = io.bytes == inbound_.capacity() || io.bytes > net::Buffer::capacity_of(net::Buffer::Size::Medium);
    inbound_begin_ = 0;
    inbound_end_ = io.bytes;
  }
  std::size_t count = std::min(into.size(), inbound_end_ - inbound_begin_);
  std::memcpy(into.data(), inbound_.data() + inbound_begin_, count);
  inbound_begin_ += count;
  empty_bytes_ += count;
  if (inbound_begin_ == inbound_end_) inbound_.release();
  return int(count);
}

int Session::write_wire(std::span<const char> from) {
  std::size_t all = from.size();
  if (std::exchange(straight_, false) && outbound_end_ == 0) {
    std::string_view record(from.data(), from.size());
    Io io = lower_->try_write(std::span(&record, 1));
    if (io.status == Io::Status::Failed) lower_failed_ = true;  // OpenSSL may still be read from: try_flush() tells
    from = from.subspan(io.bytes);
    if (from.empty()) return int(all);
  }
  if (outbound_end_ + from.size() > outbound_.capacity()) reserve_outbound(from.size());
  if (outbound_end_ + from.size() > outbound_.capacity()) return -1;  // more than any flight or turn of ours
  std::memcpy(outbound_.data() + outbound_end_, from.data(), from.size());
  outbound_end_ += from.size();
  return int(all);
}

// What OpenSSL tells and asks.

void Session::install(SSL_CTX* context) {
  SSL_CTX_set_info_callback(context, on_state);
  SSL_CTX_set_client_hello_cb(context, on_client_hello, nullptr);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
}

void Session::install_telling(SSL_CTX* context) {
  SSL_CTX_set_keylog_callback(context, on_secret);
}

// Chooses the site's context before anything of it is used, its versions included.
int Session::on_client_hello(SSL* ssl, int* alert, void*) {
  Session& session = session_of(ssl);
  session.greeted_ = true;
  const unsigned char* extension = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &extension, &size) == 1) {
    session.server_name_ = lowered(host_in_server_name(std::span(extension, size)).value_or(""));
  }
  const ServerNames& names = *session.names_;
  bool proof = looks_for_proof(ssl);
  if (proof) {
    session.context_ = names.find_proof(session.server_name_);
  } else {
    session.context_ = session.server_name_.empty() ? names.unnamed() : names.find(session.server_name_);
  }
  if (!session.context_) {
    *alert = proof ? SSL_AD_NO_APPLICATION_PROTOCOL : SSL_AD_UNRECOGNIZED_NAME;
    return SSL_CLIENT_HELLO_ERROR;
  }
  bool told = session.secrets_listener_ && session.secrets_listener_->wants_secrets(session.server_name_);
  SSL_set_SSL_CTX(ssl, told ? session.context_->telling() : session.context_->native());
  SSL_set_min_proto_version(ssl, int(SSL_CTX_get_min_proto_version(session.context_->native())));
  if (proof) {
    // Who looks for a proof comes once. Of the context's own settings nothing but its certificates is taken over.
    SSL_set_num_tickets(ssl, 0);
    SSL_set_options(ssl, SSL_OP_NO_TICKET);
  }
  return SSL_CLIENT_HELLO_SUCCESS;
}

// OpenSSL's own view of a ClientHello lacks the extensions that it does not know.
void Session::keep_hello() {
  SSL_set_msg_callback(ssl_.get(), [](int writing, int, int type, const void* bytes, auto size, SSL* ssl, void*) {
    if (writing == 0) session_of(ssl).take_message(type, {static_cast<const char*>(bytes), size});
  });
}

void Session::take_message(int type, std::string_view message) {
  constexpr std::size_t kMostKept = 8192;  // one with keys against quantum computers has 2000
  if (type != SSL3_RT_HANDSHAKE) return;
  if (message.size() <= kMostKept) hello_ = message;
  SSL_set_msg_callback(ssl_.get(), nullptr);  // what comes behind it is of no interest
}

void Session::on_state(const SSL* ssl, int where, int value) {
  if (where == SSL_CB_READ_ALERT) session_of(ssl).alert_ = value & 0xff;
  if (where == SSL_CB_WRITE_ALERT) session_of(ssl).sent_alert_ = value & 0xff;
}

void Session::on_secret(const SSL* ssl, const char* line) {
  if (SecretsListener* listener = session_of(ssl).secrets_listener_) listener->secret(line);
}

int Session::on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                       int sealing) {
  const TicketKeys& keys = *session_of(ssl).keys_;
  return sealing ? keys.seal(name, iv, cipher, mac) : keys.open(name, iv, cipher, mac);
}

}  // namespace pforte::tls
