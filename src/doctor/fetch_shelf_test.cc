#include "doctor/fetch_shelf.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/text.h"
#include "net/together.h"

namespace pforte::doctor {
namespace {

// Answers every connection with a file of three bytes, and counts them.
class FilePort {
 public:
  FilePort() {
    socklen_t size = sizeof(at_);
    at_.sin_family = AF_INET;
    at_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&at_), size) == 0);
    REQUIRE(listen(socket_, 8) == 0);
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&at_), &size) == 0);
    thread_ = std::thread([this] { serve(); });
  }
  FilePort(const FilePort&) = delete;
  FilePort& operator=(const FilePort&) = delete;
  ~FilePort() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }

  std::string url(std::string_view name) const { return cat("http://127.0.0.1:", ntohs(at_.sin_port), "/", name); }
  int served() const { return served_; }

 private:
  void serve() {
    constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc";
    std::array<char, 4096> request;
    for (int client = accept(socket_, nullptr, nullptr); client >= 0; client = accept(socket_, nullptr, nullptr)) {
      // Who was cancelled meanwhile says nothing.
      if (recv(client, request.data(), request.size(), 0) > 0) {
        ++served_;
        (void)send(client, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
      }
      close(client);
    }
  }

  int socket_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at_{};
  std::atomic<int> served_ = 0;
  std::thread thread_;
};

using FromShelf = std::shared_ptr<const Fetched>;

struct Library {
  FilePort port;
  net::Loop loop;
  net::Pool pool{1};
  FetchShelf shelf{5};
  Setting setting{.loop = loop, .pool = pool, .shelf = shelf};
  FetchWay way;

  net::Task<> take(FromShelf& place, std::string_view name = "a.crl", bool is_vouched_for = true) {
    FetchQuestion question{.url = port.url(name), .most_bytes = 3, .is_vouched_for = is_vouched_for};
    place = co_await shelf.take(setting, way, std::move(question));
    co_return {};
  }
  void run(net::Task<> task) {
    loop.spawn(std::move(task), [&](const Result<>&) { loop.stop(); });
    loop.run();
  }
};

TEST_CASE("who asks while another one fetches a file, or later, hears the same") {
  Library library;
  FromShelf first, second, later;
  library.run(net::both(library.take(first), library.take(second)));
  library.run(library.take(later));
  REQUIRE(first);
  CHECK(first->bytes == "abc");
  CHECK(second == first);
  CHECK(later == first);
  CHECK(library.port.served() == 1);
}

TEST_CASE("whom nobody vouches for does not hear what was fetched for another") {
  Library library;
  FromShelf vouched, other;
  library.run(net::both(library.take(vouched), library.take(other, "a.crl", false)));
  CHECK(!vouched->is_barred);
  CHECK(other->is_barred);
}

TEST_CASE("when the one that fetches is cancelled, the next one tries") {
  Library library;
  FromShelf first, second;
  std::optional<net::Beside> fetching(std::in_place, library.take(first));
  library.loop.post([&] { fetching.reset(); });
  library.run(library.take(second));
  CHECK(!first);
  REQUIRE(second);
  CHECK(second->bytes == "abc");
}

TEST_CASE("the shelf keeps no more than its bound, and fetches again what it has put away") {
  Library library;
  FromShelf first, other, again;
  library.run(library.take(first, "a.crl"));
  std::weak_ptr<const Fetched> kept = first;
  first.reset();
  CHECK(!kept.expired());
  library.run(library.take(other, "b.crl"));
  CHECK(kept.expired());
  library.run(library.take(again, "a.crl"));
  CHECK(again->bytes == "abc");
  CHECK(library.port.served() == 3);
}

}  // namespace
}  // namespace pforte::doctor
