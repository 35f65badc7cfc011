#pragma once

#include <memory>
#include <string>

#include "cache/recording.h"
#include "gate/cache_config.h"
#include "http/message.h"

namespace pforte::gate {

class Metrics;

// One request before the cache: what there is for it, and what becomes of the application's answer. It never crosses
// agents: of a request in which the application is told who asks, nothing is taken from the cache and nothing stored.
//
// Source: RFC 9111; RFC 9211 for what is said about it.
class CacheTurn {
 public:
  struct Asker {
    std::string_view site;     // its name
    std::string_view scheme;   // as the client sees it
    std::string_view host;     // as the application is told
    std::string_view path;     // what is forwarded
    std::string_view backend;  // its name

    bool is_told = false;                                 // the application learns who asks, or the connection tells it
    bool is_agent = false;                                // has signed in, whether the application learns of it or not
    bool is_believed = false;                             // the client is a proxy whose Forwarded is handed on
    const std::vector<std::string>* own_names = nullptr;  // of fields the gate sets, see Rewriting
  };
  // All must outlive it. `config`: null where only changes are to be noticed.
  CacheTurn(cache::ResponseCache& cache, Metrics& metrics, const CacheConfig* config, const http::RequestHead& request,
            const Asker& asker);

  // The answer to give without asking the application; null: it has to be asked.
  const cache::StoredResponse* answer();
  // The client wants nothing but what is stored, and nothing is (RFC 9111, 5.2.1.7: 504).
  bool is_in_vain() const { return asked_.only_if_cached && takes_part_ && !given_; }

  // What the request to the application has in addition, so that a 304 may be enough.
  void add_conditions(http::Fields& request) const;
  // Whether the application says that what is stored is still right: then answer() has it, with this message's news.
  bool is_confirmed(const http::ResponseHead& answer);
  // The application's answer: stored if it may be, and what it changes is dropped. `framing` is that of the
  // application. Before take().
  void note(const http::ResponseHead& answer, http::Framing::Kind framing);
  void take(std::string_view piece);
  // The answer was complete.
  void finish();

  // The value of Cache-Status for this gate; empty: it has nothing to say. Valid until the next call.
  std::string_view status();

  cache::Time now() const { return now_; }

 private:
  bool takes_part(const Asker& asker) const;
  bool asks_again() const;
  bool is_selectable(const http::Fields& answer) const;
  cache::Wanted wanted() const;
  cache::Journey journey() const;

  cache::ResponseCache& cache_;
  Metrics& metrics_;
  const CacheConfig* config_;
  const http::RequestHead& request_;
  cache::CacheControl asked_;
  cache::Time now_;
  std::string key_;
  std::string_view backend_;
  const std::vector<std::string>* own_names_;
  bool by_agent_;
  bool takes_part_;
  std::uint64_t epoch_;       // of what is kept, when it began
  bool conditional_ = false;  // the client asks for what it does not have yet

  std::shared_ptr<const cache::StoredResponse> stored_;  // to be given, or to be asked about
  std::unique_ptr<cache::Recording> recording_;
  bool given_ = false;
  bool will_be_stored_ = false;
  std::string_view forwarded_for_;  // the reason, as RFC 9211 names it; empty: not forwarded
  int forward_status_ = 0;
  std::string status_;
};

// The beginning of the keys of a site; a path may follow.
std::string cache_key_prefix(std::string_view site);

}  // namespace pforte::gate
