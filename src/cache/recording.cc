#include "cache/recording.h"

#include "cache/storing.h"

namespace pforte::cache {

namespace {

std::unique_ptr<StoredResponse> draft(ResponseCache& cache, const Wanted& wanted, const http::ResponseHead& head,
                                      const Freshness& freshness) {
  std::optional<Selection> selection = Selection::of(head.fields, wanted.request);
  if (!selection) return nullptr;
  Charge charge = cache.charge();
  if (!cache.grow(charge, StoredResponse::cost_of(wanted, *selection, head))) return nullptr;
  return std::make_unique<StoredResponse>(wanted, *std::move(selection), head, freshness, std::move(charge));
}

}  // namespace

std::unique_ptr<Recording> Recording::begin(ResponseCache& cache, const Wanted& wanted, const http::ResponseHead& head,
                                            const Freshness& freshness, std::size_t expected, std::size_t most) {
  if (expected > most) return nullptr;
  std::unique_ptr<StoredResponse> response = draft(cache, wanted, head, freshness);
  if (!response) return nullptr;
  std::unique_ptr<Recording> out(new Recording(cache, std::move(response), wanted.epoch, most));
  if (!out->make_room(expected)) return nullptr;
  return out;
}

// While a string grows, it is there twice.
bool Recording::make_room(std::size_t bytes) {
  std::size_t before = body_.capacity();
  if (bytes <= before) return true;
  if (!cache_.grow(charge_, bytes)) return false;
  body_.reserve(bytes);
  std::size_t right = body_.capacity();
  if (right > charge_.bytes() && !cache_.grow(charge_, right - charge_.bytes())) return false;
  charge_.reduce(charge_.bytes() - right);
  return true;
}

bool Recording::take(std::string_view piece) {
  std::size_t size = body_.size() + piece.size();
  if (size > most_) return false;
  if (size > body_.capacity() && !make_room(std::min(std::max(size, 2 * body_.capacity()), most_))) return false;
  body_ += piece;
  return true;
}

bool Recording::finish() {
  response_->give_body(std::make_shared<const StoredBody>(std::move(body_), std::move(charge_)));
  return cache_.store(std::move(response_), epoch_);
}

std::shared_ptr<const StoredResponse> refresh(ResponseCache& cache, const Wanted& wanted, const StoredResponse& stored,
                                              const http::Fields& not_modified, Journey journey) {
  http::ResponseHead head;
  head.status = stored.status();
  head.fields = freshened(stored.fields(), not_modified);
  CacheControl control = parse_cache_control(head.fields);
  Freshness freshness = freshness_of(head.fields, control, journey);
  std::unique_ptr<StoredResponse> response = draft(cache, wanted, head, freshness);
  if (response) response->give_body(stored.shared_body());
  std::shared_ptr<const StoredResponse> shared = std::move(response);
  if (!may_store(wanted, head, control, freshness)) {
    cache.remove(wanted.key);
  } else if (shared) {
    cache.store(shared, wanted.epoch);
  }
  return shared;
}

}  // namespace pforte::cache
