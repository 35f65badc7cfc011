#include "admin/service.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>

#include "admin/openapi.h"
#include "base/log.h"
#include "base/text.h"
#include "gate/form.h"
#include "gate/metrics.h"
#include "http/authority.h"

namespace pforte::admin {

namespace {

using http::Method;
using http::Page;

constexpr std::string_view kReload = "/api/v1/reload";
constexpr std::string_view kFollow = "/api/v1/follow";
constexpr std::string_view kCache = "/api/v1/cache";
constexpr std::string_view kPurge = "/api/v1/cache/purge";
constexpr std::string_view kCapture = "/api/v1/capture";
constexpr std::string_view kCaptureEnd = "/api/v1/capture/end";
constexpr std::string_view kRenewals = "/api/v1/renewals";
constexpr std::string_view kSignIns = "/api/v1/sign-ins/";

constexpr std::string_view kHome =
    "<!doctype html>\n<html lang=\"en\">\n<head><meta "
    "charset=\"utf-8\"><title>Pforte</title></head>\n<body>\n<h1>Pforte</h1>\n"
    "<ul>\n<li><a href=\"/api/v1/status\">/api/v1/status</a>: what runs</li>\n"
    "<li><a href=\"/metrics\">/metrics</a>: numbers for Prometheus</li>\n"
    "<li><a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>: what can be asked here</li>\n</ul>\n"
    "<p>To load a changed configuration: <code>pforte reload</code></p>\n</body>\n</html>\n";

Page page_of(int status, std::string_view type, std::string body) {
  Page page;
  page.status = status;
  page.fields = {{"Content-Type", std::string(type)},
                 {"Cache-Control", "no-store"},
                 {"Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"},
                 {"X-Content-Type-Options", "nosniff"}};
  page.body = std::move(body);
  return page;
}

// Leads from a page to the line in the log; unlike those of the gate's exchanges, which are not made here.
std::string new_reference() {
  static std::atomic<unsigned> count{0};
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return cat("admin-", std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), '-', ++count);
}

// What changes something, so that it is asked for by POST.
bool is_deed(std::string_view path) {
  return path == kReload || path == kFollow || path == kRenewals || path == kPurge || path == kCapture ||
         path == kCaptureEnd;
}

// A parameter's form, without its question mark.
Result<gate::Form> parameters_of(const http::RequestHead& request) {
  std::string_view query = request.query;
  if (query.starts_with('?')) query.remove_prefix(1);
  return gate::Form::read(query);
}

}  // namespace

bool is_own_host(std::string_view authority) {
  std::string_view port = http::port_of(authority);
  std::string_view host = authority;
  if (!port.empty()) host.remove_suffix(port.size() + 1);
  if (equals_ignoring_case(host, "localhost")) return true;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return net::parse_ip(host).has_value();
}

net::Task<> AdminService::serve(http::Exchange& exchange) {
  bool captures = exchange.request().path == kCapture && exchange.request().method == Method::Post;
  if (captures && door_ == Door::Control) {
    net::Task<> capture = sources_.capture(exchange);
    co_await std::move(capture);
    co_return {};
  }
  Page page = co_await page_for(exchange.request());
  co_await http::answer(exchange, page);
  co_return {};
}

net::Task<> AdminService::refuse(http::Exchange& exchange, http::Refusal refusal) {
  Page page = refused(refusal.status, refusal.code, exchange.request());
  co_await http::answer(exchange, page);
  co_return {};
}

net::Task<Page> AdminService::page_for(const http::RequestHead& request) {
  if (door_ == Door::Network && !is_own_host(request.authority)) {
    co_return refused(421, "admin.foreign-host", request);
  }
  bool reads = request.method == Method::Get || request.method == Method::Head;
  if (reads && request.path.starts_with(kSignIns)) {
    if (door_ == Door::Network) co_return refused(403, "admin.not-signed-in", request);
    Page page = co_await sign_in_page(request.path.substr(kSignIns.size()));
    co_return page;
  }
  if (!is_deed(request.path)) {
    bool known = request.path.starts_with(kSignIns);
    Page page = known ? Page() : read_page(request.path, request);
    if (!known && (reads || page.status != 200)) co_return page;
    page = refused(405, "admin.method", request);
    page.fields.emplace_back("Allow", "GET, HEAD");
    co_return page;
  }
  if (request.method != Method::Post) {
    Page page = refused(405, "admin.method", request);
    page.fields.emplace_back("Allow", "POST");
    co_return page;
  }
  if (door_ == Door::Network) co_return refused(403, "admin.not-signed-in", request);
  Page page = co_await deed(request);
  co_return page;
}

