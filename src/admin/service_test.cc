#include "admin/service.h"

#include <doctest/doctest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "admin/openapi.h"
#include "base/text.h"
#include "http/h1_server.h"
#include "net/memory_pipe.h"
#include "net/testing.h"

namespace pforte::admin {

namespace {

net::Task<> followed() {
  co_return {};
}

net::Task<ReloadOutcome> reloaded(bool ok) {
  ReloadOutcome outcome;
  outcome.ok = ok;
  if (!ok) {
    outcome.problems.push_back({.severity = "error",
                                .file = "pforte.toml",
                                .line = 3,
                                .column = 1,
                                .code = "conf.unknown-key",
                                .what = {"unknown key", "unbekannter Schlüssel"},
                                .remedy = {"delete it", "löschen Sie ihn"}});
  }
  co_return outcome;
}

net::Task<SignInDocument> sign_in_of(std::string reference) {
  co_return SignInDocument{.found = reference != "forgotten", .json = cat("{\"reference\": \"", reference, "\"}\n")};
}

net::Task<RenewalOutcome> renewed(std::string name, bool force) {
  RenewalStatus renewal;
  renewal.names = {name};
  if (!force) renewal.code = "acme.unreachable";
  co_return RenewalOutcome{.known = name != "unknown", .renewals = {renewal}};
}

net::Task<> captured(http::Exchange& exchange) {
  http::Page page = http::text_page(200, cat("blocks", exchange.request().query));
  co_await http::answer(exchange, page);
  co_return {};
}

Sources sources_with(bool ok) {
  Sources sources;
  sources.status = [] {
    Status status;
    status.version = "0.1.0";
    status.pid = 7;
    status.sites = {{.hosts = {"crm.example.com"}, .backend = "crm", .certificate_expires = {}}};
    ServerStatus server;
    server.url = "http://10.0.0.11:8080";
    server.state = ServerStatus::State::Ejected;
    status.backends = {{.name = "crm", .servers = {server}}};
    status.capture = CaptureStatus{.by = "susan", .filter = "client 192.0.2.7/32", .begun = {}, .until = {}};
    status.listeners = {{.address = "[::]:443", .kind = "https"}};
    return status;
  };
  sources.metrics = [] { return std::string("pforte_client_connections 0\n"); };
  sources.reload = [ok] { return reloaded(ok); };
  sources.follow = followed;
  sources.cache = [] { return CacheFacts{.bytes = 5, .limit = 7, .entries = 1}; };
  sources.purge = [](std::string_view site, std::string_view path) {
    return site.empty() || (site == "a.example" && path == "/x y") ? std::optional<std::size_t>(3) : std::nullopt;
  };
  sources.capture = captured;
  sources.end_capture = [](std::uint64_t) {};
  sources.sign_in = sign_in_of;
  sources.renew = renewed;
  return sources;
}

std::string answer_to(Door door, std::string_view request, bool reload_ok = true) {
  net::Loop loop;
  net::MemoryPipe pipe;
  Sources sources = sources_with(reload_ok);
  AdminService service(sources, door);
  http::ServerLimits limits;
  http::H1Server server(loop, pipe.right, service, limits);
  std::array<std::string_view, 1> pieces{request};
  pipe.left.try_write(pieces);
  pipe.left.finish();
  CHECK(net::run(loop, server.run()));
  std::string all(65536, '\0');
  all.resize(pipe.left.try_read(all).bytes);
  return all;
}

std::string ask(Door door, std::string_view method, std::string_view path, std::string_view host = "127.0.0.1:8444") {
  return answer_to(door, cat(method, ' ', path, " HTTP/1.1\r\nHost: ", host, "\r\n\r\n"));
}

std::string body_of(std::string_view answer) {
  return std::string(answer.substr(answer.find("\r\n\r\n") + 4));
}

std::string_view status_of(std::string_view answer) {
  return answer.substr(9, 3);
}

}  // namespace

TEST_CASE("only addresses and localhost are this machine's own names") {
  for (std::string_view own :
       {"127.0.0.1", "127.0.0.1:8444", "[::1]:8444", "[::1]", "localhost", "LOCALHOST:1", "192.0.2.1:8444"}) {
    CAPTURE(own);
    CHECK(is_own_host(own));
  }
  for (std::string_view foreign : {"evil.example", "evil.example:8444", "localhost.evil.example",
                                   "127.0.0.1.evil.example", "1.2.3", "", "[::1", "0x7f.1"}) {
    CAPTURE(foreign);
    CHECK_FALSE(is_own_host(foreign));
  }
}

TEST_CASE("answers are taken out of the cache by site and path, through the control socket") {
  std::string done = ask(Door::Control, "POST", "/api/v1/cache/purge?site=a.example&path=%2Fx+y");
  CHECK(status_of(done) == "200");
  CHECK(body_of(done) == "{\"purged\": 3}\n");
  CHECK(status_of(ask(Door::Control, "POST", "/api/v1/cache/purge?site=b.example")) == "404");
  CHECK(body_of(ask(Door::Control, "GET", "/api/v1/cache")) == "{\"bytes\": 5, \"limit\": 7, \"entries\": 1}\n");
}

TEST_CASE("what is asked for over the network is answered by method and path") {
  struct Row {
    std::string_view method, path, status;
  };
  const Row rows[] = {
      {"GET", "/", "200"},
      {"HEAD", "/", "200"},
      {"GET", "/metrics", "200"},
      {"GET", "/api/v1/status", "200"},
      {"GET", "/api/v1/openapi.json", "200"},
      {"GET", "/nothing", "404"},
      {"POST", "/metrics", "405"},
      {"DELETE", "/", "405"},
      {"POST", "/nothing", "404"},
      {"GET", "/api/v1/reload", "405"},
      {"GET", "/api/v1/follow", "405"},
      {"POST", "/api/v1/follow", "403"},
      {"GET", "/api/v1/cache", "200"},
      {"POST", "/api/v1/cache", "405"},
      {"GET", "/api/v1/cache/purge", "405"},
      {"POST", "/api/v1/cache/purge", "403"},
      {"POST", "/api/v1/reload", "403"},
      {"GET", "/api/v1/capture", "405"},
      {"POST", "/api/v1/capture", "403"},
      {"POST", "/api/v1/capture/end", "403"},
      {"OPTIONS", "/metrics", "405"},
      {"GET", "/api/v1/sign-ins/x", "403"},
      {"POST", "/api/v1/sign-ins/x", "405"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.method);
    CAPTURE(row.path);
    CHECK(status_of(ask(Door::Network, row.method, row.path)) == row.status);
  }
}

TEST_CASE("a foreign name is refused over the network, whatever is asked") {
  for (std::string_view path : {"/", "/metrics", "/api/v1/status", "/api/v1/reload"}) {
    CHECK(status_of(ask(Door::Network, "GET", path, "evil.example:8444")) == "421");
    CHECK(status_of(ask(Door::Network, "POST", path, "evil.example:8444")) == "421");
  }
}

TEST_CASE("a refusal has a reference, and a 405 says what is allowed") {
  std::string answer = ask(Door::Network, "POST", "/metrics");
  CHECK(answer.find("Pforte-Reference: admin-") != std::string::npos);
  CHECK(answer.find("Allow: GET, HEAD\r\n") != std::string::npos);
}

TEST_CASE("a reload through the control socket tells what came of it") {
  std::string_view request = "POST /api/v1/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
  std::string done = answer_to(Door::Control, request);
  CHECK(status_of(done) == "200");
  CHECK(nlohmann::json::parse(body_of(done))["ok"] == true);
  std::string refused = answer_to(Door::Control, request, false);
  CHECK(status_of(refused) == "422");
  nlohmann::json outcome = nlohmann::json::parse(body_of(refused));
  CHECK(outcome["ok"] == false);
  CHECK(outcome["problems"][0]["line"] == 3);
  CHECK(outcome["problems"][0]["what"]["de"] == "unbekannter Schlüssel");
}

TEST_CASE("the status is JSON with sites, listeners, backends and their servers") {
  nlohmann::json status = nlohmann::json::parse(body_of(ask(Door::Network, "GET", "/api/v1/status")));
  CHECK(status["version"] == "0.1.0");
  CHECK(status["sites"][0]["hosts"][0] == "crm.example.com");
  CHECK(status["sites"][0]["certificate_expires"].is_null());
  CHECK(status["backends"][0]["servers"][0]["state"] == "ejected");
  CHECK(status["backends"][0]["servers"][0]["since"] == "1970-01-01T00:00:00Z");
  CHECK(status["listeners"][0]["kind"] == "https");
}

TEST_CASE("a capture is had through the control socket alone, and only there it is told whom it is about") {
  std::string blocks = ask(Door::Control, "POST", "/api/v1/capture?for=1000");
  CHECK(body_of(blocks) == "blocks?for=1000");
  CHECK(status_of(ask(Door::Control, "GET", "/api/v1/capture")) == "405");
  CHECK(status_of(ask(Door::Control, "POST", "/api/v1/capture/end?number=1")) == "200");
  CHECK(status_of(ask(Door::Control, "POST", "/api/v1/capture/end")) == "400");
  CHECK(nlohmann::json::parse(body_of(ask(Door::Control, "GET", "/api/v1/status")))["capture"]["by"] == "susan");
  CHECK(nlohmann::json::parse(body_of(ask(Door::Network, "GET", "/api/v1/status")))["capture"].is_null());
}

TEST_CASE("a sign-in is told through the control socket, and why nothing is known of one") {
  std::string found = ask(Door::Control, "GET", "/api/v1/sign-ins/x");
  CHECK(status_of(found) == "200");
  nlohmann::json told = nlohmann::json::parse(body_of(found));
  CHECK(told["reference"] == "x");
  std::string nothing = ask(Door::Control, "GET", "/api/v1/sign-ins/forgotten");
  CHECK(status_of(nothing) == "404");
  CHECK(nlohmann::json::parse(body_of(nothing))["reference"] == "forgotten");
}

TEST_CASE("renewing through the control socket tells what came of it") {
  std::string done = ask(Door::Control, "POST", "/api/v1/renewals?name=a.example&force=yes");
  CHECK(status_of(done) == "200");
  nlohmann::json outcome = nlohmann::json::parse(body_of(done));
  CHECK(outcome["ok"] == true);
  CHECK(outcome["renewals"][0]["names"][0] == "a.example");
  CHECK(nlohmann::json::parse(body_of(ask(Door::Control, "POST", "/api/v1/renewals?name=a.example")))["ok"] == false);
  CHECK(status_of(ask(Door::Control, "POST", "/api/v1/renewals?name=unknown")) == "404");
  CHECK(status_of(ask(Door::Control, "POST", "/api/v1/renewals?name=%zz")) == "400");
  CHECK(status_of(ask(Door::Network, "POST", "/api/v1/renewals")) == "403");
}

TEST_CASE("the OpenAPI document lists exactly what is answered") {
  nlohmann::json document = nlohmann::json::parse(openapi_document());
  for (const auto& [path, operations] : document["paths"].items()) {
    CAPTURE(path);
    for (const auto& [method, operation] : operations.items()) {
      std::string upper = method == "get" ? "GET" : "POST";
      std::string asked = path.substr(0, path.find('{'));  // a parameter may be anything
      if (asked != path) asked += "x";
      char before = '?';
      for (const auto& parameter : operation.value("parameters", nlohmann::json::array())) {
        bool needed = parameter["in"] == "query" && parameter.value("required", false);
        if (needed) asked += cat(std::exchange(before, '&'), parameter["name"].get<std::string>(), "=1");
      }
      CHECK(status_of(ask(Door::Control, upper, asked)) == "200");
    }
  }
  CHECK(document["paths"].size() == 11);
  nlohmann::json status = nlohmann::json::parse(body_of(ask(Door::Network, "GET", "/api/v1/status")));
  const nlohmann::json& listed = document["components"]["schemas"]["Status"]["properties"];
  CHECK(status.size() == listed.size());
  for (const auto& [key, value] : status.items()) CHECK(listed.contains(key));
}

TEST_CASE("what is no HTTP gets a page too") {
  CHECK(status_of(answer_to(Door::Network, "GET / HTTP/1.1\r\nHost : x\r\n\r\n")) == "400");
}

}  // namespace pforte::admin
