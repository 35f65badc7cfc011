#include "acme/lookup.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "acme/issuable_name.h"
#include "base/text.h"
#include "http/h1_client.h"
#include "net/resolver.h"
#include "net/socket.h"
#include "net/together.h"

namespace pforte::acme {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration kAddressTime = 4s;
constexpr std::size_t kMostPage = 1024;

// Where a name leads, and how much time is left to look there.
struct Destination {
  std::vector<net::Address> addresses;
  net::Duration left;
};

// What is known of a lookup when it ends, or its time is over.
struct Finding {
  Problem problem{.type = "connection", .detail = "nobody answered in time", .parts = {}};
  bool holds = false;
};

std::string_view without_space_behind(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

net::Task<std::string> page_at(net::Loop& loop, net::Address address, const Lookup& lookup) {
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

net::Task<> look_at(net::Loop& loop, const std::vector<net::Address>& addresses, const Lookup& lookup,
                    Finding& finding) {
  for (const net::Address& address : addresses) {
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

// On a thread of the pool.
Result<Destination> destination_of(const std::string& name, const LookupWay& way) {
  auto begun = std::chrono::steady_clock::now();
  std::vector<net::Address> addresses = TRY(way.addresses(name, way.port));
  auto left = way.limit - (std::chrono::steady_clock::now() - begun);
  return Destination{std::move(addresses), std::max(std::chrono::duration_cast<net::Duration>(left), net::Duration(0))};
}

}  // namespace

net::Task<std::optional<Problem>> look_for_proof(net::Loop& loop, net::Pool& pool, const Lookup& lookup,
                                                 LookupWay way) {
  if (!is_issuable_name(lookup.name))
    co_return Problem{.type = "rejectedIdentifier", .detail = "it is no name of a host", .parts = {}};
  auto find = [name = lookup.name, way = std::move(way)] { return destination_of(name, way); };
  Result<Destination> there = co_await outcome(pool.run<Destination>(loop, std::move(find)));
  if (!there) co_return Problem{.type = "dns", .detail = cat(lookup.name, " has no address"), .parts = {}};
  Finding finding;
  (void)co_await outcome(net::within(loop, there->left, look_at(loop, there->addresses, lookup, finding)));
  if (finding.holds) co_return std::nullopt;
  co_return std::move(finding.problem);
}

}  // namespace pforte::acme
