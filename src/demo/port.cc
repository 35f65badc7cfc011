#include "demo/port.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <optional>

#include "base/text.h"
#include "net/listener.h"

namespace pforte::demo {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kLook = 10ms;
constexpr std::chrono::milliseconds kLongest = 10s;

bool somebody_listens(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool answered =
      descriptor >= 0 && connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (descriptor >= 0) close(descriptor);
  return answered;
}

}  // namespace

Result<std::uint16_t> free_port() {
  int descriptor = TRY(net::listen_on(net::Address(std::array<std::uint8_t, 4>{127, 0, 0, 1}, 0)));
  std::uint16_t port = net::local_port(descriptor);
  close(descriptor);
  return port;
}

Result<> await_server(Process& server, const Command& command, std::uint16_t port) {
  for (auto waited = 0ms; waited < kLongest; waited += kLook) {
    if (somebody_listens(port)) return {};
    if (server.wait(kLook)) break;
  }
  std::string said = last_line(command.log);
  return fail(Kind::Unavailable, "demo.program",
              cat(command.program, " does not listen at port ", port, said.empty() ? "" : ": ", said));
}

}  // namespace pforte::demo
