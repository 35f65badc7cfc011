#include "tls/probe.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "base/text.h"
#include "crypto/owned.h"
#include "tls/doctor_mark.h"

namespace pforte::tls {
namespace {

constexpr std::size_t kMostProbeBytes = 1UZ << 20;
constexpr std::size_t kProbeReadBytes = 16UZ * 1024;

using ProbeContext = crypto::Owned<SSL_CTX, SSL_CTX_free>;
using ProbeSession = crypto::Owned<SSL, SSL_free>;

Probed& probed_of(const SSL* ssl) {
  return *static_cast<Probed*>(SSL_get_app_data(ssl));
}

void note_alert(const SSL* ssl, int where, int value) {
  bool is_alert = where == SSL_CB_READ_ALERT && (value & 0xff) != SSL3_AD_CLOSE_NOTIFY;
  if (is_alert) probed_of(ssl).alert = value & 0xff;
}

int keep_session(SSL* ssl, SSL_SESSION* session) {
  probed_of(ssl).session = {session, SSL_SESSION_free};
  return 1;  // it is ours
}

int note_question(SSL* ssl, X509** /*certificate*/, EVP_PKEY** /*key*/) {
  Probed& probed = probed_of(ssl);
  probed.asked_certificate = true;
  const STACK_OF(X509_NAME)* names = SSL_get_client_CA_list(ssl);
  for (int i = 0; i < sk_X509_NAME_num(names); ++i) {
    crypto::Bytes text(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(text.get(), sk_X509_NAME_value(names, i), 0, XN_FLAG_RFC2253 & ~unsigned(ASN1_STRFLGS_ESC_MSB));
    char* bytes = nullptr;
    long size = BIO_get_mem_data(text.get(), &bytes);
    probed.authorities.emplace_back(bytes, std::size_t(size));
  }
  return 0;  // we have none
}

ProbeContext make_context() {
  ProbeContext context(SSL_CTX_new(TLS_client_method()));
  if (!context) std::abort();  // out of memory
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "ALL:COMPLEMENTOFALL:@SECLEVEL=0");
  SSL_CTX_set_options(context.get(), SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_info_callback(context.get(), note_alert);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context.get(), keep_session);
  SSL_CTX_set_client_cert_cb(context.get(), note_question);
  send_doctor_mark(context.get());
  SSL_CTX_set_tlsext_status_type(context.get(), TLSEXT_STATUSTYPE_ocsp);
  return context;
}

ProbeSession make_session(SSL_CTX* context, const ProbeTerms& terms, Probed& probed) {
  ProbeSession ssl(SSL_new(context));
  if (!ssl) std::abort();  // out of memory
  SSL_set_app_data(ssl.get(), &probed);
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  BIO_set_mem_eof_return(SSL_get_rbio(ssl.get()), -1);
  SSL_set_connect_state(ssl.get());
  if (!terms.name.empty()) SSL_set_tlsext_host_name(ssl.get(), terms.name.c_str());
  std::string protocols;
  for (const std::string& protocol : terms.protocols) protocols += cat(char(protocol.size()), protocol);
  const auto* bytes = reinterpret_cast<const unsigned char*>(protocols.data());
  if (!protocols.empty()) SSL_set_alpn_protos(ssl.get(), bytes, unsigned(protocols.size()));
  if (terms.session) SSL_set_session(ssl.get(), terms.session.get());
  return ssl;
}

std::string der_of(X509* certificate) {
  unsigned char* der = nullptr;
  int size = i2d_X509(certificate, &der);
  std::string copy(reinterpret_cast<const char*>(der), size > 0 ? std::size_t(size) : 0);
  OPENSSL_free(der);
  return copy;
}

std::string last_reason() {
  unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return reason ? reason : "the connection ended";
}

std::string group_of(SSL* ssl) {
  EVP_PKEY* key = nullptr;
  if (SSL_get_peer_tmp_key(ssl, static_cast<void*>(&key)) != 1) return {};
  crypto::PrivateKey owned(key);
  constexpr std::size_t kLongestName = 64;
  std::array<char, kLongestName> name{};
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) == 1) return name.data();
  const char* type = EVP_PKEY_get0_type_name(key);
  return type ? type : "";
}

