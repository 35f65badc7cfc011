#include "acme/lookup.h"

#include <memory>

#include "acme/issuable_name.h"
#include "base/text.h"
#include "http/h1_client.h"
#include "net/resolver.h"
#include "net/socket.h"
#include "net/together.h"

namespace pforte::acme {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration kLookupTime = 10s;
constexpr net::Duration kAddressTime = 4s;
constexpr std::size_t kMostPage = 1024;

// What is known of a lookup when it ends, or its time is over.
struct Finding {
  Problem problem{.type = "connection", .detail = "nobody answered in time", .parts = {}};
  bool holds = false;
};

std::string_view without_space_behind(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

net::Task<std::string> page_at(net::Loop& loop, net::Address address, Lookup lookup) {
  std::unique_ptr<net::Socket> socket = co_await net::connect(loop, address, kAddressTime);
  http::H1Client client(loop, std::move(socket));
  client.patience(kAddressTime);
  std::string path = cat("/.well-known/acme-challenge/", lookup.token);
  std::string host = address.port() == 80 ? lookup.name : cat(lookup.name, ':', address.port());
  http::RequestHead head;
  head.method = http::Method::Get;
  head.method_text = "GET";
  head.path = path;
  head.fields = {{"Host", host, http::FieldName::Host},
                 {"User-Agent", "pforte-acme", http::FieldName::UserAgent},
                 {"Connection", "close", http::FieldName::Connection}};
  client.begin(head);
  co_await client.write({}, http::More::Ends);
  const http::ResponseHead* answer = co_await client.read_head();
  while (answer->is_interim()) answer = co_await client.read_head();
  if (answer->status != 200)
    co_return fail(Kind::Invalid, "acme-server.status", cat("the page has the status ", answer->status));
  std::string body;
  for (bool last = false; !last && body.size() <= kMostPage;) {
    http::Piece piece = co_await client.read_body();
    body.append(piece.bytes.substr(0, kMostPage + 1));
    last = piece.last;
  }
  co_return body;
}

net::Task<> look(net::Loop& loop, net::Pool& pool, Lookup lookup, std::uint16_t port, Finding& finding) {
  if (!is_issuable_name(lookup.name)) {
    finding.problem = {.type = "rejectedIdentifier", .detail = "it is no name of a host", .parts = {}};
    co_return {};
  }
  auto find = [name = lookup.name, port] { return net::look_up(name, port); };
  auto addresses = co_await outcome(pool.run<std::vector<net::Address>>(loop, std::move(find)));
  if (!addresses) {
    finding.problem = {.type = "dns", .detail = cat(lookup.name, " has no address"), .parts = {}};
    co_return {};
  }
  for (const net::Address& address : *addresses) {
    Result<std::string> page = co_await outcome(page_at(loop, address, lookup));
    bool answered = page || page.error().kind() == Kind::Invalid;
    std::string_view type = answered ? "unauthorized" : "connection";
    std::string why = page ? "the page says something else" : page.error().text();
    finding.problem = {.type = std::string(type), .detail = cat(address.to_text(), ": ", why), .parts = {}};
    finding.holds = page && without_space_behind(*page) == lookup.key_authorization;
    if (answered) break;
  }
  co_return {};
}

}  // namespace

net::Task<std::optional<Problem>> look_for_proof(net::Loop& loop, net::Pool& pool, Lookup lookup, std::uint16_t port) {
  Finding finding;
  (void)co_await outcome(net::within(loop, kLookupTime, look(loop, pool, std::move(lookup), port, finding)));
  if (finding.holds) co_return std::nullopt;
  co_return std::move(finding.problem);
}

}  // namespace pforte::acme
