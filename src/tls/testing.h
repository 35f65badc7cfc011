#pragma once

#include <openssl/err.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/testing.h"
#include "net/memory_pipe.h"
#include "net/testing.h"
#include "net/together.h"
#include "tls/session.h"

// What tests of TLS sessions share.

namespace pforte::tls::testing {

using crypto::testing::issue;
using crypto::testing::KeyType;
using net::Task;

// Sites by name; the first one answers who names none.
class Names final : public ServerNames {
 public:
  void add(const std::string& name, std::shared_ptr<const ServerContext> context) {
    if (!first_) first_ = context.get();
    contexts_[name] = std::move(context);
  }
  const ServerContext* find(std::string_view name) const override {
    auto found = contexts_.find(name);
    return found == contexts_.end() ? nullptr : found->second.get();
  }
  const ServerContext* unnamed() const override { return first_; }
  // What whoever looks for a proof is shown, of any site.
  void prove(std::shared_ptr<const ServerContext> proof) { proof_ = std::move(proof); }
  const ServerContext* find_proof(std::string_view) const override { return proof_.get(); }
  const ServerContext& greeting() const override { return *first_; }

 private:
  std::map<std::string, std::shared_ptr<const ServerContext>, std::less<>> contexts_;
  const ServerContext* first_ = nullptr;
  std::shared_ptr<const ServerContext> proof_;
};

inline std::shared_ptr<const ServerContext> context_of(crypto::Identity identity,
                                                       Profile profile = Profile::Intermediate) {
  std::vector<Shown> shown;
  shown.push_back({.identity = std::move(identity), .ocsp_answer = {}, .ocsp_until = {}});
  return ServerContext::make(profile, std::move(shown)).value();
}

inline std::shared_ptr<const Names> one_site(const std::string& name, std::shared_ptr<const ServerContext> context) {
  auto names = std::make_shared<Names>();
  names->add(name, std::move(context));
  return names;
}

// A client that is OpenSSL's own, over a stream. What a test wants of it, it sets on context() or ssl() before the
// handshake. Verifies nothing.
class PlainClient {
 public:
  explicit PlainClient(const char* name) {
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_info_callback(context_.get(), [](const SSL* ssl, int where, int value) {
      if (where == SSL_CB_READ_ALERT) static_cast<PlainClient*>(SSL_get_app_data(ssl))->alert_ = value & 0xff;
    });
    SSL_CTX_sess_set_new_cb(context_.get(), [](SSL* ssl, SSL_SESSION* session) {
      static_cast<PlainClient*>(SSL_get_app_data(ssl))->session_.reset(session);
      return 1;
    });
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_app_data(ssl(), this);
    SSL_set_bio(ssl(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl());
    if (name) SSL_set_tlsext_host_name(ssl(), name);
  }

  SSL* ssl() { return ssl_.get(); }
  int alert() const { return alert_; }  // of the server; -1: none
  // The session as far as it can be resumed later; null when it cannot.
  std::unique_ptr<SSL_SESSION, crypto::Release<SSL_SESSION_free>> session() {
    if (!session_) session_.reset(SSL_get1_session(ssl()));
    SSL_set_shutdown(ssl(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);  // else OpenSSL spoils it when it goes
    return SSL_SESSION_is_resumable(session_.get()) ? std::move(session_) : nullptr;
  }

  // Shakes hands, and reads `count` bytes.
  Task<std::string> talk(net::Stream& stream, std::size_t count) {
    std::string got;
    for (;;) {
      ERR_clear_error();
      std::array<char, 512> bytes;
      int done =
          SSL_is_init_finished(ssl()) ? SSL_read(ssl(), bytes.data(), int(bytes.size())) : SSL_do_handshake(ssl());
      if (done > 0 && SSL_is_init_finished(ssl()) && started_) got.append(bytes.data(), std::size_t(done));
      started_ = SSL_is_init_finished(ssl());
      co_await net::write_all(stream, crypto::testing::text_in(*SSL_get_wbio(ssl())));
      BIO_reset(SSL_get_wbio(ssl()));
      if (got.size() >= count && started_) co_return got;
      if (done > 0) continue;
      if (SSL_get_error(ssl(), done) != SSL_ERROR_WANT_READ) {
        co_return fail(Kind::Denied, "test.tls", "the handshake or the reading went wrong");
      }
      std::size_t arrived = co_await net::read_some(stream, bytes);
      if (arrived == 0) co_return fail(Kind::Closed, "test.tls", "the server closed");
      BIO_write(SSL_get_rbio(ssl()), bytes.data(), int(arrived));
    }
  }

 private:
  crypto::Owned<SSL_CTX, SSL_CTX_free> context_{SSL_CTX_new(TLS_client_method())};
  crypto::Owned<SSL, SSL_free> ssl_;
  std::unique_ptr<SSL_SESSION, crypto::Release<SSL_SESSION_free>> session_;
  int alert_ = -1;
  bool started_ = false;
};

}  // namespace pforte::tls::testing
