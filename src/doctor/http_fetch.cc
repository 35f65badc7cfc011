#include "doctor/http_fetch.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "base/text.h"
#include "doctor/destination.h"
#include "doctor/http_line.h"
#include "doctor/name_facts.h"
#include "http/h1_client.h"
#include "net/network.h"
#include "net/socket.h"
#include "net/together.h"
#include "tls/doctor_mark.h"

namespace pforte::doctor {
namespace {

constexpr std::size_t kMostTriedAddresses = 3;  // of one name that are tried
constexpr std::uint16_t kPortOfHttp = 80;
constexpr int kStepsOfFetch = 3;

// Where no list is ever kept: nowhere, link-local (RFC 3927, RFC 4291, 2.5.6), many at once; what a translator makes of
// all of these (RFC 6052, 2.1), and where clouds keep their secrets without link-local.
constexpr auto kBarredNetworks =
    std::to_array<std::string_view>({"0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/128", "fe80::/10", "ff00::/8",
                                     "64:ff9b::/96", "fd00:ec2::254/128", "100.100.100.200/32"});

// A network that could not be read would end the program, not open a way.
bool is_barred_network(const net::Address& address) {
  return std::ranges::any_of(kBarredNetworks,
                             [&](std::string_view text) { return net::parse_network(text).value().contains(address); });
}

// "localhost", or an address as only C libraries read it: "127.1", "0x7f000001". A proxy would look it up.
bool is_local_name(std::string_view host) {
  std::string_view last = host.substr(host.rfind('.') + 1);
  bool is_number = last.find_first_not_of("0123456789") == std::string_view::npos || last.starts_with("0x");
  return is_number || last == "localhost";
}

// One question under way.
struct Fetching {
  const Setting& setting;
  const FetchWay& way;
  const FetchQuestion& question;
  Destination from = {};
  Fetched fetched = {};

