#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/anomalies.h"
#include "http/exchange.h"
#include "http/h2_session.h"
#include "http/h2_stream.h"
#include "http/server.h"
#include "net/loop.h"
#include "net/spare.h"

namespace pforte::http {

// The server's side of an HTTP/2 connection (RFC 9113): many exchanges at once, each with a task of its own. All that
// a turn of the loop has to send leaves as one.
//
// Memory that a client can claim: for each stream its head (Limits::longest_head()) and 16 KiB of the answer; for all
// streams together 4 MiB of request bodies that nobody has read yet, and 80 KiB that wait to be sent.
class H2Server final : public Server, private H2Events, private net::TurnEnd, private net::Timer {
 public:
  // All references must outlive the server.
  H2Server(net::Loop& loop, net::Stream& stream, Service& service, const ServerLimits& limits);
  ~H2Server() override;

  // Fails with Kind::Denied (http2.abuse) when the client did too much that costs and means nothing.
  net::Task<> run() override;

  // New streams are served for a second more, while the client learns that it has to open another connection; then
  // those that we know.
  void end_soon() override;

 private:
  bool on_head_begin(std::int32_t id) override;
  void on_field(std::int32_t id, H2Field field, bool valid) override;
  void on_head(std::int32_t id, bool last) override;
  void on_data(std::int32_t id, std::string_view bytes) override;
  void on_end(std::int32_t id) override;
  void on_sent(std::int32_t id) override;
  void on_closed(std::int32_t id, H2Error error) override;
  void on_oddity(H2Oddity oddity) override;
  Portion on_body_wanted(std::int32_t id, std::span<char> into) override;
  void on_turn_end() override;
  void on_time() override;

  H2Stream* find(std::int32_t id);
  Result<bool> read_some();
  net::Instant deadline() const;
  void end_if_late();
  net::Task<> converse();
  net::Task<> wait_to_read();
  net::Task<> send();
  void gather();
  void wake_touched();
  void bury();
  void drop_streams();
  net::Task<> leave();

  net::Loop& loop_;
  net::Stream& stream_;
  Service& service_;
  const ServerLimits& limits_;
  H2Session session_;
  H2Stream::Connection connection_;
  std::vector<std::unique_ptr<H2Stream>> streams_;  // by number, which only grows (RFC 9113, 5.1.1)
  std::vector<std::int32_t> touched_;               // whose tasks are to be told something
  H2Stream* latest_ = nullptr;                      // the one that find() found last
  std::int32_t latest_id_ = 0;
  Anomalies anomalies_;
  bool abused_ = false;
  bool news_ = false;
  bool reads_on_ = false;   // in the next turn
  bool announced_ = false;  // the end
  bool closing_ = false;    // with the last stream
  net::Instant idle_until_;
  std::int32_t head_id_ = 0;               // whose head is coming in
  net::Instant head_until_ = net::kNever;  // and until when it has to be there
  bool leaving_ = false;
  bool* gone_ = nullptr;  // set when we go, for who may have caused it
  net::Spare<std::string> out_;
  net::Signal wanted_;
};

}  // namespace pforte::http
