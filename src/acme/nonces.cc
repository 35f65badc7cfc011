#include "acme/nonces.h"

#include "crypto/random.h"

namespace pforte::acme {
namespace {

constexpr std::size_t kMostNoncesKept = 10'000;

}  // namespace

std::string Nonces::give() {
  std::string nonce = crypto::random_id();
  std::lock_guard lock(mutex_);
  open_.insert(nonce);
  order_.push_back(nonce);
  if (order_.size() > kMostNoncesKept) {
    open_.erase(order_.front());
    order_.pop_front();
  }
  return nonce;
}

bool Nonces::take(const std::string& nonce) {
  std::lock_guard lock(mutex_);
  return open_.erase(nonce) == 1;
}

}  // namespace pforte::acme
