#include <doctest/doctest.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>

#include "tls/testing.h"

namespace pforte::tls {
namespace {

using namespace testing;
using net::Io;

// A stream that counts what is sent as one, and that can be told to fail in sending.
class Wire final : public net::Stream {
 public:
  explicit Wire(std::unique_ptr<net::Stream> lower) : lower_(std::move(lower)) {}

  Io try_read(std::span<char> into) override { return lower_->try_read(into); }
  Io try_write(std::span<const std::string_view> pieces) override {
    ++sends;
    if (fails) return {Io::Status::Failed};
    return lower_->try_write(pieces);
  }
  Io try_flush() override { return lower_->try_flush(); }
  void finish() override { lower_->finish(); }
  net::Signal& readable() override { return lower_->readable(); }
  net::Signal& writable() override { return lower_->writable(); }
  void read_deadline(net::Instant at) override { lower_->read_deadline(at); }
  void write_deadline(net::Instant at) override { lower_->write_deadline(at); }
  void tell_when_broken(net::Signal* other) override { lower_->tell_when_broken(other); }
  bool broken() const override { return lower_->broken(); }
  Error failure() const override { return Error(Kind::Closed, "test.wire", "the wire is cut"); }

  int sends = 0;
  bool fails = false;

 private:
  std::unique_ptr<net::Stream> lower_;
};

// A server at a wire that has shaken hands with a client that is OpenSSL's own.
class WiredServer {
 public:
  explicit WiredServer(int version, std::uint8_t fragments = TLSEXT_max_fragment_length_DISABLED) {
    SSL_set_max_proto_version(client.ssl(), version);
    SSL_set_cipher_list(client.ssl(), "ECDHE-ECDSA-AES128-GCM-SHA256");
    SSL_set_tlsext_max_fragment_length(client.ssl(), fragments);
    auto between = std::make_unique<Wire>(pipe_.own_right());
    wire = between.get();
    auto names = one_site("app.example", context_of(issue({}, nullptr)));
    server = Session::accept(std::move(between), names, TicketKeys::make());
    REQUIRE(net::run(loop_, net::both(listen(0), server->handshake())));
    server->try_flush();  // the tickets
    wire->sends = 0;
  }

  Io write(std::string_view words) { return server->try_write(std::span(&words, 1)); }
  Io read() { return server->try_read(std::span(read_.data(), read_.size())); }

  // What the client reads, so many bytes at least.
  std::string heard(std::size_t count) {
    heard_.clear();
    CHECK(net::run(loop_, listen(count)));
    return heard_;
  }
  void say(std::string_view words) {
    CHECK(SSL_write(client.ssl(), words.data(), int(words.size())) == int(words.size()));
    send_what_it_says();
  }
  void say_goodbye() {
    SSL_shutdown(client.ssl());
    send_what_it_says();
  }
  void send(std::string_view sealed) { CHECK(pipe_.left.try_write(std::span(&sealed, 1)).bytes == sealed.size()); }

 private:
  Task<> listen(std::size_t count) {
    heard_ = co_await client.talk(pipe_.left, count);
    co_return {};
  }
  void send_what_it_says() {
    send(crypto::testing::text_in(*SSL_get_wbio(client.ssl())));
    BIO_reset(SSL_get_wbio(client.ssl()));
  }

  net::Loop loop_;
  net::MemoryPipe pipe_{loop_};
  std::string heard_;
  std::string read_ = std::string(100, '\0');

 public:
  PlainClient client{"app.example"};
  Wire* wire = nullptr;
  std::unique_ptr<Session> server;
};

std::string_view random_of(SSL* ssl, std::array<unsigned char, 32>& place,
                           std::size_t (*get)(const SSL*, unsigned char*, std::size_t)) {
  return {reinterpret_cast<const char*>(place.data()), get(ssl, place.data(), place.size())};
}

// The client's key of 16 bytes, the server's, the client's part of a nonce of 4 (RFC 5246, 6.3; RFC 5288, 3).
std::array<unsigned char, 36> keys_of(SSL* ssl) {
  std::array<unsigned char, 48> master;
  std::array<unsigned char, 32> of_server, of_client;
  std::size_t size = SSL_SESSION_get_master_key(SSL_get0_session(ssl), master.data(), master.size());
  std::string seed = "key expansion";
  seed += random_of(ssl, of_server, SSL_get_server_random);
  seed += random_of(ssl, of_client, SSL_get_client_random);
  char digest[] = "SHA256";
  const OSSL_PARAM terms[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                              OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master.data(), size),
                              OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed.data(), seed.size()),
                              OSSL_PARAM_construct_end()};
  crypto::Owned<EVP_KDF, EVP_KDF_free> algorithm(EVP_KDF_fetch(nullptr, "TLS1-PRF", nullptr));
  crypto::Owned<EVP_KDF_CTX, EVP_KDF_CTX_free> derivation(EVP_KDF_CTX_new(algorithm.get()));
  std::array<unsigned char, 36> keys;
  REQUIRE(EVP_KDF_derive(derivation.get(), keys.data(), keys.size(), terms) == 1);
  return keys;
}