// Also of a handshake that fails after the server has shown its certificate.
void note_chain(SSL* ssl, Probed& probed) {
  STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; i < sk_X509_num(chain); ++i) probed.chain.push_back(der_of(sk_X509_value(chain, i)));
  unsigned char* stapled = nullptr;
  long size = SSL_get_tlsext_status_ocsp_resp(ssl, static_cast<void*>(&stapled));
  if (size > 0) probed.stapled.assign(reinterpret_cast<const char*>(stapled), std::size_t(size));
}

void note_agreement(SSL* ssl, Probed& probed) {
  probed.done = true;
  probed.version = SSL_get_version(ssl);
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
  probed.cipher = cipher ? SSL_CIPHER_standard_name(cipher) : "";
  probed.group = group_of(ssl);
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &size);
  probed.protocol.assign(reinterpret_cast<const char*>(protocol), size);
  probed.extended_master_secret = SSL_get_extms_support(ssl) == 1;
  probed.secure_renegotiation = SSL_get_secure_renegotiation_support(ssl) == 1;
  probed.resumed = SSL_session_reused(ssl) == 1;
}

// Sends what OpenSSL has written.
net::Task<> send_written(SSL* ssl, net::Stream& lower) {
  char* bytes = nullptr;
  long size = BIO_get_mem_data(SSL_get_wbio(ssl), &bytes);
  if (size <= 0) co_return {};
  std::string flight(bytes, std::size_t(size));
  BIO_reset(SSL_get_wbio(ssl));
  co_await net::write_all(lower, flight);
  co_await net::flush(lower);
  co_return {};
}

// Gives OpenSSL what has come; false when the server has finished.
net::Task<bool> feed(SSL* ssl, net::Stream& lower, std::size_t& taken) {
  std::array<char, kProbeReadBytes> piece;
  std::size_t size = co_await net::read_some(lower, piece);
  taken += size;
  if (taken > kMostProbeBytes) co_return fail(Kind::Limit, "tls.probe-too-long", "the server does not come to an end");
  if (size > 0) BIO_write(SSL_get_rbio(ssl), piece.data(), int(size));
  co_return size > 0;
}

net::Task<> shake_hands(SSL* ssl, net::Stream& lower, Probed& probed, std::size_t& taken) {
  for (;;) {
    ERR_clear_error();
    int done = SSL_do_handshake(ssl);
    bool wants_more = done != 1 && SSL_get_error(ssl, done) == SSL_ERROR_WANT_READ;
    if (done != 1 && !wants_more) probed.fault = last_reason();
    Result<> sent = co_await outcome(send_written(ssl, lower));
    if (!sent && sent.error().kind() == Kind::Timeout) co_return std::unexpected(std::move(sent).error());
    if (done == 1) note_agreement(ssl, probed);
    if (!wants_more) co_return {};
    Result<bool> more = co_await outcome(feed(ssl, lower, taken));
    bool is_bound = !more && (more.error().kind() == Kind::Timeout || more.error().kind() == Kind::Limit);
    if (is_bound) co_return std::unexpected(std::move(more).error());
    if (!more) probed.fault = more.error().text();
    if (more && !*more) probed.fault = "the server closes the connection in the middle of the handshake";
    if (!more || !*more) co_return {};
  }
}

// Tickets, and an alert to a client without a certificate, come behind the handshake.
net::Task<> hear_out(SSL* ssl, net::Stream& lower, Probed& probed, std::size_t& taken) {
  SSL_shutdown(ssl);
  co_await send_written(ssl, lower);
  std::array<char, kProbeReadBytes> ignored;
  for (;;) {
    ERR_clear_error();
    int got = SSL_read(ssl, ignored.data(), int(ignored.size()));
    if (got > 0) continue;
    int error = SSL_get_error(ssl, got);
    if (error == SSL_ERROR_SSL && probed.alert >= 0) probed.fault = last_reason();
    if (error != SSL_ERROR_WANT_READ) co_return {};
    bool more = co_await feed(ssl, lower, taken);
    if (!more) co_return {};
  }
}

}  // namespace

net::Task<Probed> probe(net::Stream& lower, const ProbeTerms& terms) {
  Probed probed;
  std::size_t taken = 0;
  ProbeContext context = make_context();
  ProbeSession ssl = make_session(context.get(), terms, probed);
  co_await shake_hands(ssl.get(), lower, probed, taken);
  note_chain(ssl.get(), probed);
  // What is not said within the deadline is not missed.
  lower.read_deadline(net::Clock::now() + terms.last_words);
  if (probed.done) (void)co_await outcome(hear_out(ssl.get(), lower, probed, taken));
  ERR_clear_error();
  co_return probed;
}

}  // namespace pforte::tls
