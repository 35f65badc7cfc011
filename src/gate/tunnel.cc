#include "gate/tunnel.h"

#include "gate/activity.h"
#include "net/together.h"

namespace pforte::gate {

namespace {

// Far beyond any idle limit: the watch below ends a tunnel, not the single wait.
constexpr std::chrono::hours kPatience{24 * 365};

net::Task<> carry_to_server(net::Loop& loop, http::Exchange& client, http::ClientExchange& server, Activity& activity,
                            Carried& carried) {
  for (;;) {
    http::Piece piece = co_await client.read_body();
    activity.last = loop.now();
    carried.to_server += piece.bytes.size();
    co_await server.write(piece.bytes, piece.last ? http::More::Ends : http::More::Follows);
    if (piece.last) break;
  }
  server.finish();
  co_return {};
}

net::Task<> carry_to_client(net::Loop& loop, http::Exchange& client, http::ClientExchange& server, Activity& activity,
                            Carried& carried) {
  for (;;) {
    std::optional<http::Piece> piece = server.try_body();
    if (!piece) {
      co_await client.flush();
      piece = co_await server.read_body();
    }
    activity.last = loop.now();
    carried.to_client += piece->bytes.size();
    co_await client.write(piece->bytes, piece->last ? http::More::Ends : http::More::Follows);
    if (piece->last) co_return {};
  }
}

}  // namespace

net::Task<> tunnel(net::Loop& loop, http::Exchange& client, http::ClientExchange& server, TunnelTerms terms,
                   Carried& carried) {
  Activity activity{loop.now()};
  client.pace({.longest_wait = kPatience, .bytes_per_second = 0});
  server.patience(kPatience);
  net::Signal news;
  std::optional<BoundTunnels::Tunnel> bound;
  if (terms.session) bound.emplace(*terms.bound, *terms.session, news);
  net::Beside upward(carry_to_server(loop, client, server, activity, carried), [&news] { news.ring(); });
  net::Beside downward(carry_to_client(loop, client, server, activity, carried), [&news] { news.ring(); });
  net::Beside clock(watch(loop, activity, terms.idle), [&news] { news.ring(); });
  for (;;) {
    for (const net::Beside* part : {&upward, &downward, &clock}) {
      if (!part->failed()) continue;
      const Error& error = part->result()->error();
      co_return fail(error.kind(), error.code(), error.text());
    }
    if (upward.result() && downward.result()) co_return {};
    co_await news;
  }
}

}  // namespace pforte::gate