net::Task<Page> AdminService::sign_in_page(std::string_view reference) {
  net::Task<SignInDocument> search = sources_.sign_in(std::string(reference));
  SignInDocument told = co_await std::move(search);
  co_return page_of(told.found ? 200 : 404, "application/json", std::move(told.json));
}

// Lasts as long as the CA takes.
net::Task<Page> AdminService::renewal(const http::RequestHead& request) {
  Result<gate::Form> asked = parameters_of(request);
  if (!asked) co_return refused(400, asked.error().code(), request);
  bool force = asked->text("force") == "yes";
  net::Task<RenewalOutcome> renew = sources_.renew(std::string(asked->text("name")), force);
  RenewalOutcome came = co_await std::move(renew);
  co_return page_of(came.known ? 200 : 404, "application/json", to_json(came));
}

Page AdminService::purge(const http::RequestHead& request) {
  Result<gate::Form> asked = parameters_of(request);
  if (!asked) return refused(400, asked.error().code(), request);
  std::optional<std::size_t> purged = sources_.purge(asked->text("site"), asked->text("path"));
  if (!purged) return refused(404, "admin.unknown-site", request);
  return page_of(200, "application/json", cat("{\"purged\": ", *purged, "}\n"));
}

Page AdminService::end_capture(const http::RequestHead& request) {
  Result<gate::Form> asked = parameters_of(request);
  if (!asked) return refused(400, asked.error().code(), request);
  std::string text = asked->text("number");
  std::uint64_t number = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return refused(400, "capture.terms", request);
  sources_.end_capture(number);
  return page_of(200, "application/json", "{\"ok\":true}\n");
}

net::Task<Page> AdminService::deed(const http::RequestHead& request) {
  if (request.path == kCaptureEnd) co_return end_capture(request);
  if (request.path == kPurge) co_return purge(request);
  if (request.path == kRenewals) {
    Page page = co_await renewal(request);
    co_return page;
  }
  if (request.path == kFollow) {
    net::Task<> follow = sources_.follow();
    Result<> followed = co_await outcome(std::move(follow));
    if (!followed) co_return refused(503, followed.error().code(), request);
    co_return page_of(200, "application/json", "{\"ok\":true}\n");
  }
  net::Task<ReloadOutcome> reload = sources_.reload();
  ReloadOutcome came = co_await std::move(reload);
  co_return page_of(came.ok ? 200 : 422, "application/json", to_json(came));
}

Page AdminService::read_page(std::string_view path, const http::RequestHead& request) {
  if (path == "/") return page_of(200, "text/html; charset=utf-8", std::string(kHome));
  if (path == "/metrics") return page_of(200, gate::kPrometheusType, sources_.metrics());
  if (path == "/api/v1/status") {
    Status status = sources_.status();
    // It names people.
    if (door_ == Door::Network) status.capture.reset();
    return page_of(200, "application/json", to_json(status));
  }
  if (path == kCache) {
    CacheFacts facts = sources_.cache();
    return page_of(
        200, "application/json",
        cat("{\"bytes\": ", facts.bytes, ", \"limit\": ", facts.limit, ", \"entries\": ", facts.entries, "}\n"));
  }
  if (path == "/api/v1/openapi.json") return page_of(200, "application/json", std::string(openapi_document()));
  return refused(404, "admin.unknown-path", request);
}

Page AdminService::refused(int status, std::string_view code, const http::RequestHead& request) {
  std::string reference = new_reference();
  log::warning("admin.refused", {{"reference", reference},
                                 {"status", status},
                                 {"reason", code},
                                 {"method", request.method_text},
                                 {"path", request.path},
                                 {"host", request.authority}});
  return http::error_page(status, code, reference, request);
}

}  // namespace pforte::admin
