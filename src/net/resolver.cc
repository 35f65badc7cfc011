#include "net/resolver.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/text.h"

namespace pforte::net {

Result<std::vector<Address>> look_up(const std::string& host, std::uint16_t port) {
  // The resolver would read as far as a NUL, and look for something else than what the name is shown as.
  bool printable = std::ranges::all_of(host, [](char c) { return c > ' ' && c != '\x7f'; });
  if (!printable) return fail(Kind::NotFound, "backend.no-address", "the name of the host is none");
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  int failure = getaddrinfo(host.c_str(), nullptr, &wanted, &found);
  if (failure != 0) {
    Kind kind = failure == EAI_NONAME ? Kind::NotFound : Kind::Unavailable;
    return fail(kind, "backend.no-address", cat(host, ": ", gai_strerror(failure)));
  }
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* one = list.get(); one; one = one->ai_next) {
    sockaddr_storage raw{};
    std::memcpy(&raw, one->ai_addr, one->ai_addrlen);
    Result<Address> address = from_sockaddr(raw, one->ai_addrlen);
    if (address) addresses.push_back(address->with_port(port));
  }
  return addresses;
}

}  // namespace pforte::net
