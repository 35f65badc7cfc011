#include "authority/ocsp_responder.h"

#include <utility>

#include "base/bytes.h"
#include "base/text.h"

namespace pforte::authority {
namespace {

using crypto::OcspContent;
using crypto::OcspRefusal;
using crypto::OcspStatus;

OcspReply refused(OcspRefusal refusal) {
  return {.der = crypto::ocsp_refusal(refusal)};
}

// Serial numbers that we never gave are not known to be good (RFC 6960, 2.2).
Result<OcspStatus> status_of(store::Store& store, const std::string& issuer, const crypto::OcspId& id) {
  Result<LedgerEntry> entry = Ledger(store).find(to_hex(id.serial));
  if (!entry && entry.error().kind() == Kind::NotFound) return OcspStatus{.state = OcspStatus::State::Unknown};
  if (!entry) return std::unexpected(std::move(entry).error());
  if (entry->issuer != issuer) return OcspStatus{.state = OcspStatus::State::Unknown};
  if (!entry->revoked) return OcspStatus{.state = OcspStatus::State::Good};
  return OcspStatus{.state = OcspStatus::State::Revoked, .revoked = *entry->revoked, .reason = int(entry->reason)};
}

// Equal for equal answers. Empty: not to be kept, since everybody could ask for another one.
std::string key_of(const OcspContent& content) {
  if (content.nonce || content.all.size() != 1) return {};
  const OcspContent::One& one = content.all.front();
  if (one.status.state == OcspStatus::State::Unknown) return {};
  return cat(one.status.state == OcspStatus::State::Good ? 'g' : 'r', one.id.der);
}

}  // namespace

OcspReply OcspResponder::answer(store::Store& store, std::string_view request, UtcTime now) {
  if (request.size() > kMostOcspBytes) return refused(OcspRefusal::Malformed);
  Result<OcspReply> reply = reply_to(store, request, now);
  if (reply) return *std::move(reply);
  return refused(reply.error().kind() == Kind::Invalid ? OcspRefusal::Malformed : OcspRefusal::TryLater);
}

Result<OcspReply> OcspResponder::reply_to(store::Store& store, std::string_view request, UtcTime now) {
  crypto::OcspRequest asked = TRY(crypto::read_ocsp_request(request));
  OcspContent content{.this_update = now, .next_update = now + lifetime_, .nonce = std::move(asked.nonce)};
  std::string issuer = authority_->intermediate().key_id();
  for (crypto::OcspId& id : asked.ids) {
    if (!crypto::is_issued_by(id, *authority_->intermediate().x509)) return refused(OcspRefusal::Unauthorized);
    OcspStatus status = TRY(status_of(store, issuer, id));
    content.all.push_back({.id = std::move(id), .status = status});
  }
  std::string key = key_of(content);
  if (std::optional<OcspReply> known = kept(key, now)) return *std::move(known);
  if (!may_sign(now)) return refused(OcspRefusal::TryLater);
  OcspReply reply = TRY(sign(content));
  keep(key, reply);
  return reply;
}

Result<OcspReply> OcspResponder::sign(const OcspContent& content) {
  std::string der = TRY(crypto::make_ocsp_answer(content, {authority_->intermediate().x509.get(), authority_->key()}));
  return OcspReply{.der = std::move(der),
                   .cacheable = !content.nonce,
                   .this_update = content.this_update,
                   .next_update = content.next_update};
}

bool OcspResponder::may_sign(UtcTime now) {
  std::lock_guard lock(mutex_);
  if (second_ != now) {
    second_ = now;
    signatures_ = 0;
  }
  return ++signatures_ <= kMostSignatures;
}

// In the second half of its life it is signed anew.
std::optional<OcspReply> OcspResponder::kept(const std::string& key, UtcTime now) {
  std::lock_guard lock(mutex_);
  auto found = kept_.find(key);
  if (key.empty() || found == kept_.end()) return std::nullopt;
  if (now < found->second.this_update || now >= found->second.this_update + lifetime_ / 2) return std::nullopt;
  return found->second;
}

void OcspResponder::keep(const std::string& key, const OcspReply& reply) {
  std::lock_guard lock(mutex_);
  if (key.empty()) return;
  if (kept_.size() >= kMostKept) kept_.clear();
  kept_.insert_or_assign(key, reply);
}

}  // namespace pforte::authority