  void fails(Message why) {
    fetched.bytes.clear();
    fetched.failure = std::move(why);
  }
};

http::RequestHead head_of(const Fetching& fetching, const std::string& authority, const std::string& target,
                          const std::optional<Secret>& authorization) {
  bool posts = !fetching.question.body.empty();
  http::RequestHead head;
  head.method = posts ? http::Method::Post : http::Method::Get;
  head.method_text = posts ? "POST" : "GET";
  head.path = target;
  head.authority = authority;
  head.fields.push_back({"Host", authority, http::FieldName::Host});
  head.fields.push_back({"User-Agent", tls::kDoctorAgent, http::FieldName::UserAgent});
  if (authorization)
    head.fields.push_back({"Proxy-Authorization", authorization->reveal(), http::known_field("Proxy-Authorization")});
  if (!posts) return head;
  head.fields.push_back({"Content-Type", fetching.question.content_type, http::known_field("Content-Type")});
  head.body = {http::Framing::Kind::Length, fetching.question.body.size()};
  return head;
}

Message text_of_status(int status, std::string_view reason, std::string_view location) {
  if (status >= 300 && status < 400 && !location.empty())
    return {cat("it leads on to ", location, " (", status, "), where not everybody follows"),
            cat("es führt weiter zu ", location, " (", status, "), wohin nicht jeder folgt")};
  return {cat("it answers ", status, ' ', reason), cat("es antwortet ", status, ' ', reason)};
}

net::Task<> take_body(http::H1Client& client, Fetching& fetching) {
  std::string& bytes = fetching.fetched.bytes;
  for (bool last = false; !last;) {
    http::Piece piece = co_await client.read_body();
    if (bytes.size() + piece.bytes.size() > fetching.question.most_bytes) {
      std::size_t mebibytes = fetching.question.most_bytes >> 20;
      fetching.fails({cat("it is longer than ", mebibytes, " MiB"), cat("es ist länger als ", mebibytes, " MiB")});
      co_return {};
    }
    bytes += piece.bytes;
    last = piece.last;
  }
  if (bytes.empty()) fetching.fails({"it answers with nothing", "es antwortet mit nichts"});
  co_return {};
}

net::Task<> ask_for_file(Fetching& fetching, std::unique_ptr<net::Stream> stream) {
  const ProxyWay* proxy = fetching.way.proxy.get();
  std::string authority = authority_of(fetching.from);
  std::string target = proxy ? to_text(fetching.from) : fetching.from.path;
  std::optional<Secret> authorization = proxy ? proxy_authorization(proxy->proxy) : std::nullopt;
  http::RequestHead request = head_of(fetching, authority, target, authorization);
  http::H1Client client(fetching.setting.loop, std::move(stream));
  client.patience(fetching.setting.step);
  client.begin(request);
  co_await client.write(fetching.question.body, http::More::Ends);
  const http::ResponseHead* head = co_await client.read_head();
  while (head->is_interim()) head = co_await client.read_head();
  fetching.fetched.status = head->status;
  if (head->status != 200) {
    const http::Field* location = head->find(http::FieldName::Location);
    fetching.fails(text_of_status(head->status, head->reason, location ? location->value : ""));
    co_return {};
  }
  co_await take_body(client, fetching);
  co_return {};
}

// To the first address of its name that takes a connection and where one may go.
net::Task<std::unique_ptr<net::Stream>> dial_named(Fetching& fetching) {
  const Setting& setting = fetching.setting;
  std::unique_ptr<net::Stream> stream;
  SystemAnswer names = co_await ask_system(setting, fetching.from.host, fetching.from.port);
  if (names.addresses.empty()) fetching.fails({"its name has no address here", "sein Name hat hier keine Adresse"});
  std::size_t count = std::min(names.addresses.size(), kMostTriedAddresses);
  for (std::size_t i = 0; i < count && !stream; ++i) {
    net::Address to = names.addresses[i];
    if (std::optional<Message> bar = bar_on_address(fetching.question, fetching.way, to)) {
      fetching.fails(*std::move(bar));
      fetching.fetched.is_barred = true;
      continue;
    }
    Result<std::unique_ptr<net::Socket>> socket = co_await outcome(net::connect(setting.loop, to, setting.step));
    if (socket) {
      stream = *std::move(socket);
      fetching.fetched = {};
    } else {
      std::string why = socket.error().text();
      fetching.fails({cat("there is no connection: ", why), cat("es kommt keine Verbindung zustande: ", why)});
      fetching.fetched.is_barred = false;
    }
  }
  co_return std::move(stream);
}

net::Task<> fetch_file(Fetching& fetching) {
  std::unique_ptr<net::Stream> stream;
  if (fetching.way.proxy) {
    stream = co_await dial_proxy(fetching.setting, *fetching.way.proxy);
  } else {
    stream = co_await dial_named(fetching);
  }
  if (stream) co_await ask_for_file(fetching, std::move(stream));
  co_return {};
}

}  // namespace

std::optional<Message> bar_on_url(const FetchQuestion& question, const FetchWay& way) {
  auto read = read_url(question.url);
  if (!read || read->scheme != Scheme::Http)
    return Message{"the doctor fetches by http:// alone", "der Doktor holt nur über http://"};
  bool any_port = question.is_vouched_for || way.to_this_machine;
  if (!any_port && read->port != kPortOfHttp)
    return Message{"nobody who is trusted vouches for this address, so that only port 80 is asked",
                   "niemand Vertrauenswürdiges bürgt für diese Adresse, daher wird nur Port 80 gefragt"};
  if (Result<net::Address> ip = net::parse_ip(read->host, read->port)) return bar_on_address(question, way, *ip);
  bool of_proxy = way.proxy && !question.is_vouched_for && is_local_name(read->host);
  if (of_proxy)
    return Message{"nobody who is trusted vouches for this name, and it is the proxy itself",
                   "niemand Vertrauenswürdiges bürgt für diesen Namen, und er ist der Proxy selbst"};
  return std::nullopt;
}

std::optional<Message> bar_on_address(const FetchQuestion& question, const FetchWay& way, const net::Address& address) {
  if (is_barred_network(address))
    return Message{cat("no list is kept at ", address.ip_text()), cat("bei ", address.ip_text(), " liegt keine Liste")};
  if (address.is_loopback() && !question.is_vouched_for && !way.to_this_machine)
    return Message{"nobody who is trusted vouches for this address, and it leads to this machine itself",
                   "niemand Vertrauenswürdiges bürgt für diese Adresse, und sie führt zu diesem Rechner selbst"};
  return std::nullopt;
}

net::Task<Fetched> fetch(const Setting& setting, const FetchWay& way, FetchQuestion question) {
  Fetching fetching{.setting = setting, .way = way, .question = question};
  if (std::optional<Message> bar = bar_on_url(question, way))
    co_return Fetched{.bytes = {}, .failure = *std::move(bar), .is_barred = true};
  fetching.from = *read_url(question.url);
  Result<> ended = co_await outcome(net::within(setting.loop, kStepsOfFetch * setting.step, fetch_file(fetching)));
  if (!ended && ended.error().kind() == Kind::Timeout) {
    fetching.fails({"it does not answer in time", "es antwortet nicht rechtzeitig"});
  } else if (!ended) {
    std::string why = ended.error().text();
    fetching.fails({cat("fetching failed: ", why), cat("das Holen schlug fehl: ", why)});
  }
  co_return std::move(fetching.fetched);
}

}  // namespace pforte::doctor
