#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/anomalies.h"
#include "http/client_exchange.h"
#include "http/h2_client_stream.h"
#include "http/h2_session.h"
#include "net/loop.h"
#include "net/spare.h"
#include "net/stream.h"
#include "net/together.h"

namespace pforte::http {

// The client's side of an HTTP/2 connection (RFC 9113): many exchanges at once. All that a turn of the loop has to send
// leaves as one.
//
// Memory that a server can claim: for each stream under way its heads (128 KiB, and trailers of 8 KiB) and 256 KiB of
// the answer that nobody has read yet; for the connection 80 KiB that wait to be sent.
class H2Client final : private H2ClientConnection, private H2Events, private net::TurnEnd {
 public:
  // `scheme`: "https" or "http", for `:scheme`. `on_change` is called, at most once in a turn of the loop, after
  // requests came or went, or the server took back what it allows; it may destroy this.
  H2Client(
      net::Loop& loop, std::unique_ptr<net::Stream> stream, std::string_view scheme,
      std::move_only_function<void()> on_change = [] {});
  // Of no exchange that is still under way.
  ~H2Client();

  // Ends once the server has said what it allows. Once, before anything else. Fails with Kind::Unavailable
  // (backend.no-http2) when it does not speak HTTP/2, else as the connection does.
  net::Task<> greeted();

  // Ends when the server has answered a PING, and fails when the connection is lost. One at a time.
  net::Task<> ping();

  // Whether one more request can be asked; how many are under way; and whether that is all there ever will be.
  bool has_room() const;
  std::size_t streams() const { return open_; }
  bool over() const { return open_ == 0 && (retired_ || lost_); }
  // No further request goes over the connection.
  void retire();

  // Whether WebSockets can be asked for (RFC 8441).
  bool takes_tunnels() const { return session_.takes_tunnels(); }

  // When the server was heard of last, and when the last exchange ended.
  net::Instant heard() const { return heard_; }
  net::Instant idle_since() const { return idle_since_; }
  bool used() const { return used_; }

  // For one request. Only if has_room(); must go before the connection does.
  std::unique_ptr<ClientExchange> open();

 private:
  // H2ClientConnection.
  net::Loop& loop() override { return loop_; }
  H2Session& session() override { return session_; }
  void begun(std::int32_t id, H2ClientStream& stream) override { streams_.emplace(id, &stream); }
  void gone(std::int32_t id) override;
  void news() override { ask(); }
  void distrust() override { retire(); }
  const Error* lost() const override { return lost_ ? &*lost_ : nullptr; }
  std::string_view scheme() const override { return scheme_; }

  // H2Events.
  void on_field(std::int32_t id, H2Field field, bool valid) override;
  void on_head(std::int32_t id, bool last) override;
  void on_data(std::int32_t id, std::string_view bytes) override;
  void on_end(std::int32_t id) override;
  void on_sent(std::int32_t) override {}
  void on_closed(std::int32_t id, H2Error error) override;
  void on_oddity(H2Oddity oddity) override;
  void on_broken_rule(std::int32_t id) override;
  void on_settings() override;
  void on_pong() override;
  void on_goodbye() override { retire(); }
  Portion on_body_wanted(std::int32_t id, std::span<char> into) override;

  void on_turn_end() override;
  H2ClientStream* find(std::int32_t id);
  H2ClientStream* touch(std::int32_t id);
  net::Task<> read();
  net::Task<> send();
  Result<bool> read_some();
  Error reason() const;
  void gather();
  void lose(const std::optional<net::Beside>& ended);
  bool wake_touched();

  net::Loop& loop_;
  std::unique_ptr<net::Stream> stream_;
  std::string scheme_;
  std::move_only_function<void()> on_change_;
  H2Session session_;
  std::unordered_map<std::int32_t, H2ClientStream*> streams_;  // those with a number
  std::size_t open_ = 0;                                       // with those that have none yet
  std::vector<std::int32_t> touched_;                          // who is to be told something
  Anomalies anomalies_;
  std::optional<Error> lost_;
  bool greeted_ = false;
  bool retired_ = false;
  bool used_ = false;
  bool changed_ = false;  // on_change_ is due
  bool useful_ = false;   // something that was asked for has come or gone since the last oddity
  bool abused_ = false;
  bool broken_ = false;  // a rule of the connection
  bool pong_ = false;
  bool reads_on_ = false;  // in the next turn
  net::Instant heard_;
  net::Instant idle_since_;
  net::Signal news_of_connection_;  // for greeted() and ping()
  bool* gone_ = nullptr;            // set when we go, for who may have caused it
  net::Spare<std::string> out_;
  net::Signal wanted_;
  std::optional<net::Beside> sending_;
  std::optional<net::Beside> reading_;
};

}  // namespace pforte::http
