#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cache/budget.h"
#include "cache/cache_control.h"
#include "cache/freshness.h"
#include "http/message.h"

namespace pforte::cache {

// What a request asks for, as far as a cache is concerned.
struct Wanted {
  std::string_view key;      // site, scheme, host, path and query
  std::string_view backend;  // whose answer it would be
  const http::Fields& request;
  bool by_agent = false;    // it carries a session, Authorization or a cookie: only what is public is for it
  std::uint64_t epoch = 0;  // ResponseCache::epoch() when it began
};

// A request's fields that an answer depends on (RFC 9111, 4.1).
class Selection {
 public:
  // None when nothing else could ever match: Vary has "*".
  static std::optional<Selection> of(const http::Fields& answer, const http::Fields& request);

  bool matches(const http::Fields& request) const;
  // Whether one of the fields has such a name.
  bool has(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;  // name and value, the lines of one name joined
};

// The bytes of a stored answer, which a new head may take over.
struct StoredBody {
  std::string bytes;
  Charge charge;
};

// An answer as the application gave it. Does not change once it has its body.
class StoredResponse {
 public:
  // Copies what is needed; `charge` has to have cost_of() it.
  StoredResponse(const Wanted& wanted, Selection selection, const http::ResponseHead& head, const Freshness& freshness,
                 Charge charge);
  // Bytes, without the body's.
  static std::size_t cost_of(const Wanted& wanted, const Selection& selection, const http::ResponseHead& head);
  StoredResponse(const StoredResponse&) = delete;
  StoredResponse& operator=(const StoredResponse&) = delete;
  ~StoredResponse() = default;

  std::string_view key() const { return key_; }
  int status() const { return status_; }
  const http::Fields& fields() const { return fields_; }
  std::string_view body() const { return body_->bytes; }
  std::shared_ptr<const StoredBody> shared_body() const { return body_; }
  // Whether another answer has the same, for whoever is still being given it.
  bool shares_body() const { return body_.use_count() > 1; }
  const CacheControl& control() const { return control_; }
  const Freshness& freshness() const { return freshness_; }
  const Selection& selection() const { return selection_; }

  std::optional<std::string_view> etag() const { return value_of(fields_, "etag"); }
  std::optional<std::string_view> last_modified() const { return value_of(fields_, "last-modified"); }

  // Whether it may answer that request, if it is fresh enough.
  bool fits(const Wanted& wanted) const;
  // Whether it would be told from another of the same key.
  bool replaces(const StoredResponse& other) const;

  void give_body(std::shared_ptr<const StoredBody> body) { body_ = std::move(body); }

 private:
  Charge charge_;
  std::string key_;
  std::string backend_;
  std::string text_;  // of the fields
  int status_;
  http::Fields fields_;  // views into text_
  Selection selection_;
  CacheControl control_;
  Freshness freshness_;
  std::shared_ptr<const StoredBody> body_;
};

}  // namespace pforte::cache
