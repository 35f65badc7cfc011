#include "gate/cache_turn.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"
#include "cache/storing.h"
#include "gate/metrics.h"
#include "gate/rewrite.h"

namespace pforte::gate {

using http::Field;
using http::FieldName;
using http::Method;

namespace {

cache::Time time_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// Conditions and parts that a stored answer does not serve.
bool asks_for_more(const Field& field) {
  constexpr std::array<std::string_view, 4> kNames = {"range", "if-range", "if-match", "if-unmodified-since"};
  return std::ranges::any_of(kNames, [&](std::string_view name) { return equals_ignoring_case(field.name, name); });
}

bool is_condition(const Field& field) {
  return equals_ignoring_case(field.name, "if-none-match") || equals_ignoring_case(field.name, "if-modified-since");
}

// Beside what the gate says itself, applications and what they are built of may believe these about scheme, host and
// path; CGI takes a field for another one that differs in what is neither letter nor digit. An answer may depend on
// any of them although it does not say so by Vary, and then others would be given what somebody has chosen for them.
bool may_tell_the_origin(const Field& field) {
  constexpr std::array<std::string_view, 8> kNames = {"x-host",         "x-http-host-override", "x-original-host",
                                                      "x-original-url", "x-rewrite-url",        "x-url-scheme",
                                                      "x-script-name",  "front-end-https"};
  switch (field.known) {
    case FieldName::XOriginalUrl:
    case FieldName::XRewriteUrl:
    case FieldName::Other:
      break;
    default:
      return false;  // goes its own way
  }
  auto is_word = [](char c) { return is_alphanumeric(c) || c == '-'; };
  if (!std::ranges::all_of(field.name, is_word)) return true;
  constexpr std::string_view kForwarded = "x-forwarded-";
  if (equals_ignoring_case(field.name.substr(0, kForwarded.size()), kForwarded)) return true;
  return std::ranges::any_of(kNames, [&](std::string_view name) { return equals_ignoring_case(field.name, name); });
}

// What a listed proxy says there about whom the client asked, and how, is handed on.
bool forwards_origin(const Field& field) {
  if (field.known != FieldName::Forwarded) return false;
  std::string said = lowered(field.value);
  return said.contains("host") || said.contains("proto");
}

// No line break is in any of it. The path comes first, so that all below one can be found.
std::string key_of(const http::RequestHead& request, const CacheTurn::Asker& asker) {
  return cat(cache_key_prefix(asker.site), asker.path, request.query, '\n', asker.scheme, "://", request.authority, ' ',
             asker.host);
}

}  // namespace

std::string cache_key_prefix(std::string_view site) {
  return cat(site, '\n');
}

CacheTurn::CacheTurn(cache::ResponseCache& cache, Metrics& metrics, const CacheConfig* config,
                     const http::RequestHead& request, const Asker& asker)
    : cache_(cache),
      metrics_(metrics),
      config_(config),
      request_(request),
      asked_(cache::parse_cache_control(request.fields)),
      now_(time_now()),
      key_(key_of(request, asker)),
      backend_(asker.backend),
      own_names_(asker.own_names),
      by_agent_(asker.is_agent || request.find(FieldName::Cookie) || request.find(FieldName::Authorization)),
      takes_part_(takes_part(asker)),
      epoch_(takes_part_ ? cache.epoch(key_) : 0),
      conditional_(std::ranges::any_of(request.fields, is_condition)) {
  if (!config) return;
  bool reads = request.method == Method::Get || request.method == Method::Head;
  if (!takes_part_) forwarded_for_ = reads ? "bypass" : "method";
}

bool CacheTurn::takes_part(const Asker& asker) const {
  if (!config_ || asker.is_told || asked_.no_store) return false;
  if (request_.method != Method::Get && request_.method != Method::Head) return false;
  // Fields that Connection names do not reach the application, so that what Vary says of them would not be true.
  if (request_.connection_names_fields) return false;
  // What it changes of the answer is not in the key.
  if (request_.body.kind != http::Framing::Kind::None || request_.wants_upgrade) return false;
  return std::ranges::none_of(request_.fields, [&](const Field& field) {
    return asks_for_more(field) || overrides_method(field) || may_tell_the_origin(field) ||
           (asker.is_believed && forwards_origin(field));
  });
}

cache::Wanted CacheTurn::wanted() const {
  return {.key = key_, .backend = backend_, .request = request_.fields, .by_agent = by_agent_, .epoch = epoch_};
}

cache::Journey CacheTurn::journey() const {
  return {.asked = now_, .arrived = std::max(now_, time_now())};
}

const cache::StoredResponse* CacheTurn::answer() {
  if (given_) return stored_.get();
  if (!takes_part_) return nullptr;
  cache::ResponseCache::Found found = cache_.find(wanted());
  stored_ = std::move(found.response);
  given_ = stored_ && cache::use_of(*stored_, asked_, now_) == cache::Use::Give;
  if (given_) {
    metrics_.cache_hits.add();
    return stored_.get();
  }
  metrics_.cache_misses.add();
  if (!stored_) {
    forwarded_for_ = found.other_variants ? "vary-miss" : "uri-miss";
  } else {
    bool fresh = stored_->freshness().time_to_live(now_) > cache::Seconds(0) && !stored_->control().no_cache;
    forwarded_for_ = fresh ? "request" : "stale";
  }
  return nullptr;
}

// A client that has conditions of its own is answered by the application.
bool CacheTurn::asks_again() const {
  return stored_ && !conditional_ && request_.method == Method::Get && (stored_->etag() || stored_->last_modified());
}

void CacheTurn::add_conditions(http::Fields& request) const {
  if (!asks_again()) return;
  if (auto etag = stored_->etag()) request.push_back({"If-None-Match", *etag, FieldName::Other});
  if (auto date = stored_->last_modified()) request.push_back({"If-Modified-Since", *date, FieldName::Other});
}

bool CacheTurn::is_confirmed(const http::ResponseHead& answer) {
  if (answer.status != 304 || !asks_again() || !cache::is_confirmed(*stored_, answer.fields)) return false;
  forward_status_ = answer.status;
  auto fresh = cache::refresh(cache_, wanted(), *stored_, answer.fields, journey());
  if (fresh) stored_ = std::move(fresh);
  given_ = true;
  return true;
}

// The gate's own fields say who asks, or how; a client's of that name do not select anything.
bool CacheTurn::is_selectable(const http::Fields& answer) const {
  std::optional<cache::Selection> selection = cache::Selection::of(answer, request_.fields);
  return selection && std::ranges::none_of(selection->fields(), [this](const auto& one) {
           return is_set_by_gate({one.first, {}, http::known_field(one.first)}, own_names_);
         });
}

void CacheTurn::note(const http::ResponseHead& answer, http::Framing::Kind framing) {
  forward_status_ = answer.status;
  bool changes = !http::is_safe(request_.method) && answer.status >= 200 && answer.status < 400;
  if (changes) cache_.remove(key_);
  if (!takes_part_ || request_.method != Method::Get) return;
  cache::CacheControl control = cache::parse_cache_control(answer.fields);
  cache::Freshness freshness = cache::freshness_of(answer.fields, control, journey());
  // Whether one that ends with its connection is whole, nobody knows (RFC 9112, 8).
  bool has_end = framing != http::Framing::Kind::UntilClose;
  if (has_end && cache::may_store(wanted(), answer, control, freshness) && is_selectable(answer.fields)) {
    bool length_known = answer.body.kind == http::Framing::Kind::Length;
    std::size_t expected = length_known ? answer.body.length : 0;
    std::size_t most = std::min<std::size_t>(config_->entry, cache_.limit() / 4);
    recording_ = cache::Recording::begin(cache_, wanted(), answer, freshness, expected, most);
    will_be_stored_ = recording_ && (length_known || answer.body.kind == http::Framing::Kind::None);
  } else if (stored_ && answer.status < 500 && answer.status != 304) {
    cache_.remove(key_);
  }
}

void CacheTurn::take(std::string_view piece) {
  if (recording_ && !recording_->take(piece)) recording_.reset();
}

void CacheTurn::finish() {
  if (!recording_) return;
  if (recording_->finish()) metrics_.cache_stored.add();
  recording_.reset();
}

std::string_view CacheTurn::status() {
  if (forwarded_for_.empty() && !given_) return {};
  if (forwarded_for_.empty()) {
    status_ = cat("pforte; hit; ttl=", stored_->freshness().time_to_live(now_).count());
    return status_;
  }
  status_ = cat("pforte; fwd=", forwarded_for_);
  if (given_) status_ += cat("; fwd-status=", forward_status_);
  if (will_be_stored_) status_ += "; stored";
  return status_;
}

}  // namespace pforte::gate
