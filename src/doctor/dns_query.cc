#include "doctor/dns_query.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "crypto/random.h"
#include "net/socket.h"
#include "net/together.h"

namespace pforte::doctor {
namespace {

constexpr int kAttempts = 3;
constexpr std::size_t kDatagramBytes = 65535;

// One question to one server, and what has come of it.
struct Inquiry {
  net::Loop& loop;
  net::Address server;
  std::string question;
  DnsReply reply = {};
};

DnsState state_of(int error_number) {
  if (error_number == ECONNREFUSED) return DnsState::NotListening;
  return DnsState::Unreachable;
}

// Sends the question and waits for its answer; foreign datagrams are passed over.
net::Task<> exchange_datagrams(Inquiry& inquiry) {
  sockaddr_storage name{};
  socklen_t size = inquiry.server.to_sockaddr(name);
  int descriptor = ::socket(name.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) co_return {};
  net::Socket socket(inquiry.loop, descriptor);
  bool sent = ::connect(descriptor, reinterpret_cast<sockaddr*>(&name), size) == 0 &&
              send(descriptor, inquiry.question.data(), inquiry.question.size(), 0) >= 0;
  if (!sent) {
    inquiry.reply.state = state_of(errno);
    co_return {};
  }
  std::string datagram(kDatagramBytes, '\0');
  for (;;) {
    ssize_t count = recv(descriptor, datagram.data(), datagram.size(), 0);
    if (count < 0 && errno == EAGAIN) {
      co_await socket.readable();
      continue;
    }
    if (count < 0) {
      inquiry.reply.state = state_of(errno);
      co_return {};
    }
    auto answer =
        read_dns_answer(std::string_view(datagram).substr(0, static_cast<std::size_t>(count)), inquiry.question);
    inquiry.reply.state = answer ? DnsState::Answered : DnsState::Garbled;
    if (!answer) continue;
    inquiry.reply.answer = *std::move(answer);
    co_return {};
  }
}

// The same over TCP, where a length of two bytes stands before each message (RFC 1035, 4.2.2).
net::Task<> exchange_by_tcp(Inquiry& inquiry, net::Duration limit) {
  std::unique_ptr<net::Socket> socket = co_await net::connect(inquiry.loop, inquiry.server, limit);
  std::string framed = {static_cast<char>(inquiry.question.size() >> 8U), static_cast<char>(inquiry.question.size())};
  framed += inquiry.question;
  co_await net::write_all(*socket, framed);
  std::string got;
  std::array<char, 4096> piece{};
  for (;;) {
    std::size_t count = co_await net::read_some(*socket, piece);
    if (count == 0) break;
    got.append(piece.data(), count);
    if (got.size() < 2) continue;
    std::size_t length = (static_cast<unsigned char>(got[0]) * std::size_t{256}) + static_cast<unsigned char>(got[1]);
    if (got.size() < length + 2) continue;
    auto answer = read_dns_answer(std::string_view(got).substr(2, length), inquiry.question);
    if (answer) inquiry.reply.answer = *std::move(answer);
    co_return {};
  }
  co_return {};
}

}  // namespace

net::Task<DnsReply> ask_dns(const Setting& setting, net::Address server, std::string name, DnsType type) {
  std::string id = crypto::random_bytes(2);
  auto number =
      static_cast<std::uint16_t>((static_cast<unsigned char>(id[0]) << 8U) | static_cast<unsigned char>(id[1]));
  auto question = dns_question(number, name, type);
  DnsReply none{.state = DnsState::Garbled};
  if (!question) co_return none;
  Inquiry inquiry{.loop = setting.loop, .server = server, .question = *std::move(question)};
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto begun = net::Clock::now();
    net::Task<> exchange = exchange_datagrams(inquiry);
    Result<> ended = co_await outcome(net::within(setting.loop, setting.step / kAttempts, std::move(exchange)));
    inquiry.reply.took = std::chrono::duration_cast<std::chrono::milliseconds>(net::Clock::now() - begun);
    if (ended && inquiry.reply.state != DnsState::NoAnswer) break;
  }
  if (inquiry.reply.state == DnsState::Answered && inquiry.reply.answer.truncated) {
    inquiry.reply.needed_tcp = true;
    net::Task<> exchange = exchange_by_tcp(inquiry, setting.step);
    Result<> ended = co_await outcome(net::within(setting.loop, setting.step, std::move(exchange)));
    if (!ended) inquiry.reply.answer.truncated = true;
  }
  co_return inquiry.reply;
}

}  // namespace pforte::doctor
