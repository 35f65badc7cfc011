#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pforte::acme {

// A request or a proof that our ACME server has refused.
struct Refusal {
  std::string_view client;         // its address
  std::string_view account;        // its id; empty: none was proved
  std::vector<std::string> names;  // that it is about
  std::string_view type;           // of RFC 8555, 6.7, without "urn:ietf:params:acme:error:"
  std::string_view detail;
  bool binding = false;  // a binding of an account (7.3.4) that is none of ours: somebody may be guessing
};

// What our ACME servers have done since the start, one after the other as the configuration changes, and what the log
// hears of it: of refusals of one kind so many in a minute, and then how many there were besides. Any thread.
class ServerTally {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr unsigned kLinesInAMinute = 10;

  void count_issued();

  // Counts it, and writes the event acme-server.refused. A nonce that was used before is counted alone: clients are to
  // ask again with another one (6.5).
  void refused(const Refusal& refusal, Clock::time_point now = Clock::now());

  std::uint64_t issued() const;
  // All types there are, also those that nothing was refused with; "binding" by itself, and "other".
  std::vector<std::pair<std::string_view, std::uint64_t>> refusals() const;

 private:
  static constexpr std::array<std::string_view, 20> kTypes = {"accountDoesNotExist",
                                                              "alreadyRevoked",
                                                              "badCSR",
                                                              "badNonce",
                                                              "badPublicKey",
                                                              "badRevocationReason",
                                                              "binding",
                                                              "connection",
                                                              "dns",
                                                              "externalAccountRequired",
                                                              "incorrectResponse",
                                                              "invalidContact",
                                                              "malformed",
                                                              "orderNotReady",
                                                              "rateLimited",
                                                              "rejectedIdentifier",
                                                              "serverInternal",
                                                              "unauthorized",
                                                              "unsupportedIdentifier",
                                                              "other"};
  struct Kind {
    std::uint64_t count = 0;
    Clock::time_point since{};  // the minute that is counted
    unsigned lines = 0;         // in it
    std::uint64_t silent = 0;   // refusals that no line tells of yet
  };

  mutable std::mutex mutex_;
  std::uint64_t issued_ = 0;  // under mutex_, as the rest
  std::array<Kind, kTypes.size()> kinds_;
};

}  // namespace pforte::acme
