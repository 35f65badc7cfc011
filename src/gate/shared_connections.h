#pragma once

#include <list>
#include <memory>
#include <optional>
#include <set>

#include "gate/connection_gauge.h"
#include "gate/server.h"
#include "http/h1_client.h"
#include "http/h2_client.h"
#include "net/loop.h"
#include "net/together.h"

namespace pforte::gate {

// What an exchange needs of its connection. Tunnel: that bytes can go both ways behind it, for a WebSocket.
enum class Purpose : std::uint8_t { Answer, Tunnel };

// One worker's connections over HTTP/2 to one server: mostly a single one, and others while the server does not allow
// enough requests at once. Whoever needs a new one while it is being made waits for it with the others.
class SharedConnections final : private net::TurnEnd {
 public:
  // After `quiet` of silence a server is asked whether it is still there before it gets a request.
  static constexpr net::Duration kQuiet = std::chrono::seconds(10);
  SharedConnections(net::Loop& loop, ConnectionGauge& gauge, std::shared_ptr<Server> server,
                    net::Duration quiet = kQuiet);
  ~SharedConnections();

  // Over a connection that is there, is good for the purpose, has room, and whose server was heard of lately; null:
  // refuses() or else prepare() one.
  // `reused`: others went over it before.
  struct Found {
    std::unique_ptr<http::ClientExchange> exchange;
    bool reused = false;
  };
  Found open(Purpose purpose);

  // Ends when there is another look to take: a connection was made, or one that had been quiet was asked and answers.
  // Fails like dial(), and with "backend.http2" or "backend.no-http2".
  net::Task<> prepare(net::Duration limit);

  // Whether the server has said that its connections are not for that: it knows no WebSockets (RFC 8441).
  bool refuses(Purpose purpose) const;

  // A connection over which the server chose HTTP/1.1, for whoever comes first.
  std::unique_ptr<http::H1Client> take_other() { return std::move(other_); }
  // Whether it chose that the last time.
  bool prefers_http1() const { return prefers_http1_; }

  // Closes those that nobody has used for long. Then true when nothing is left to be kept.
  bool sweep();

 private:
  struct Member {
    std::unique_ptr<http::H2Client> client;
    bool busy = false;   // as the gauge knows it
    unsigned moves = 0;  // of the server, when it was made
    bool asked = false;  // whether it still lives: it stays until that is known
  };
  // For as long as it is there, its member is asked.
  struct Asked {
    explicit Asked(Member& of) : member(of) { member.asked = true; }
    Asked(const Asked&) = delete;
    Asked& operator=(const Asked&) = delete;
    ~Asked() { member.asked = false; }
    Member& member;
  };
  class Waiting;

  void on_turn_end() override;
  void leave_old_addresses();
  void tell_gauge();
  net::Task<> make_ready(net::Duration limit);
  net::Task<bool> wake_quiet_one(net::Duration limit);

  net::Loop& loop_;
  ConnectionGauge& gauge_;
  std::shared_ptr<Server> server_;
  net::Duration quiet_;
  std::list<Member> members_;
  std::unique_ptr<http::H1Client> other_;
  bool prefers_http1_ = false;
  std::set<net::Signal*> waiting_;
  std::optional<net::Beside> preparing_;
};

}  // namespace pforte::gate
