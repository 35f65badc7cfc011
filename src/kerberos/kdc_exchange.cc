#include "kerberos/kdc_exchange.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <system_error>
#include <tuple>

#include "base/descriptor.h"
#include "base/text.h"

namespace pforte::kerberos {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostAnswer = std::size_t(1) << 20;
constexpr std::size_t kTcpHead = 4;  // RFC 4120, 7.2.2: the length, in network byte order

struct FreeAddresses {
  void operator()(addrinfo* first) const { ::freeaddrinfo(first); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

std::unexpected<Error> refused(int number) {
  return fail(Kind::Unavailable, "kdc.refused", std::generic_category().message(number));
}
std::unexpected<Error> no_answer() {
  return fail(Kind::Timeout, "kdc.no-answer", "no answer in time");
}
std::unexpected<Error> garbage(std::string_view why) {
  return fail(Kind::Invalid, "kdc.garbage", std::string(why));
}

Result<Addresses> addresses_of(const KdcAddress& address, KdcTransport transport) {
  addrinfo hints{};
  hints.ai_socktype = transport == KdcTransport::Udp ? SOCK_DGRAM : SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  int code = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (code != 0)
    return fail(Kind::NotFound, "kdc.name", cat("the name ", address.host, " has no address: ", ::gai_strerror(code)));
  return Addresses(found);
}

// One exchange over one socket, none of whose steps waits beyond the deadline.
class Exchange {
 public:
  Exchange(const addrinfo& peer, Clock::time_point deadline)
      : socket_(::socket(peer.ai_family, peer.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, peer.ai_protocol)),
        deadline_(deadline) {}

  Result<> connect(const addrinfo& peer) const {
    if (socket_.number() < 0) return refused(errno);
    if (::connect(socket_.number(), peer.ai_addr, peer.ai_addrlen) == 0) return {};
    if (errno != EINPROGRESS) return refused(errno);
    TRY(wait(POLLOUT));
    int why = 0;
    socklen_t size = sizeof why;
    ::getsockopt(socket_.number(), SOL_SOCKET, SO_ERROR, &why, &size);
    if (why == ETIMEDOUT) return no_answer();
    if (why != 0) return refused(why);
    return {};
  }

  Result<> send(std::string_view bytes) const {
    while (!bytes.empty()) {
      ssize_t count = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EAGAIN) {
        TRY(wait(POLLOUT));
      } else if (count < 0 && errno != EINTR) {
        return refused(errno);
      } else if (count > 0) {
        bytes.remove_prefix(std::size_t(count));
      }
    }
    return {};
  }

  // As many bytes as there are, up to `most`; none: the peer has ended.
  Result<std::string> receive(std::size_t most) const {
    std::string bytes(most, '\0');
    for (;;) {
      ssize_t count = ::recv(socket_.number(), bytes.data(), bytes.size(), 0);
      if (count >= 0) {
        bytes.resize(std::size_t(count));
        return bytes;
      }
      if (errno == EAGAIN) {
        TRY(wait(POLLIN));
      } else if (errno != EINTR) {
        return refused(errno);
      }
    }
  }

 private:
  Result<> wait(short what) const {
    for (;;) {
      auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
      pollfd one = {.fd = socket_.number(), .events = what, .revents = 0};
      int ready = left > 0 ? ::poll(&one, 1, int(left)) : 0;
      if (ready > 0) return {};
      if (ready == 0) return no_answer();
      if (errno != EINTR) return refused(errno);
    }
  }

  Descriptor socket_;
  Clock::time_point deadline_;
};

// What is sent once may be lost: it is sent again a few times, as RFC 4120, 7.2.1 asks for.
Result<std::string> ask_by_udp(const addrinfo& peer, std::string_view request, Clock::time_point deadline) {
  constexpr std::size_t kMostDatagram = 65536;
  constexpr int kTries = 3;
  for (int left = kTries;; --left) {
    Clock::time_point now = Clock::now();
    Exchange exchange(peer, left > 1 ? now + (deadline - now) / left : deadline);
    TRY(exchange.connect(peer));
    TRY(exchange.send(request));
    Result<std::string> answer = exchange.receive(kMostDatagram);
    if (answer || answer.error().kind() != Kind::Timeout || left == 1) return answer;
  }
}

Result<std::string> ask_by_tcp(const addrinfo& peer, std::string_view request, Clock::time_point deadline) {
  Exchange exchange(peer, deadline);
  TRY(exchange.connect(peer));
  std::string whole;
  for (int shift = 24; shift >= 0; shift -= 8) whole += char(request.size() >> shift);
  whole += request;
  TRY(exchange.send(whole));
  std::string answer;
  std::size_t wanted = kTcpHead;
  while (answer.size() < wanted) {
    std::string more = TRY(exchange.receive(wanted - answer.size()));
    if (more.empty()) return garbage("it closed the connection before its answer was whole");
    answer += more;
    if (wanted != kTcpHead || answer.size() < kTcpHead) continue;
    for (std::size_t i = 0, size = 0; i < kTcpHead; ++i) {
      size = (size << 8) | std::uint8_t(answer[i]);
      wanted = kTcpHead + size;
    }
    if (wanted > kMostAnswer) return garbage("its answer does not begin with a length, as one of a KDC does");
  }
  return answer.substr(kTcpHead);
}

struct DnsEntry {
  std::uint16_t priority, weight;
  KdcAddress address;
};

// That there is no such name, or no such record of it, is an answer.
Result<> look_up(res_state state, const std::string& name, std::vector<DnsEntry>& found) {
  std::array<unsigned char, 16384> answer{};
  int size = ::res_nquery(state, name.c_str(), ns_c_in, ns_t_srv, answer.data(), int(answer.size()));
  if (size < 0 && (state->res_h_errno == HOST_NOT_FOUND || state->res_h_errno == NO_DATA)) return {};
  ns_msg message{};
  if (size < 0 || ::ns_initparse(answer.data(), std::min(size, int(answer.size())), &message) != 0)
    return fail(Kind::Unavailable, "kdc.dns", cat(name, ": ", ::hstrerror(state->res_h_errno)));
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    constexpr int kFixed = 6;  // priority, weight, port
    ns_rr record{};
    std::array<char, NS_MAXDNAME> host{};
    if (::ns_parserr(&message, ns_s_an, i, &record) != 0 || ns_rr_type(record) != ns_t_srv) continue;
    const unsigned char* data = ns_rr_rdata(record);
    if (ns_rr_rdlen(record) <= kFixed) continue;
    if (::dn_expand(ns_msg_base(message), ns_msg_end(message), data + kFixed, host.data(), int(host.size())) < 0)
      continue;
    std::string target = host.data();
    if (target.empty() || target == ".") continue;  // "not available at this domain", RFC 2782
    auto number = [data](int at) { return std::uint16_t(ns_get16(data + at)); };
    found.push_back({number(0), number(2), {std::move(target), number(4)}});
  }
  return {};
}

}  // namespace

