#include "connection.h"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "options.h"

namespace pforte::bench {
namespace {

constexpr std::size_t kFillerBytes = 256UL * 1024;
constexpr std::size_t kMaxHeadBytes = 16UL * 1024;
constexpr std::size_t kReadBufferBytes = 64UL * 1024;  // several records per recv()

// Bodies do not matter to anybody, so all connections send the same bytes.
constexpr std::array<char, kFillerBytes> kFiller{};

int keep_ticket(SSL* tls, SSL_SESSION* session) {
  static_cast<Connection*>(SSL_get_app_data(tls))->keep(TlsSession(session));
  return 1;
}

// The value of a header field, or nothing. Answers come from our own application server, so a plain search will do.
std::string_view field(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at)) {
    at += 2;
    if (head.size() - at <= name.size() || head[at + name.size()] != ':') continue;
    if (strncasecmp(head.data() + at, name.data(), name.size()) != 0) continue;
    std::string_view value = head.substr(at + name.size() + 1);
    value = value.substr(0, value.find("\r\n"));
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return value;
  }
  return {};
}

}  // namespace

TlsContext make_tls_context() {
  constexpr unsigned char kAlpn[] = "\x08http/1.1";
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* tls = context.get();
  bool set = SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) == 1 &&
             SSL_CTX_set_ciphersuites(tls, "TLS_AES_128_GCM_SHA256") == 1 &&
             SSL_CTX_set1_groups_list(tls, "X25519") == 1 &&
             SSL_CTX_set_alpn_protos(tls, kAlpn, sizeof(kAlpn) - 1) == 0;
  if (!set) stop("OpenSSL does not know what we offer");
  SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(tls, 1);
  SSL_CTX_set_default_read_buffer_len(tls, kReadBufferBytes);
  SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(tls, keep_ticket);
  return context;
}

void Connection::open() {
  close();
  failure_.clear();
  opened_ = Clock::now();
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) refused("socket");
  int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // The port is chosen at connect(), by the whole pair of addresses: ports that wait out elsewhere do not matter.
  setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind(fd_, reinterpret_cast<const sockaddr*>(&route_.from), sizeof route_.from) != 0) refused("bind");
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&route_.to), sizeof route_.to) != 0 && errno != EINPROGRESS)
    refused("connect");

  tls_.reset(SSL_new(route_.tls));
  SSL_set_fd(tls_.get(), fd_);
  SSL_set_app_data(tls_.get(), this);
  SSL_set_tlsext_host_name(tls_.get(), "localhost");
  if (resume_ && session_) {
    // A copy: OpenSSL marks a session as used up, and a gate need not send a new ticket each time (H2O does not).
    TlsSession copy(SSL_SESSION_dup(session_.get()));
    SSL_set_session(tls_.get(), copy.get());
  }
  SSL_set_connect_state(tls_.get());

  epoll_event interest{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = this}};
  if (epoll_ctl(route_.epoll, EPOLL_CTL_ADD, fd_, &interest) != 0) refused("epoll");
}

void Connection::close() {
  if (!tls_) return;
  if (handshaken_ && (SSL_get_shutdown(tls_.get()) & SSL_RECEIVED_SHUTDOWN) == 0) SSL_shutdown(tls_.get());
  // OpenSSL takes the session of a connection that was not shut down for broken, and would not offer it again.
  SSL_set_shutdown(tls_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  tls_.reset();
  ::close(fd_);
  handshaken_ = false;
  request_ = nullptr;
}

void Connection::ask(const Request& request, Clock::time_point since) {
  request_ = &request;
  since_ = since;
  sent_bytes_ = 0;
  head_.clear();
  in_body_ = false;
  body_bytes_ = 0;
}

Connection::Event Connection::advance() {
  if (!tls_) return Event::Waiting;
  ERR_clear_error();
  if (!handshaken_) {
    int result = SSL_do_handshake(tls_.get());
    if (result != 1) return ended(result);
    handshaken_ = true;
    return Event::Ready;
  }
  if (request_ != nullptr && !send()) return Event::Closed;
  return receive();
}

// False when the connection has failed.
bool Connection::send() {
  const std::uint64_t total = request_->head.size() + request_->body_bytes;
  while (sent_bytes_ < total) {
    std::string_view piece(kFiller.data(), std::min<std::uint64_t>(kFiller.size(), total - sent_bytes_));
    if (sent_bytes_ < request_->head.size()) piece = std::string_view(request_->head).substr(sent_bytes_);
    std::size_t written = 0;
    int result = SSL_write_ex(tls_.get(), piece.data(), piece.size(), &written);
    if (result != 1) return ended(result) == Event::Waiting;
    sent_bytes_ += written;
  }
  return true;
}

Connection::Event Connection::receive() {
  static std::array<char, 16UL * 1024> buffer;  // one thread, and nothing is kept in it
  while (true) {
    std::size_t count = 0;
    int result = SSL_read_ex(tls_.get(), buffer.data(), buffer.size(), &count);
    if (result != 1) return ended(result);
    if (!take({buffer.data(), count})) {
      close();
      return Event::Closed;
    }
    if (in_body_ && body_left_ == 0) {
      request_ = nullptr;
      in_body_ = false;
      return Event::Answered;
    }
  }
}

// Counts a piece of the answer. False when it cannot be one.
bool Connection::take(std::string_view bytes) {
  if (request_ == nullptr) {
    failure_ = "bytes that nobody asked for";
    return false;
  }
  if (!in_body_) {
    std::size_t before = head_.size();
    head_.append(bytes.substr(0, kMaxHeadBytes));
    std::size_t end = head_.find("\r\n\r\n");
    if (end == head_.npos) return head_.size() < kMaxHeadBytes;
    bytes.remove_prefix(end + 4 - before);
    head_.resize(end + 4);
    if (!take_head()) return false;
    in_body_ = true;
  }
  if (bytes.size() > body_left_) {
    failure_ = "a body longer than its length";
    return false;
  }
  body_bytes_ += bytes.size();
  body_left_ -= bytes.size();
  return true;
}

bool Connection::take_head() {
  std::string_view length = field(head_, "content-length");
  if (!head_.starts_with("HTTP/1.1 ") || length.empty()) {
    failure_ = "an answer without HTTP/1.1 and Content-Length";
    return false;
  }
  std::from_chars(head_.data() + 9, head_.data() + 12, status_);
  std::from_chars(length.data(), length.data() + length.size(), body_left_);
  return true;
}

// What a call into OpenSSL that gave `result` means; closes when it means the end.
Connection::Event Connection::ended(int result) {
  int error = SSL_get_error(tls_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return Event::Waiting;
  bool between_requests = handshaken_ && request_ == nullptr;
  if (!between_requests) {
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    failure_ = reason != nullptr ? reason : "the connection ended early";
  }
  close();
  return Event::Closed;
}

}  // namespace pforte::bench
