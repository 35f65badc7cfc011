#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gate/answer_coding.h"
#include "gate/balancer.h"
#include "gate/connections.h"
#include "gate/limits_config.h"
#include "gate/private_connection.h"
#include "gate/record.h"
#include "gate/rewrite.h"
#include "gate/site.h"
#include "gate/stickiness.h"
#include "http/exchange.h"
#include "session/session.h"

namespace pforte::gate {

class CacheTurn;
class Worker;

// One exchange with a backend: which server, the request to it, the answer back, and whether to ask again.
class Forwarding {
 public:
  // All must outlive the forwarding; `record` is filled as things happen.
  Forwarding(Worker& worker, http::Exchange& exchange, Record& record);
  Forwarding(const Forwarding&) = delete;
  Forwarding& operator=(const Forwarding&) = delete;

  // Where to, and what holds there.
  struct Order {
    const Visitor& visitor;
    Terms terms;
    const RequestLimits* limits;
    std::string_view path;  // what the path gate lets through

    // Who it is: fields for the application, and whose tunnel it would be. None and null: nobody has signed in.
    std::span<const http::Field> identity = {};
    const session::Session* session = nullptr;
    bool own_authorization = false;  // see Rewriting

    // Over which the application may sign in the client; null: over any connection, and it may not.
    PrivateConnection* own = nullptr;

    // What the gate adds to the answer.
    const http::Fields* answer = nullptr;

    // What is stored of the answer; null: nothing is.
    CacheTurn* cache = nullptr;

    Privacy privacy() const;
  };
  // Ends when the answer has been given. Fails when it could not be: then either nothing of it has left and the client
  // can be told status(), or status() is 0 and the connection is to be dropped.
  net::Task<> run(const Order& order);

  // Of a failure: what the client is told, or 0 when it has begun to get an answer or has gone.
  int status(const Error& failure) const;
  // When the client may ask again (RFC 9110, 10.2.3); 0: nothing is known of that.
  static std::chrono::seconds retry_after(const Order& order, const Error& failure);
  // Whether it was the client's doing: its body was too slow, too large, broken.
  bool client_failed() const { return client_failure_.has_value(); }

 private:
  const http::RequestHead& request() const { return request_; }
  bool too_large(const Terms& terms) const;
  void prepare(const Order& order);
  Balancer::Wish wish(const Order& order);
  net::Task<Place> wait(const Order& order);
  net::Task<Connections::Lease> connect(std::shared_ptr<Server> server, const Order& order, bool fresh);
  // Nothing: the exchange is over. Else why the server did not answer.
  net::Task<std::optional<Error>> attempt(const std::shared_ptr<Server>& server, const Order& order, bool fresh);
  static void give_back(Connections::Lease lease, const Order& order);
  net::Task<> converse(http::ClientExchange& server, const Order& order);
  net::Task<> send_body(http::ClientExchange& server, const Terms& terms);
  net::Task<> inform(const http::ResponseHead& head, ConnectionSignIn sign_in);
  net::Task<> relay_answer(http::ClientExchange& server, const http::ResponseHead& head, const Order& order);
  net::Task<> switch_protocols(http::ClientExchange& server, const http::ResponseHead& head, const Order& order);
  net::Task<> relay_stored(http::ClientExchange& server, const Order& order);
  void rewrite_answer(const http::ResponseHead& head, const Order& order, http::ResponseHead& out);
  const crypto::SealingKeys* sealing_keys() const;
  std::unexpected<Error> client_stopped(Error error);
  bool may_repeat(const Error& error) const;
  bool went_stale(const Error& failure) const;
  void blame(Server& server, const Error& error);

  Worker& worker_;
  http::Exchange& exchange_;
  const http::RequestHead& request_;  // of the exchange, which it is often asked for
  Record& record_;
  net::Spare<Outgoing> outgoing_;  // until the request has left, if nothing more is asked of it
  std::vector<const Server*> tried_;
  bool body_touched_ = false;  // some of the request's body has been read: it cannot be sent again
  std::optional<Error> client_failure_;

  std::optional<Stickiness> stickiness_;  // where the backend is sticky, and the client may have a cookie

  // Of the attempt under way.
  const Server* asked_ = nullptr;
  bool reused_ = false;
  bool answered_ = false;     // something of an answer has come
  bool sent_ticket_ = false;  // with the request
};

}  // namespace pforte::gate
