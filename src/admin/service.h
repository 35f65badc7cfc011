#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "admin/status.h"
#include "http/exchange.h"
#include "http/page.h"
#include "net/address.h"

namespace pforte::admin {

// What is known of the sign-in of one request, as JSON; or why nothing is.
struct SignInDocument {
  bool found = false;
  std::string json;
};

// What the cache of answers takes, in bytes, and may take.
struct CacheFacts {
  std::size_t bytes = 0;
  std::size_t limit = 0;
  std::size_t entries = 0;
};

// What the operator's pages show and do; the application wires it. Called on the thread that serves them.
struct Sources {
  std::function<Status()> status;
  std::function<std::string()> metrics;              // Prometheus text
  std::function<net::Task<ReloadOutcome>()> reload;  // must not fail: what went wrong is a problem
  std::function<net::Task<SignInDocument>(std::string reference)> sign_in;       // must not fail
  std::function<net::Task<RenewalOutcome>(std::string name, bool force)> renew;  // must not fail; see acme::Renewer
  std::function<net::Task<>()> follow;  // takes over what a command has changed in the store; fails as the store does
  std::function<CacheFacts()> cache = {};
  // Takes answers of a site, empty: of all, out of the cache, those below a path. How many; none: there is no such
  // site.
  std::function<std::optional<std::size_t>(std::string_view site, std::string_view path)> purge = {};
  // Answers with a capture, as long as it lasts; ends the one with this number.
  std::function<net::Task<>(http::Exchange& exchange)> capture = {};
  std::function<void(std::uint64_t number)> end_capture = {};
};

// The way a request came.
enum class Door : std::uint8_t {
  Network,  // TCP: nobody has signed in, so it may read and change nothing
  Control,  // the control socket, which only the gate's own user can open
};

// The operator's own pages: /, /metrics, /api/v1/status, /api/v1/openapi.json, and behind the control socket
// /api/v1/sign-ins/REFERENCE, which names people, POST /api/v1/reload, /api/v1/follow and
// /api/v1/renewals?name=HOST&force=yes and /api/v1/cache/purge?site=HOST&path=PREFIX (all may be left out), and POST
// /api/v1/capture with what the source wants, and /api/v1/capture/end?number=N.
class AdminService final : public http::Service {
 public:
  // `sources` must outlive the service.
  AdminService(const Sources& sources, Door door) : sources_(sources), door_(door) {}

  net::Task<> serve(http::Exchange& exchange) override;
  net::Task<> refuse(http::Exchange& exchange, http::Refusal refusal) override;

 private:
  net::Task<http::Page> page_for(const http::RequestHead& request);
  net::Task<http::Page> sign_in_page(std::string_view reference);
  http::Page purge(const http::RequestHead& request);
  http::Page end_capture(const http::RequestHead& request);
  net::Task<http::Page> renewal(const http::RequestHead& request);
  net::Task<http::Page> deed(const http::RequestHead& request);
  http::Page read_page(std::string_view path, const http::RequestHead& request);
  http::Page refused(int status, std::string_view code, const http::RequestHead& request);

  const Sources& sources_;
  Door door_;
};

// Whether a Host field names this machine by address or as localhost. A page from elsewhere whose name has been
// pointed at 127.0.0.1 (DNS rebinding) sends its own name.
bool is_own_host(std::string_view authority);

}  // namespace pforte::admin
