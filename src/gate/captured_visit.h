#pragma once

#include <memory>
#include <string_view>

#include "capture/recording.h"
#include "capture/tap.h"
#include "gate/plan.h"
#include "net/address.h"
#include "net/stream.h"
#include "tls/session.h"

namespace pforte::gate {

// What a capture under way makes of one client's connection, from when the client is known to when it is known whether
// its host is one that is wanted.
class CapturedVisit final : public tls::SecretsListener {
 public:
  // Puts a tap into `stream`. Null: the capture is not about this client.
  static std::unique_ptr<CapturedVisit> begin(const std::shared_ptr<capture::Recording>& recording,
                                              std::shared_ptr<const Plan> plan, capture::Conversation::Ends ends,
                                              std::unique_ptr<net::Stream>& stream);

  // The stream must not be gone.
  CapturedVisit(std::shared_ptr<capture::Recording> recording, std::shared_ptr<const Plan> plan, capture::Tap& tap)
      : recording_(std::move(recording)), plan_(std::move(plan)), tap_(tap) {}

  // A TLS handshake has ended, well or not.
  void shaken(const tls::Session& session);
  // The client has asked for this host, in a ClientHello that is passed through, or in a request. Once it is known
  // whether the connection belongs, that is it.
  void asked_for(std::string_view authority, std::string_view how);
  // The capture is over.
  void end();

  bool wants_secrets(std::string_view server_name) override;
  void secret(std::string_view line) override { tap_.tell(line); }

 private:
  std::shared_ptr<capture::Recording> recording_;
  std::shared_ptr<const Plan> plan_;
  capture::Tap& tap_;
};

// Whether a connection of that client, which has asked for that host (empty: none, or it is not known), may be one that
// is wanted.
bool may_be_wanted(const capture::Filter& filter, const Plan& plan, const net::Address& client, std::string_view host);

}  // namespace pforte::gate