std::string KdcAddress::to_text() const {
  constexpr std::uint16_t kKerberosPort = 88;
  bool v6 = host.find(':') != std::string::npos;
  std::string name = v6 ? cat('[', host, ']') : host;
  return port == kKerberosPort ? name : cat(name, ':', port);
}

std::optional<KdcAddress> read_kdc_address(std::string_view text) {
  if (text.starts_with("udp/") || text.starts_with("tcp/")) text.remove_prefix(4);
  KdcAddress address;
  std::string_view rest;
  if (text.starts_with('[')) {
    std::size_t end = text.find(']');
    if (end == text.npos) return std::nullopt;
    address.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else {
    std::size_t end = std::min(text.find(':'), text.size());
    address.host = text.substr(0, end);
    rest = text.substr(end);
  }
  if (address.host.empty() || address.host.find('/') != std::string::npos) return std::nullopt;
  if (rest.empty()) return address;
  rest.remove_prefix(1);
  auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), address.port);
  if (code != std::errc() || end != rest.data() + rest.size() || address.port == 0) return std::nullopt;
  return address;
}

Result<std::vector<KdcAddress>> kdcs_by_dns(const std::string& realm, KdcKind kind, std::chrono::milliseconds limit) {
  struct __res_state state{};
  std::vector<DnsEntry> found;
  if (::res_ninit(&state) != 0) return fail(Kind::Unavailable, "kdc.dns", "the resolver does not start");
  state.retry = 1;
  state.retrans = std::max(1, int(limit.count() / 2000));
  std::string service = kind == KdcKind::Primary ? "_kerberos-master." : "_kerberos.";
  Result<> tcp = look_up(&state, cat(service, "_tcp.", realm), found);
  Result<> udp = look_up(&state, cat(service, "_udp.", realm), found);
  ::res_nclose(&state);
  if (!tcp && found.empty()) return std::unexpected(std::move(tcp).error());
  if (!udp && found.empty()) return std::unexpected(std::move(udp).error());
  std::ranges::sort(found, {}, [](const DnsEntry& one) {
    return std::tuple(one.priority, -int(one.weight), one.address.host, one.address.port);
  });
  std::vector<KdcAddress> addresses;
  for (DnsEntry& one : found) {
    if (std::ranges::find(addresses, one.address) == addresses.end()) addresses.push_back(std::move(one.address));
  }
  return addresses;
}

Result<std::string> ask_kdc(const KdcAddress& address, KdcTransport transport, std::string_view request,
                            std::chrono::milliseconds limit) {
  Addresses addresses = TRY(addresses_of(address, transport));
  Clock::time_point end = Clock::now() + limit;
  int left = 0;
  for (const addrinfo* peer = addresses.get(); peer; peer = peer->ai_next) ++left;
  Result<std::string> answer = no_answer();
  // Each has its share of what is left, so that a dead one leaves time for those behind it.
  for (const addrinfo* peer = addresses.get(); peer; peer = peer->ai_next, --left) {
    Clock::time_point now = Clock::now(), share = now + (end - now) / left;
    answer = transport == KdcTransport::Udp ? ask_by_udp(*peer, request, share) : ask_by_tcp(*peer, request, share);
    if (answer) break;
  }
  return answer;
}

}  // namespace pforte::kerberos
