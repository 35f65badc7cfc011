#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "authority/authority.h"
#include "crypto/ocsp_making.h"

namespace pforte::authority {

constexpr auto kOcspLifetime = std::chrono::hours(24);
// The longest request that is looked at, in bytes of DER.
constexpr std::size_t kMostOcspBytes = 4096;

// An OCSP answer and how long it may be kept by whoever has it (RFC 5019, 6).
struct OcspReply {
  std::string der;
  bool cacheable = false;  // signed, and the same for everybody
  UtcTime this_update = {}, next_update = {};
};

// Tells of certificates of the intermediate whether they were revoked, as the store has it at this moment (RFC 6960,
// RFC 5019). Signs itself: the intermediate is the responder. May be asked on several threads; blocks on the store.
//
// What is asked without a nonce is signed once for each certificate and state, and remembered; so many answers a second
// are signed at most, and then clients are told to come again.
class OcspResponder {
 public:
  explicit OcspResponder(std::shared_ptr<const Authority> authority, std::chrono::seconds lifetime = kOcspLifetime)
      : authority_(std::move(authority)), lifetime_(lifetime) {}

  // Never fails: what is wrong becomes an answer that says so.
  OcspReply answer(store::Store& store, std::string_view request, UtcTime now);

  static constexpr std::size_t kMostKept = 10'000;       // answers
  static constexpr std::uint32_t kMostSignatures = 500;  // a second

 private:
  Result<OcspReply> reply_to(store::Store& store, std::string_view request, UtcTime now);
  Result<OcspReply> sign(const crypto::OcspContent& content);
  bool may_sign(UtcTime now);
  std::optional<OcspReply> kept(const std::string& key, UtcTime now);
  void keep(const std::string& key, const OcspReply& reply);

  std::shared_ptr<const Authority> authority_;
  std::chrono::seconds lifetime_;
  std::mutex mutex_;  // of what follows; nobody signs or waits while they have it
  std::unordered_map<std::string, OcspReply> kept_;
  UtcTime second_ = {};
  std::uint32_t signatures_ = 0;  // in this second
};

}  // namespace pforte::authority
