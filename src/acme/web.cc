#include "acme/web.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "http/h1_client.h"
#include "net/resolver.h"
#include "net/socket.h"
#include "net/together.h"
#include "tls/session.h"

namespace pforte::acme {
namespace {

using std::chrono::seconds;

constexpr net::Duration kAnswerTime = seconds(30);
constexpr net::Duration kHandshakeTime = seconds(10);
constexpr std::size_t kMostBody = 1024UZ * 1024;
constexpr std::size_t kMostAlternates = 8;
constexpr seconds kLongestRetry = std::chrono::days(7);

std::unexpected<Error> unreachable(const Url& url, const Error& error) {
  Kind kind = error.kind() == Kind::Timeout ? Kind::Timeout : Kind::Unavailable;
  return fail(kind, "acme.unreachable", cat("the CA's server ", url.authority(), " cannot be asked: ", error.text()));
}

std::unexpected<Error> handshake_failed(const Url& url, const Error& error) {
  if (error.code() != "tls.not-trusted") return unreachable(url, error);
  return fail(Kind::Denied, "acme.not-trusted",
              cat("the certificate of the CA's server ", url.authority(), " is not trusted: ", error.text()));
}

http::RequestHead head_of(const Url& url, const std::string& authority, const Question& question) {
  http::RequestHead head;
  bool posts = question.kind == Question::Kind::Post;
  if (posts) {
    head.method = http::Method::Post;
    head.method_text = "POST";
    head.body = {http::Framing::Kind::Length, question.body.size()};
  } else {
    bool gets = question.kind == Question::Kind::Get;
    head.method = gets ? http::Method::Get : http::Method::Head;
    head.method_text = gets ? "GET" : "HEAD";
  }
  head.path = url.target;
  head.fields = {{"Host", authority, http::FieldName::Host},
                 {"User-Agent", "pforte-acme", http::FieldName::UserAgent},
                 {"Accept", question.accept, http::FieldName::Accept},
                 {"Connection", "close", http::FieldName::Connection}};
  if (posts) head.fields.push_back({"Content-Type", "application/jose+json", http::FieldName::ContentType});
  return head;
}

seconds since_1970() {
  return std::chrono::floor<seconds>(std::chrono::system_clock::now()).time_since_epoch();
}

void take_field(const http::Field& field, Answer& answer) {
  if (field.known == http::FieldName::ContentType) {
    answer.type = lowered(http::trim(field.value.substr(0, field.value.find(';'))));
  } else if (field.known == http::FieldName::Location) {
    answer.location = field.value;
  } else if (field.known == http::FieldName::RetryAfter) {
    answer.retry_after = read_retry_after(field.value, std::chrono::sys_seconds(since_1970()));
  } else if (equals_ignoring_case(field.name, "Replay-Nonce")) {
    answer.nonce = field.value;
  } else if (equals_ignoring_case(field.name, "Link") && answer.alternates.size() < kMostAlternates) {
    std::string_view rest = field.value;
    for (std::string_view one = http::next_element(rest); !one.empty(); one = http::next_element(rest)) {
      std::string alternate = read_alternate(one);
      if (!alternate.empty()) answer.alternates.push_back(std::move(alternate));
    }
  }
}

}  // namespace

net::Task<Answer> Web::ask(Question question) {
  Url url = co_await net::ok(parse_url(question.url));
  Result<Answer> answer = co_await outcome(converse(url, std::move(question)));
  if (answer) co_return answer;
  std::string_view code = answer.error().code();
  bool told = code.starts_with("acme.");
  if (told) co_return answer;
  co_return unreachable(url, answer.error());
}

net::Task<Answer> Web::converse(Url url, Question question) {
  std::unique_ptr<net::Stream> stream = co_await connect(url);
  http::H1Client client(loop_, std::move(stream));
  client.patience(kAnswerTime);
  std::string authority = url.authority();
  http::RequestHead request = head_of(url, authority, question);
  client.begin(request);
  co_await client.write(question.body, http::More::Ends);
  const http::ResponseHead* head = co_await client.read_head();
  while (head->is_interim()) head = co_await client.read_head();
  Answer answer;
  answer.status = head->status;
  for (const http::Field& field : head->fields) take_field(field, answer);
  for (bool last = false; !last;) {
    http::Piece piece = co_await client.read_body();
    if (answer.body.size() + piece.bytes.size() > kMostBody)
      co_return fail(Kind::Invalid, "acme.malformed", "the CA's answer is longer than 1 MiB");
    answer.body.append(piece.bytes);
    last = piece.last;
  }
  co_return answer;
}

// The addresses in turn; each gets its share of the time.
net::Task<std::unique_ptr<net::Stream>> Web::connect(Url url) {
  auto look = [host = url.host, port = url.port] { return net::look_up(host, port); };
  std::vector<net::Address> addresses = co_await pool_.run<std::vector<net::Address>>(loop_, std::move(look));
  net::Instant until = loop_.now() + kHandshakeTime;
  Error failure(Kind::Unavailable, "acme.unreachable", "its name has no address");
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    net::Duration share = (until - loop_.now()) / std::int64_t(addresses.size() - i);
    Result<std::unique_ptr<net::Socket>> socket = co_await outcome(net::connect(loop_, addresses[i], share));
    if (!socket) {
      failure = std::move(socket).error();
      continue;
    }
    (*socket)->read_deadline(until);
    (*socket)->write_deadline(until);
    auto session = tls::Session::connect(*std::move(socket), *trust_, url.host);
    Result<> shaken = co_await outcome(session->handshake());
    if (!shaken) co_return handshake_failed(url, shaken.error());
    co_return std::unique_ptr<net::Stream>(std::move(session));
  }
  co_return unreachable(url, failure);
}

std::chrono::seconds read_retry_after(std::string_view value, std::chrono::sys_seconds now) {
  std::int64_t count = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
  if (error == std::errc() && end == value.data() + value.size())
    return std::clamp(seconds(count), seconds(0), kLongestRetry);
  std::tm parts{};
  std::string text(value);
  const char* rest = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (!rest || *rest != '\0') return seconds(0);
  return std::clamp(seconds(timegm(&parts)) - now.time_since_epoch(), seconds(0), kLongestRetry);
}

std::string read_alternate(std::string_view link) {
  link = http::trim(link);
  std::size_t end = link.find('>');
  if (!link.starts_with('<') || end == std::string_view::npos) return {};
  std::string parameters = lowered(link.substr(end + 1));
  std::erase_if(parameters, [](char c) { return c == '"' || c == ' ' || c == '\t'; });
  bool alternate = parameters == ";rel=alternate" || parameters.starts_with(";rel=alternate;") ||
                   parameters.ends_with(";rel=alternate");
  return alternate ? std::string(link.substr(1, end - 1)) : std::string();
}

}  // namespace pforte::acme
