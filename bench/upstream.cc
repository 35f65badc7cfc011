// The application behind the gates, as small and fast as it can be: HTTP/1.1 on 127.0.0.1, one thread, one epoll.
//
//   GET /1k, GET /10m   a body of 1 KiB, of 10 MiB
//   POST /up            reads a body of that Content-Length and throws it away; answers with its size
//   GET /who            the login that a gate tells it, in Remote-User
//   GET /auth           lets everybody in, as "bench", for gates that ask such a service about every request
//   GET /counts         {"accepted": connections so far, "requests": requests so far}
//
// Prints its port. Ends with its standard input, so that it never outlives whoever started it.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>

namespace {

constexpr std::size_t kMaxHeadBytes = 64UL * 1024;

[[noreturn]] void stop(const std::string& why) {
  std::fputs(("upstream: " + why + ": " + std::generic_category().message(errno) + "\n").c_str(), stderr);
  std::_Exit(2);
}

// A repeated line of numbers, so that a body that was cut or shifted is noticed.
std::string numbered(std::size_t bytes) {
  std::string body;
  while (body.size() < bytes) body += std::to_string(body.size()) + '\n';
  body.resize(bytes);
  return body;
}

struct Counts {
  std::uint64_t accepted = 0, requests = 0;
};
Counts counts;

std::string head(std::string_view status, std::size_t body_bytes) {
  return "HTTP/1.1 " + std::string(status) +
         "\r\nContent-Type: application/octet-stream\r\nContent-Length: " + std::to_string(body_bytes) + "\r\n\r\n";
}

class Client {
 public:
  explicit Client(int fd) : fd_(fd) {}
  ~Client() { close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // After an event: goes as far as the socket lets it. False when the connection is over.
  bool advance() {
    while (true) {
      if (!send()) return false;
      if (is_sending()) return true;
      if (upload_left_ > 0) {
        if (!discard()) return blocked_;
      } else if (!answer_next()) {
        if (!receive()) return blocked_;
      }
    }
  }

 private:
  bool is_sending() const { return sent_ < head_.size() + body_.size(); }

  // False on failure; what the socket does not take now is left over.
  bool send() {
    while (is_sending()) {
      std::array<iovec, 2> pieces{};
      std::string_view rest_of_head = std::string_view(head_).substr(std::min(sent_, head_.size()));
      std::string_view rest_of_body = body_.substr(sent_ - std::min(sent_, head_.size()));
      pieces[0] = {.iov_base = const_cast<char*>(rest_of_head.data()), .iov_len = rest_of_head.size()};
      pieces[1] = {.iov_base = const_cast<char*>(rest_of_body.data()), .iov_len = rest_of_body.size()};
      ssize_t count = writev(fd_, pieces.data(), pieces.size());
      if (count < 0) return errno == EAGAIN;
      sent_ += static_cast<std::size_t>(count);
    }
    return true;
  }

  // The kernel drops what a TCP socket receives with MSG_TRUNC, so an upload costs no copy here.
  bool discard() {
    ssize_t count = recv(fd_, nullptr, std::min<std::size_t>(upload_left_, 1UL << 20), MSG_TRUNC);
    if (!received(count)) return false;
    upload_left_ -= static_cast<std::size_t>(count);
    if (upload_left_ == 0) answer(std::to_string(upload_size_) + '\n');
    return true;
  }

  bool receive() {
    static std::array<char, kMaxHeadBytes> buffer;  // one thread, and nothing is kept in it
    ssize_t count = recv(fd_, buffer.data(), buffer.size(), 0);
    if (!received(count)) return false;
    input_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
  }

  bool received(ssize_t count) {
    blocked_ = count < 0 && errno == EAGAIN;
    return count > 0;
  }

  // Takes one request from the input. False when it is not there yet.
  bool answer_next() {
    std::size_t end = input_.find("\r\n\r\n");
    if (end == input_.npos) return false;
    ++counts.requests;
    std::string_view request = std::string_view(input_).substr(0, end + 2);
    upload_size_ = upload_left_ = length_of_body(request);
    if (upload_size_ == 0) answer_path(request);
    input_.erase(0, end + 4);

    std::size_t here = std::min(upload_left_, input_.size());
    input_.erase(0, here);
    upload_left_ -= here;
    if (upload_size_ > 0 && upload_left_ == 0) answer(std::to_string(upload_size_) + '\n');
    return true;
  }

  void answer_path(std::string_view request) {
    static const std::string big = numbered(10UL << 20);
    std::string_view path = request.substr(std::min(request.find(' ') + 1, request.size()));
    path = path.substr(0, path.find(' '));
    if (path == "/1k") {
      answer_with("200 OK", std::string_view(big).substr(0, 1024));
    } else if (path == "/10m") {
      answer_with("200 OK", big);
    } else if (path == "/who") {
      answer(std::string(field(request, "\r\nremote-user:")) + '\n');
    } else if (path == "/auth") {
      head_ = "HTTP/1.1 200 OK\r\nRemote-User: bench\r\nContent-Length: 0\r\n\r\n";
      body_ = {};
      sent_ = 0;
    } else if (path == "/counts") {
      answer("{\"accepted\": " + std::to_string(counts.accepted) +
             ", \"requests\": " + std::to_string(counts.requests) + "}\n");
    } else {
      answer_with("404 Not Found", "no such path\n");
    }
  }

  // The value of a field, or nothing. `name` in small letters, with the line break before it and the colon behind it.
  static std::string_view field(std::string_view request, std::string_view name) {
    auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    auto found = std::ranges::search(request, name, same);
    if (found.empty()) return {};
    std::string_view value = request.substr(static_cast<std::size_t>(found.end() - request.begin()));
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return value.substr(0, value.find('\r'));
  }

  static std::size_t length_of_body(std::string_view request) {
    std::string_view value = field(request, "\r\ncontent-length:");
    std::size_t length = 0;
    std::from_chars(value.data(), value.data() + value.size(), length);
    return length;
  }

  void answer(std::string body) {
    small_body_ = std::move(body);
    answer_with("200 OK", small_body_);
  }

  void answer_with(std::string_view status, std::string_view body) {
    head_ = head(status, body.size());
    body_ = body;
    sent_ = 0;
  }

  int fd_;
  bool blocked_ = false;
  std::string input_;
  std::size_t upload_size_ = 0, upload_left_ = 0;

  std::string head_, small_body_;
  std::string_view body_;
  std::size_t sent_ = 0;
};

class Server {
 public:
  Server() : epoll_(epoll_create1(EPOLL_CLOEXEC)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 4096) != 0)
      stop("listen");
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    std::printf("%u\n", unsigned{ntohs(address.sin_port)});
    std::fflush(stdout);
    watch(listener_, EPOLLIN);
    watch(STDIN_FILENO, EPOLLIN);
  }

  void run() {
    std::array<epoll_event, 256> events;
    while (true) {
      int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        int fd = events[i].data.fd;
        if (fd == STDIN_FILENO) return;
        if (fd == listener_) {
          accept_all();
        } else if (auto client = clients_.find(fd); client != clients_.end() && !client->second->advance()) {
          clients_.erase(client);
        }
      }
    }
  }

 private:
  void watch(int fd, std::uint32_t events) {
    epoll_event interest{.events = events, .data = {.fd = fd}};
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &interest) != 0) stop("epoll");
  }

  void accept_all() {
    while (true) {
      int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      ++counts.accepted;
      int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      clients_.emplace(fd, std::make_unique<Client>(fd));
      watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    }
  }

  int epoll_, listener_;
  std::unordered_map<int, std::unique_ptr<Client>> clients_;
};

}  // namespace

int main() {
  std::signal(SIGPIPE, SIG_IGN);
  Server().run();
  return 0;
}
