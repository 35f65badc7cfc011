#include "gate/metrics.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

#include "base/text.h"

namespace pforte::gate {

namespace {

using namespace std::chrono_literals;

Record record_of(int status, std::chrono::microseconds duration) {
  Record record;
  record.status = status;
  record.begin = net::Instant(1s);
  record.end = record.begin + duration;
  return record;
}

std::string text_of(const SiteNames& sites, std::initializer_list<const Metrics*> workers,
                    const ProcessFacts& facts = {}) {
  return prometheus_text(sites, std::span(workers.begin(), workers.size()), facts);
}

bool has_line(std::string_view text, std::string_view line) {
  return text.find(cat('\n', line, '\n')) != std::string_view::npos;
}

}  // namespace

TEST_CASE("a site keeps its index, and the first is for requests without one") {
  SiteNames sites;
  CHECK(sites.index_of("") == SiteNames::kNone);
  std::size_t crm = sites.index_of("crm");
  std::size_t shop = sites.index_of("shop");
  CHECK(crm != shop);
  CHECK(sites.index_of("crm") == crm);
  CHECK(sites.all() == std::vector<std::string>{"", "crm", "shop"});
}

TEST_CASE("requests are counted by site and class, and summed over the workers") {
  SiteNames sites;
  std::size_t crm = sites.index_of("crm");
  sites.index_of("never-asked");
  Metrics one;
  Metrics other;
  one.count(crm, record_of(200, 1ms));
  one.count(crm, record_of(204, 1ms));
  other.count(crm, record_of(299, 1ms));
  other.count(crm, record_of(502, 1ms));
  other.count(SiteNames::kNone, record_of(400, 1ms));
  other.count(crm, record_of(0, 1ms));
  other.count(crm, record_of(999, 1ms));
  std::string text = text_of(sites, {&one, &other});
  CHECK(has_line(text, R"(pforte_requests_total{site="crm",code="2xx"} 3)"));
  CHECK(has_line(text, R"(pforte_requests_total{site="crm",code="5xx"} 1)"));
  CHECK(has_line(text, R"(pforte_requests_total{site="crm",code="none"} 2)"));
  CHECK(has_line(text, R"(pforte_requests_total{site="",code="4xx"} 1)"));
  CHECK(has_line(text, R"(pforte_requests_total{site="never-asked",code="2xx"} 0)"));
}

TEST_CASE("a duration is in every bucket whose end it does not exceed") {
  SiteNames sites;
  Metrics metrics;
  for (auto duration : {0us, 1000us, 1001us, 2500us, 30'000'000us, 30'000'001us})
    metrics.count(0, record_of(200, duration));
  std::string text = text_of(sites, {&metrics});
  CHECK(has_line(text, R"(pforte_request_duration_seconds_bucket{site="",le="0.001"} 2)"));
  CHECK(has_line(text, R"(pforte_request_duration_seconds_bucket{site="",le="0.0025"} 4)"));
  CHECK(has_line(text, R"(pforte_request_duration_seconds_bucket{site="",le="1"} 4)"));
  CHECK(has_line(text, R"(pforte_request_duration_seconds_bucket{site="",le="30"} 5)"));
  CHECK(has_line(text, R"(pforte_request_duration_seconds_bucket{site="",le="+Inf"} 6)"));
  CHECK(has_line(text, R"(pforte_request_duration_seconds_count{site=""} 6)"));
  CHECK(has_line(text, R"(pforte_request_duration_seconds_sum{site=""} 60.004502)"));
}

TEST_CASE("a tunnel counts as a request and not in the durations") {
  SiteNames sites;
  Metrics metrics;
  metrics.count(0, record_of(101, 1h));
  std::string text = text_of(sites, {&metrics});
  CHECK(has_line(text, R"(pforte_requests_total{site="",code="1xx"} 1)"));
  CHECK(has_line(text, R"(pforte_request_duration_seconds_count{site=""} 0)"));
}

TEST_CASE("failed handshakes have a bounded set of reasons") {
  SiteNames sites;
  Metrics metrics;
  metrics.count_handshake_failure("timeout");
  metrics.count_handshake_failure("what nobody knew");
  std::string text = text_of(sites, {&metrics});
  CHECK(has_line(text, R"(pforte_tls_handshake_failures_total{reason="timeout"} 1)"));
  CHECK(has_line(text, R"(pforte_tls_handshake_failures_total{reason="other"} 1)"));
}

TEST_CASE("who signs in counts by method, and what was refused by its proof") {
  Metrics left, right;
  left.count_sign_in("kerberos");
  right.count_sign_in("kerberos");
  right.count_sign_in("database");
  right.count_sign_in("carrier pigeon");
  right.count_sign_in_failure(Metrics::SignInProof::Ticket);
  std::string text = text_of(SiteNames(), {&left, &right});
  CHECK(has_line(text, R"(pforte_sign_ins_total{method="kerberos"} 2)"));
  CHECK(has_line(text, R"(pforte_sign_ins_total{method="ldap"} 0)"));
  CHECK(has_line(text, R"(pforte_sign_ins_total{method="database"} 1)"));
  CHECK(has_line(text, R"(pforte_sign_in_failures_total{proof="ticket"} 1)"));
  CHECK(has_line(text, R"(pforte_sign_in_failures_total{proof="password"} 0)"));
}

TEST_CASE("connections, servers and the process are shown") {
  SiteNames sites;
  Metrics metrics;
  metrics.client_connections.add(3);
  metrics.client_connections.subtract();
  metrics.backend_busy.add();
  ProcessFacts facts;
  facts.version = "0.1.0";
  facts.access_log_lines_lost = 7;
  facts.servers = {{.backend = "crm",
                    .server = "http://10.0.0.1:80",
                    .up = true,
                    .checked = true,
                    .checks_passed = 5,
                    .checks_failed = 2,
                    .changes = 1},
                   {.backend = "a\"\\\n", .server = "x"}};
  std::string text = text_of(sites, {&metrics}, facts);
  CHECK(text.find("pforte_client_connections 2\n") != std::string::npos);
  CHECK(has_line(text, R"(pforte_backend_connections{state="busy"} 1)"));
  CHECK(has_line(text, R"(pforte_backend_connections{state="idle"} 0)"));
  CHECK(has_line(text, R"(pforte_backend_server_up{backend="crm",server="http://10.0.0.1:80"} 1)"));
  CHECK(has_line(text, R"(pforte_backend_server_up{backend="a\"\\\n",server="x"} 0)"));
  CHECK(has_line(text, R"(pforte_backend_checks_total{backend="crm",server="http://10.0.0.1:80",outcome="passed"} 5)"));
  CHECK(has_line(text, R"(pforte_backend_checks_total{backend="crm",server="http://10.0.0.1:80",outcome="failed"} 2)"));
  CHECK(has_line(text, R"(pforte_backend_health_changes_total{backend="crm",server="http://10.0.0.1:80"} 1)"));
  CHECK(text.find(R"(server="x",outcome=)") == std::string::npos);
  CHECK(has_line(text, "pforte_access_log_lines_lost_total 7"));
  CHECK(has_line(text, R"(pforte_build_info{version="0.1.0"} 1)"));
}

TEST_CASE("every sample has a type, and every family one") {
  SiteNames sites;
  Metrics metrics;
  std::string text = text_of(sites, {&metrics});
  std::string type;
  std::vector<std::string> seen;
  while (!text.empty()) {
    std::string line = text.substr(0, text.find('\n'));
    text.erase(0, line.size() + 1);
    if (line.starts_with("# TYPE ")) {
      type = line.substr(7, line.find(' ', 7) - 7);
      CHECK(std::ranges::find(seen, type) == seen.end());
      seen.push_back(type);
    } else if (!line.starts_with("# HELP ")) {
      CAPTURE(line);
      CHECK(line.starts_with(type));
      CHECK(line.starts_with("pforte_"));
    }
  }
}

TEST_CASE("a scrape may read while the worker counts") {
  SiteNames sites;
  Metrics metrics;
  for (int i = 0; i < 50; ++i) sites.index_of(cat("site-", i));
  std::thread worker([&metrics] {
    for (std::size_t i = 0; i < 5000; ++i) metrics.count(i % 51, record_of(200, 1ms));
  });
  for (int i = 0; i < 20; ++i) text_of(sites, {&metrics});
  worker.join();
  std::string text = text_of(sites, {&metrics});
  CHECK(has_line(text, R"(pforte_requests_total{site="site-0",code="2xx"} 99)"));
}

}  // namespace pforte::gate
