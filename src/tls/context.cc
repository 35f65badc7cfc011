#include "tls/context.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/certificate_outline.h"
#include "crypto/failure.h"
#include "crypto/pem_blocks.h"
#include "tls/session.h"

namespace pforte::tls {

namespace {

// TLS 1.2 of the intermediate profile; TLS 1.3 has its own list, which OpenSSL's default equals.
constexpr const char* kIntermediateCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256:P-384";

constexpr std::array<std::string_view, 3> kProtocols{"h2", "http/1.1", kProofProtocol};

// In order of preference (RFC 7301, 3.1).
std::span<const std::string_view> spoken(Protocols protocols) {
  std::span<const std::string_view> all(kProtocols);
  if (protocols == Protocols::Proof) return all.subspan(2);
  return protocols == Protocols::Http2AndHttp1 ? all.first(2) : all.subspan(1, 1);
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned offered_size, void* context) {
  for (std::string_view ours : spoken(static_cast<const ServerContext*>(context)->protocols())) {
    for (std::size_t at = 0; at < offered_size; at += 1UZ + offered[at]) {
      std::string_view theirs(reinterpret_cast<const char*>(offered + at + 1), offered[at]);
      if (theirs != ours) continue;
      *out = offered + at + 1;
      *out_size = offered[at];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::unexpected<Error> refused(std::string_view deed) {
  return fail(Kind::Invalid, "tls.context", cat(deed, ": ", crypto::openssl_reason()));
}

void set_up_server(SSL_CTX* context, Profile profile) {
  SSL_CTX_set_min_proto_version(context, profile == Profile::Modern ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, kIntermediateCiphers);
  SSL_CTX_set1_groups_list(context, kGroups);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  Session::install(context);
}

// "tls-server-end-point:" and the hash that RFC 5929, 4.1, asks for.
std::string binding_to(const X509& certificate) {
  int digest_id = NID_undef;
  if (X509_get_signature_info(const_cast<X509*>(&certificate), &digest_id, nullptr, nullptr, nullptr) != 1) return {};
  if (digest_id == NID_md5 || digest_id == NID_sha1) digest_id = NID_sha256;
  const EVP_MD* digest = EVP_get_digestbynid(digest_id);
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  unsigned size = 0;
  if (!digest || X509_digest(&certificate, digest, hash.data(), &size) != 1) return {};
  std::string binding = "tls-server-end-point:";
  return binding.append(hash.begin(), hash.begin() + size);
}

Result<> add_roots(SSL_CTX& context, std::string_view pem) {
  X509_STORE* store = SSL_CTX_get_cert_store(&context);
  std::size_t count = 0;
  for (const crypto::PemBlock& block : TRY(crypto::read_pem_blocks(pem, "the trust store"))) {
    if (!block.is_certificate()) continue;
    if (block.has_trust_settings) {
      return fail(Kind::Invalid, "certificate.trust-settings",
                  cat("the trust store, line ", block.line,
                      ": OpenSSL's own settings say what the certificate is trusted for"));
    }
    crypto::Certificate root = crypto::certificate_from(block.content);
    if (!root) return fail(Kind::Invalid, "certificate.damaged", "a certificate of the trust store is damaged");
    X509_STORE_add_cert(store, root.get());
    ++count;
  }
  if (count == 0) return fail(Kind::Invalid, "certificate.none", "the trust store holds no certificate");
  // What is trusted need not be self-signed: an intermediate in the file ends the path.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  return {};
}

}  // namespace

ServerContext::ServerContext(Profile profile, std::vector<Shown> shown, Protocols protocols)
    : profile_(profile), protocols_(protocols), shown_(std::move(shown)), context_(make_context()) {
  for (const Shown& one : shown_) {
    names_.push_back(crypto::names_of(*one.identity.chain.front()));
    bindings_.push_back(binding_to(*one.identity.chain.front()));
  }
}

crypto::Owned<SSL_CTX, SSL_CTX_free> ServerContext::make_context() const {
  crypto::Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_server_method()));
  auto* self = const_cast<ServerContext*>(this);
  set_up_server(context.get(), profile_);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, self);
  SSL_CTX_set_tlsext_status_cb(context.get(), staple);
  SSL_CTX_set_tlsext_status_arg(context.get(), self);
  return context;
}

// What it is made of was good once: it fails only for want of memory, and then nobody is told anything.
SSL_CTX* ServerContext::telling() const {
  std::call_once(telling_made_, [this] {
    auto context = make_context();
    if (!use_certificates(context.get())) return;
    Session::install_telling(context.get());
    telling_ = std::move(context);
  });
  return telling_ ? telling_.get() : context_.get();
}

Result<std::shared_ptr<const ServerContext>> ServerContext::make(Profile profile, std::vector<Shown> shown,
                                                                 Protocols protocols) {
  std::shared_ptr<ServerContext> made(new ServerContext(profile, std::move(shown), protocols));
  TRY(made->use_certificates(made->context_.get()));
  return std::shared_ptr<const ServerContext>(std::move(made));
}

Result<std::shared_ptr<const ServerContext>> ServerContext::make_for_proof(Shown shown) {
  std::vector<Shown> one;
  one.push_back(std::move(shown));
  std::shared_ptr<ServerContext> made(new ServerContext(Profile::Intermediate, std::move(one), Protocols::Proof));
  TRY(made->use_certificates(made->context_.get()));
  return std::shared_ptr<const ServerContext>(std::move(made));
}

// A ticket of one site does not resume a session with another: sessions are told apart by the first certificate.
void ServerContext::separate_sessions(SSL_CTX* context) const {
  if (shown_.empty()) return;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  X509_digest(shown_.front().identity.chain.front().get(), EVP_sha256(), digest.data(), &size);
  SSL_CTX_set_session_id_context(context, digest.data(), size);
}

Result<> ServerContext::use_certificates(SSL_CTX* context) const {
  separate_sessions(context);
  for (const Shown& one : shown_) {
    X509* leaf = one.identity.chain.front().get();
    ERR_clear_error();
    if (SSL_CTX_use_certificate(context, leaf) != 1) return refused(crypto::subject_of(*leaf));
    if (SSL_CTX_use_PrivateKey(context, one.identity.key.get()) != 1) return refused(crypto::subject_of(*leaf));
    SSL_CTX_clear_chain_certs(context);
    for (std::size_t i = 1; i < one.identity.chain.size(); ++i) {
      if (SSL_CTX_add1_chain_cert(context, one.identity.chain[i].get()) != 1) return refused("intermediate");
    }
  }
  return {};
}

std::chrono::sys_seconds ServerContext::expires() const {
  auto first = std::chrono::sys_seconds::max();
  for (const Shown& one : shown_) first = std::min(first, crypto::not_after(*one.identity.chain.front()));
  return first;
}

bool ServerContext::covers(std::string_view host) const {
  return std::ranges::any_of(names_, [&](const auto& names) { return crypto::covers(names, host); });
}

std::string_view ServerContext::end_point_binding(const X509& certificate) const {
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    if (shown_[i].identity.chain.front().get() == &certificate) return bindings_[i];
  }
  return {};
}

