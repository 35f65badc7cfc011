#include "doctor/proxy_connect.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/text.h"
#include "http/challenge.h"
#include "http/head_reader.h"
#include "net/socket.h"
#include "net/together.h"
#include "tls/doctor_mark.h"
#include "tls/session.h"

namespace pforte::doctor {
namespace {

constexpr std::size_t kPageBytes = 8192;
constexpr std::size_t kMostWords = 160;
constexpr std::chrono::milliseconds kPageWait{500};

// One attempt.
struct Attempt {
  const Setting& setting;
  std::shared_ptr<const ProxyWay> way;
  std::string target;
  ConnectAnswer answer = {};

  bool fetches() const { return target.starts_with("http://"); }
};

// To be wiped by whoever has sent it.
std::string request_of(const Attempt& attempt) {
  std::string_view host = attempt.target;
  if (attempt.fetches()) {
    host.remove_prefix(std::string_view("http://").size());
    host = host.substr(0, host.find('/'));
  }
  std::string request = cat(attempt.fetches() ? "GET " : "CONNECT ", attempt.target, " HTTP/1.1\r\nHost: ", host,
                            "\r\nUser-Agent: ", tls::kDoctorAgent, "\r\n");
  if (std::optional<Secret> authorization = proxy_authorization(attempt.way->proxy)) {
    constexpr std::size_t kNameAndEnds = 32;
    request.reserve(request.size() + authorization->reveal().size() + kNameAndEnds);  // what moves leaves a copy behind
    request.append("Proxy-Authorization: ").append(authorization->reveal()).append("\r\n");
  }
  request += "\r\n";
  return request;
}

void take_fields(const http::ResponseHead& head, ConnectAnswer& answer) {
  for (const http::Field& field : head.fields) {
    if (field.known == http::FieldName::Server) answer.server = field.value;
    if (field.known == http::FieldName::Location) answer.location = field.value;
    if (equals_ignoring_case(field.name, "X-Squid-Error")) answer.detail = field.value;
    if (field.known == http::FieldName::ProxyAuthenticate) {
      std::string_view rest = field.value;
      while (std::optional<http::Challenge> next = http::next_challenge(rest))
        answer.schemes.push_back(lowered(next->scheme));
    }
    if (field.known != http::FieldName::Via) continue;
    for (std::string_view rest = field.value; !rest.empty();) {
      std::size_t comma = std::min(rest.find(','), rest.size());
      std::string_view one = rest.substr(0, comma);
      one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
      if (!one.empty()) answer.via.emplace_back(one);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
}

net::Task<> read_page(net::Stream& stream, std::string& page) {
  std::array<char, 2048> piece{};
  while (page.size() < kPageBytes) {
    std::size_t count = co_await net::read_some(stream, piece);
    if (count == 0) break;
    page.append(piece.data(), count);
  }
  co_return {};
}

// Reads until the head has ended. `bytes` begins with the head then, `size` is its length; 0: it did not come.
net::Task<std::size_t> read_head(net::Stream& stream, std::string& bytes, ConnectAnswer& answer) {
  http::HeadScanner scanner(http::Sender::Backend);
  http::Limits limits;
  std::array<char, 4096> piece{};
  for (;;) {
    Result<std::size_t> count = co_await outcome(net::read_some(stream, piece));
    if (!count || *count == 0) {
      bool late = !count && count.error().kind() == Kind::Timeout;
      answer.state = late ? ConnectState::Silent : bytes.empty() ? ConnectState::Closed : ConnectState::NotHttp;
      answer.failure = bytes.empty() ? "" : "the answer ends before its head does";
      co_return std::size_t{0};
    }
    bytes.append(piece.data(), *count);
    auto size = scanner.scan(bytes, limits);
    if (!size) {
      bool too_large = bytes.size() > limits.head_bytes || size.error().code.find("large") != std::string_view::npos;
      answer.state = bytes.starts_with("HTTP/") && too_large ? ConnectState::TooLarge : ConnectState::NotHttp;
      answer.failure = size.error().text;
      co_return std::size_t{0};
    }
    if (*size > 0) co_return *size;
  }
}

// Of what comes back for a URL that was to be fetched, what the proxy itself says.
bool is_of_proxy(const ConnectAnswer& answer) {
  return answer.status == 407 || (answer.status >= 502 && answer.status <= 504) || !answer.detail.empty();
}

net::Task<> converse(Attempt& attempt, std::unique_ptr<net::Stream> stream) {
  std::string request = request_of(attempt);
  Result<> written = co_await outcome(net::write_all(*stream, request));
  explicit_bzero(request.data(), request.size());
  if (written) written = co_await outcome(net::flush(*stream));
  ConnectAnswer& answer = attempt.answer;
  std::string bytes;
  std::size_t size = co_await read_head(*stream, bytes, answer);
  if (size == 0) co_return {};
  http::Method method = attempt.fetches() ? http::Method::Get : http::Method::Connect;
  http::ResponseHead head;
  auto parsed = http::parse_response_head(std::string_view(bytes).substr(0, size), http::Limits(), method, head);
  if (!parsed) {
    answer.state = ConnectState::NotHttp;
    answer.failure = parsed.error().text;
    co_return {};
  }
  answer.status = head.status;
  answer.reason = head.reason;
  take_fields(head, answer);
  if (attempt.fetches() && !is_of_proxy(answer)) {
    answer.state = ConnectState::Opened;
    co_return {};
  }
  bool opened = head.status >= 200 && head.status < 300 && !attempt.fetches();
  answer.state = opened ? ConnectState::Opened : ConnectState::Answered;
  if (opened) {
    stream->read_deadline(net::kNever);
    stream->write_deadline(net::kNever);
    answer.stream = std::move(stream);
    co_return {};
  }
  std::string page = bytes.substr(size);
  net::Task<> reading = read_page(*stream, page);
  Result<> read = co_await outcome(net::within(attempt.setting.loop, kPageWait, std::move(reading)));
  if (read || !page.empty()) answer.words = words_of_page(page);
  co_return {};
}

// `connected`: TCP came about.
net::Task<std::unique_ptr<net::Stream>> reach_proxy(const Setting& setting, const ProxyWay& way, bool& connected) {
  std::unique_ptr<net::Stream> stream = co_await net::connect(setting.loop, way.at, setting.step);
  connected = true;
  net::Instant until = net::Clock::now() + setting.step;
  if (way.proxy.tls && way.trust) {
    std::unique_ptr<tls::Session> session = tls::Session::connect(std::move(stream), *way.trust, way.proxy.host);
    session->read_deadline(until);
    session->write_deadline(until);
    co_await session->handshake();
    stream = std::move(session);
  }
  stream->read_deadline(until);
  stream->write_deadline(until);
  co_return std::move(stream);
}

net::Task<> connect_and_ask(Attempt& attempt) {
  ConnectAnswer& answer = attempt.answer;
  bool connected = false;
  net::Task<std::unique_ptr<net::Stream>> reaching = reach_proxy(attempt.setting, *attempt.way, connected);
  Result<std::unique_ptr<net::Stream>> stream = co_await outcome(std::move(reaching));
  if (!stream) {
    answer.state = connected ? ConnectState::TlsFailed : ConnectState::NotConnected;
    answer.failure = stream.error().text();
    co_return {};
  }
  co_await converse(attempt, *std::move(stream));
  co_return {};
}

std::string_view title_in(std::string_view page) {
  std::string small = lowered(page);
  std::size_t begin = small.find("<title");
  std::size_t open = begin == std::string::npos ? begin : small.find('>', begin);
  std::size_t end = open == std::string::npos ? open : small.find("</title", open);
  return end == std::string::npos ? std::string_view() : page.substr(open + 1, end - open - 1);
}

}  // namespace

std::string words_of_page(std::string_view page) {
  std::string_view title = title_in(page);
  std::string words;
  bool in_mark = false;
  for (char c : title.empty() ? page : title) {
    if (words.size() >= kMostWords) break;
    if (c == '<' || c == '>') {
      in_mark = c == '<';
      c = ' ';
    }
    if (in_mark) continue;
    bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (blank && (words.empty() || words.back() == ' ')) continue;
    words += blank ? ' ' : c;
  }
  if (words.ends_with(' ')) words.pop_back();
  return words;
}

net::Task<ConnectAnswer> ask_proxy(const Setting& setting, std::shared_ptr<const ProxyWay> way, std::string target) {
  auto begun = net::Clock::now();
  Attempt attempt{.setting = setting, .way = std::move(way), .target = std::move(target)};
  co_await connect_and_ask(attempt);
  attempt.answer.took = std::chrono::duration_cast<std::chrono::milliseconds>(net::Clock::now() - begun);
  co_return std::move(attempt.answer);
}

net::Task<std::unique_ptr<net::Stream>> dial_proxy(const Setting& setting, const ProxyWay& way) {
  bool connected = false;
  std::unique_ptr<net::Stream> stream = co_await reach_proxy(setting, way, connected);
  co_return std::move(stream);
}

std::optional<Secret> proxy_authorization(const Proxy& proxy) {
  if (proxy.user.empty()) return std::nullopt;
  std::string pair = cat(proxy.user, ':', proxy.password ? proxy.password->reveal() : std::string_view());
  std::string base64 = to_base64(pair);
  std::string value = cat("Basic ", base64);
  std::optional<Secret> secret(value);
  for (std::string* copy : {&pair, &base64, &value}) explicit_bzero(copy->data(), copy->size());
  return secret;
}

net::Task<std::unique_ptr<net::Stream>> dial_through(const Setting& setting, std::shared_ptr<const ProxyWay> way,
                                                     std::string authority) {
  ConnectAnswer answer = co_await ask_proxy(setting, std::move(way), std::move(authority));
  if (answer.state == ConnectState::Opened) co_return std::move(answer.stream);
  Kind kind = answer.state == ConnectState::Silent ? Kind::Timeout : Kind::Unavailable;
  co_return fail(kind, "net.connect",
                 cat("the proxy did not open the connection: ", answer.status, ' ', answer.reason));
}

}  // namespace pforte::doctor
