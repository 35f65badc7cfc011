#include "fleet.h"

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

namespace pforte::bench {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kSourceAddresses = 32;

// `field`: a header field of this request alone, or nothing.
Request make_request(const Options& options, const std::string& field) {
  bool upload = options.upload_bytes > 0;
  std::string head = (upload ? "POST " : "GET ") + options.path +
                     " HTTP/1.1\r\n"
                     "Host: localhost\r\n"
                     "User-Agent: load\r\n"
                     "Accept: */*\r\n";
  if (upload) head += "Content-Length: " + std::to_string(options.upload_bytes) + "\r\n";
  if (options.mode == Mode::Connect) head += "Connection: close\r\n";
  if (!field.empty()) head += field + "\r\n";
  return {.head = head + "\r\n", .body_bytes = options.upload_bytes};
}

std::vector<Request> make_requests(const Options& options) {
  if (options.fields.empty()) return {make_request(options, "")};
  std::vector<Request> requests;
  std::ifstream file(options.fields);
  for (std::string field; std::getline(file, field);) requests.push_back(make_request(options, field));
  if (requests.empty()) stop("no header fields in " + options.fields);
  return requests;
}

sockaddr_in loopback(std::uint32_t host, std::uint16_t port) {
  return {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {.s_addr = htonl(host)}, .sin_zero = {}};
}

}  // namespace

Fleet::Fleet(const Options& options)
    : fresh_(options.mode == Mode::Connect),
      expect_bytes_(options.expect_bytes),
      tls_(make_tls_context()),
      requests_(make_requests(options)),
      once_(options.once),
      epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) refused("epoll");
  for (unsigned i = 0; i < options.connections; ++i) {
    // Several source addresses, so that many short connections do not use up the ports of one.
    Route route{.epoll = epoll_,
                .tls = tls_.get(),
                .from = loopback(0x7f000101U + i % kSourceAddresses, 0),
                .to = loopback(INADDR_LOOPBACK, options.port)};
    connections_.emplace_back(route, options.resume);
  }
}

Fleet::~Fleet() {
  connections_.clear();
  close(epoll_);
}

const Request& Fleet::next_request() {
  if (next_ == requests_.size()) {
    if (once_) stop("more requests than header fields");
    next_ = 0;
  }
  return requests_[next_++];
}

Figures Fleet::take_figures() {
  return std::exchange(figures_, {});
}

void Fleet::pump(Connection& connection, Pace& pace) {
  while (true) {
    Connection::Event event = connection.advance();
    if (event == Connection::Event::Waiting) return;
    note(connection, event);
    pace.react(connection, event);
  }
}

void Fleet::turn(Clock::time_point until, Pace& pace) {
  std::array<epoll_event, 256> events;
  auto left = std::clamp<std::chrono::nanoseconds>(until - Clock::now(), 0ns, 1s);
  timespec timeout{.tv_sec = left / 1s, .tv_nsec = (left % 1s).count()};
  int count = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  for (int i = 0; i < count; ++i) pump(*static_cast<Connection*>(events[i].data.ptr), pace);
}

void Fleet::note(Connection& connection, Connection::Event event) {
  if (event == Connection::Event::Ready) {
    note_handshake(connection);
  } else if (event == Connection::Event::Answered) {
    note_answer(connection);
  } else if (!connection.failure().empty()) {
    note_failure(connection.failure());
    ++figures_.reconnects;
  } else if (!fresh_) {
    ++figures_.reconnects;
  }
}

void Fleet::note_handshake(Connection& connection) {
  ++figures_.handshakes;
  if (connection.was_resumed()) ++figures_.resumed;
  if (!agreed_.empty()) return;
  SSL* tls = connection.tls();
  const unsigned char* alpn = nullptr;
  unsigned alpn_size = 0;
  SSL_get0_alpn_selected(tls, &alpn, &alpn_size);
  const char* group = SSL_group_to_name(tls, static_cast<int>(SSL_get_negotiated_group(tls)));
  agreed_ = std::string(SSL_get_version(tls)) + ' ' + SSL_get_cipher_name(tls) + ' ' +
            (group != nullptr ? group : "?") + ' ' + std::string(reinterpret_cast<const char*>(alpn), alpn_size);
}

void Fleet::note_answer(const Connection& connection) {
  if (connection.status() != 200 || connection.body_bytes() != expect_bytes_) {
    note_failure("an answer with status " + std::to_string(connection.status()) + " and " +
                 std::to_string(connection.body_bytes()) + " bytes");
    return;
  }
  ++figures_.requests;
  auto latency = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - connection.since());
  figures_.latencies_us.push_back(static_cast<std::uint32_t>(latency.count()));
}

void Fleet::note_failure(const std::string& why) {
  ++figures_.errors;
  if (figures_.first_failure.empty()) figures_.first_failure = why;
}

}  // namespace pforte::bench