// Gives a client that asks for it the OCSP answer of the certificate that was chosen (RFC 6066, 8).
int ServerContext::staple(SSL* ssl, void* self) {
  const X509* chosen = SSL_get_certificate(ssl);
  for (const Shown& one : static_cast<const ServerContext*>(self)->shown_) {
    bool current = one.ocsp_until > std::chrono::system_clock::now();
    if (one.identity.chain.front().get() != chosen || one.ocsp_answer.empty() || !current) continue;
    void* copy = OPENSSL_memdup(one.ocsp_answer.data(), one.ocsp_answer.size());
    if (!copy) break;
    SSL_set_tlsext_status_ocsp_resp(ssl, static_cast<unsigned char*>(copy), long(one.ocsp_answer.size()));
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

Result<std::shared_ptr<const ClientContext>> ClientContext::make(const std::string& trust) {
  std::shared_ptr<ClientContext> made(new ClientContext);
  made->context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = made->context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  Session::install(context);
  ERR_clear_error();
  bool is_file = trust != "system" && trust.find("-----BEGIN ") == std::string::npos;
  made->trust_ = is_file ? TRY(crypto::read_file(trust)) : trust;
  if (trust == "system") {
    if (SSL_CTX_set_default_verify_paths(context) != 1) return refused("the system's trust store");
  } else {
    TRY(add_roots(*context, made->trust_));
  }
  return std::shared_ptr<const ClientContext>(std::move(made));
}

}  // namespace pforte::tls