// The client's first record behind its handshake, in TLS 1.2: an alert, which OpenSSL would send with its own level.
std::string sealed_alert(SSL* ssl, char level, char description) {
  std::array<unsigned char, 36> keys = keys_of(ssl);
  const std::string number("\0\0\0\0\0\0\0\1", 8);  // Finished had the first
  const std::string also_judged = number + std::string("\x15\x03\x03\0\2", 5);
  std::array<unsigned char, 12> nonce;
  std::copy(keys.begin() + 32, keys.end(), nonce.begin());
  std::ranges::copy(number, nonce.begin() + 4);
  std::array<unsigned char, 18> sealed;  // the alert and a tag of 16 bytes
  const std::array<unsigned char, 2> alert = {std::uint8_t(level), std::uint8_t(description)};
  crypto::Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> seal(EVP_CIPHER_CTX_new());
  int size = 0;
  EVP_EncryptInit_ex(seal.get(), EVP_aes_128_gcm(), nullptr, keys.data(), nonce.data());
  EVP_EncryptUpdate(seal.get(), nullptr, &size, reinterpret_cast<const unsigned char*>(also_judged.data()), 13);
  EVP_EncryptUpdate(seal.get(), sealed.data(), &size, alert.data(), 2);
  EVP_EncryptFinal_ex(seal.get(), sealed.data() + size, &size);
  EVP_CIPHER_CTX_ctrl(seal.get(), EVP_CTRL_AEAD_GET_TAG, 16, sealed.data() + 2);
  return std::string("\x15\x03\x03\0\x1a", 5) + number + std::string(sealed.begin(), sealed.end());
}

TEST_CASE("what a client wants in small fragments is sent at twice, not a fragment at a time") {
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    WiredServer wired(version, TLSEXT_max_fragment_length_512);
    const std::string answer(16384, 'x');
    CHECK(wired.write(answer).bytes == answer.size());
    CHECK(wired.wire->sends == 2);
    CHECK(wired.heard(answer.size()) == answer);
  }
}

TEST_CASE("a single record is sent at once, by itself") {
  WiredServer wired(TLS1_3_VERSION);
  for (int sends = 1; sends < 4; ++sends) {
    CHECK(wired.write("answer").moved());
    CHECK(wired.wire->sends == sends);
  }
}

TEST_CASE("a stream that cannot send any more, however often it is tried, is read to its end") {
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    WiredServer wired(version);
    wired.wire->fails = true;
    for (std::string_view words : {"an answer", "another", "third"}) {
      CHECK(wired.write(words).status == Io::Status::Failed);
      CHECK(wired.server->failure().code() == "test.wire");
    }
    wired.say("request");
    CHECK(wired.read().bytes == 7);
    wired.say_goodbye();
    CHECK(wired.read().status == Io::Status::Finished);
  }
}

TEST_CASE("in TLS 1.2 close_notify is the end whatever its level, and another alert is none") {
  struct Row {
    char level, description;
    Io::Status status;
  };
  constexpr char kWarning = 1, kFatal = 2;
  const Row rows[] = {
      {kWarning, SSL_AD_CLOSE_NOTIFY, Io::Status::Finished},
      {kFatal, SSL_AD_CLOSE_NOTIFY, Io::Status::Finished},
      {kFatal, SSL_AD_INTERNAL_ERROR, Io::Status::Failed},
  };
  for (const Row& row : rows) {
    CAPTURE(row.level);
    CAPTURE(row.description);
    WiredServer wired(TLS1_2_VERSION);
    wired.send(sealed_alert(wired.client.ssl(), row.level, row.description));
    CHECK(wired.read().status == row.status);
    CHECK(wired.server->alert() == row.description);
  }
}

}  // namespace
}  // namespace pforte::tls
