#include "gate/metrics.h"

#include <algorithm>

#include "base/text.h"

namespace pforte::gate {

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

constexpr std::array<std::string_view, 6> kClasses{"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

// Microseconds as seconds, exact: "0.0025", "30".
std::string seconds_text(std::int64_t us) {
  std::string out = cat(us / 1'000'000);
  std::int64_t rest = us % 1'000'000;
  if (rest == 0) return out;
  std::string digits = cat(1'000'000 + rest);
  digits.front() = '.';
  digits.erase(digits.find_last_not_of('0') + 1);
  return out + digits;
}

std::int64_t unix_seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

// Writes the text format.
// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
class Exposition {
 public:
  struct Label {
    std::string_view name;
    std::string_view value;
  };
  using Labels = std::initializer_list<Label>;

  void family(std::string_view name, std::string_view type, std::string_view help) {
    out_ += cat("# HELP ", name, ' ', help, "\n# TYPE ", name, ' ', type, '\n');
  }
  void sample(std::string_view name, Labels labels, std::string_view value) {
    out_ += name;
    char separator = '{';
    for (const Label& label : labels) {
      out_ += separator;
      out_.append(label.name).append("=\"");
      append_value(label.value);
      out_ += '"';
      separator = ',';
    }
    if (labels.size() > 0) out_ += '}';
    out_ += ' ';
    out_.append(value).append("\n");
  }
  void sample(std::string_view name, Labels labels, std::int64_t value) { sample(name, labels, cat(value)); }

  // A family of one sample.
  void single(std::string_view name, std::string_view type, std::string_view help, std::int64_t value) {
    family(name, type, help);
    sample(name, {}, value);
  }

  std::string take() { return std::move(out_); }

 private:
  void append_value(std::string_view value) {
    for (char c : value) {
      if (c == '\\' || c == '"') out_ += '\\';
      if (c == '\n') {
        out_ += "\\n";
      } else {
        out_ += c;
      }
    }
  }

  std::string out_;
};

// The sums over the workers.
class Sums {
 public:
  explicit Sums(std::span<const Metrics* const> workers) : workers_(workers) {}

  std::int64_t of(Counter Metrics::* counter) const {
    std::int64_t sum = 0;
    for (const Metrics* worker : workers_) sum += (worker->*counter).value();
    return sum;
  }
  // Of one number of many: `numbers` gives that with the index.
  std::int64_t of(const Counter& (Metrics::*numbers)(std::size_t) const, std::size_t index) const {
    std::int64_t sum = 0;
    for (const Metrics* worker : workers_) sum += (worker->*numbers)(index).value();
    return sum;
  }
  // Of one number of a site, picked by `pick`.
  template <class Pick>
  std::int64_t of_site(std::size_t index, Pick pick) const {
    std::int64_t sum = 0;
    for (const Metrics* worker : workers_) {
      if (const Metrics::Site* site = worker->site(index)) sum += pick(*site).value();
    }
    return sum;
  }

 private:
  std::span<const Metrics* const> workers_;
};

void append_requests(Exposition& out, const Sums& sums, const std::vector<std::string>& sites) {
  out.family("pforte_requests_total", "counter", "Requests that have ended, by site and class of status.");
  for (std::size_t site = 0; site < sites.size(); ++site) {
    for (std::size_t code = 0; code < kClasses.size(); ++code) {
      std::int64_t count = sums.of_site(site, [code](const Metrics::Site& s) -> auto& { return s.requests[code]; });
      out.sample("pforte_requests_total", {{"site", sites[site]}, {"code", kClasses[code]}}, count);
    }
  }
}

void append_durations(Exposition& out, const Sums& sums, const std::vector<std::string>& sites) {
  constexpr std::string_view kName = "pforte_request_duration_seconds";
  out.family(kName, "histogram", "Time from the end of a request's head to the end of its answer, without tunnels.");
  for (std::size_t site = 0; site < sites.size(); ++site) {
    std::int64_t count = 0;
    for (std::size_t i = 0; i <= Metrics::kBuckets.size(); ++i) {
      count += sums.of_site(site, [i](const Metrics::Site& s) -> auto& { return s.durations[i]; });
      std::string end = i < Metrics::kBuckets.size() ? seconds_text(Metrics::kBuckets[i]) : "+Inf";
      out.sample(cat(kName, "_bucket"), {{"site", sites[site]}, {"le", end}}, count);
    }
    std::int64_t us = sums.of_site(site, [](const Metrics::Site& s) -> auto& { return s.duration_us; });
    out.sample(cat(kName, "_sum"), {{"site", sites[site]}}, seconds_text(us));
    out.sample(cat(kName, "_count"), {{"site", sites[site]}}, count);
  }
}

void append_site_counter(Exposition& out, const Sums& sums, const std::vector<std::string>& sites,
                         std::string_view name, std::string_view help, Counter Metrics::Site::* counter) {
  out.family(name, "counter", help);
  for (std::size_t site = 0; site < sites.size(); ++site) {
    std::int64_t count = sums.of_site(site, [counter](const Metrics::Site& s) -> auto& { return s.*counter; });
    out.sample(name, {{"site", sites[site]}}, count);
  }
}

void append_connections(Exposition& out, const Sums& sums) {
  out.single("pforte_client_connections", "gauge", "Connections of clients that are open.",
             sums.of(&Metrics::client_connections));
  out.single("pforte_client_connections_accepted_total", "counter", "Connections of clients that were accepted.",
             sums.of(&Metrics::clients_accepted));
  out.single("pforte_client_connections_refused_total", "counter",
             "Connections of clients that were closed at once, over the limit.", sums.of(&Metrics::clients_refused));
  out.single("pforte_accept_refusals_total", "counter",
             "Times that the system had no file descriptor left for a client.", sums.of(&Metrics::accept_refusals));
  out.single("pforte_tunnels", "gauge", "Connections that are tunnels after an upgrade, such as WebSockets.",
             sums.of(&Metrics::tunnels));
}

void append_handshakes(Exposition& out, const Sums& sums) {
  out.family("pforte_tls_handshakes_total", "counter", "TLS handshakes with clients that succeeded.");
  out.sample("pforte_tls_handshakes_total", {{"kind", "full"}}, sums.of(&Metrics::handshakes_full));
  out.sample("pforte_tls_handshakes_total", {{"kind", "resumed"}}, sums.of(&Metrics::handshakes_resumed));
  out.family("pforte_tls_handshake_failures_total", "counter", "TLS handshakes with clients that failed, by reason.");
  for (std::size_t i = 0; i < Metrics::kHandshakeReasons.size(); ++i) {
    out.sample("pforte_tls_handshake_failures_total", {{"reason", Metrics::kHandshakeReasons[i]}},
               sums.of(&Metrics::handshake_failures, i));
  }
}

void append_passthroughs(Exposition& out, const Sums& sums) {
  out.single("pforte_passthroughs", "gauge", "Connections that are passed through now.",
             sums.of(&Metrics::passthroughs));
  out.single("pforte_passthrough_connections_total", "counter",
             "Connections of clients that asked for a host whose TLS ends elsewhere.",
             sums.of(&Metrics::passthrough_connections));
  constexpr std::string_view kBytes = "pforte_passthrough_bytes_total";
  out.family(kBytes, "counter", "Bytes that were passed through.");
  out.sample(kBytes, {{"direction", "to_server"}}, sums.of(&Metrics::passthrough_bytes_in));
  out.sample(kBytes, {{"direction", "to_client"}}, sums.of(&Metrics::passthrough_bytes_out));
  constexpr std::string_view kFailures = "pforte_passthrough_failures_total";
  out.family(kFailures, "counter", "Connections that were not passed through, by reason.");
  for (std::size_t i = 0; i < Metrics::kPassthroughFailures.size(); ++i)
    out.sample(kFailures, {{"reason", Metrics::kPassthroughFailures[i]}}, sums.of(&Metrics::passthrough_failures, i));
}

void append_sign_ins(Exposition& out, const Sums& sums) {
  out.family("pforte_sign_ins_total", "counter", "Sessions that began, by what proved who it is.");
  for (std::size_t i = 0; i < Metrics::kSignInMethods.size(); ++i) {
    out.sample("pforte_sign_ins_total", {{"method", Metrics::kSignInMethods[i]}}, sums.of(&Metrics::sign_ins, i));
  }
  out.family("pforte_sign_in_failures_total", "counter", "Tickets, passwords and tokens that were refused.");
  for (std::size_t i = 0; i < Metrics::kSignInProofs.size(); ++i) {
    out.sample("pforte_sign_in_failures_total", {{"proof", Metrics::kSignInProofs[i]}},
               sums.of(&Metrics::sign_in_failures, i));
  }
}

void append_key_drift(Exposition& out, const ProcessFacts& facts) {
  constexpr std::string_view kTickets = "pforte_kerberos_unknown_key_version_tickets_total";
  out.family(kTickets, "counter", "Tickets refused since the keytab lacks their key version.");
  out.sample(kTickets, {{"age", "newer"}}, std::int64_t(facts.newer_key_tickets));
  out.sample(kTickets, {{"age", "older"}}, std::int64_t(facts.older_key_tickets));
  out.single("pforte_kerberos_key_drifts", "gauge", "Newer key versions that tickets name and a keytab lacks.",
             std::int64_t(facts.key_drifts));
}

void append_certificates(Exposition& out, const ProcessFacts& facts) {
  constexpr std::string_view kExpires = "pforte_certificate_expires_seconds";
  out.family(kExpires, "gauge", "Time until a certificate in use ends; negative: since it ended.");
  for (const CertificateExpiry& one : facts.certificates)
    out.sample(kExpires, {{"name", one.name}, {"sha256", one.sha256}, {"source", one.source}}, one.seconds);
}

void append_servers(Exposition& out, const std::vector<ServerHealth>& servers) {
  out.family("pforte_backend_server_up", "gauge", "1: the server gets requests; 0: it is down, left out or drained.");
  for (const ServerHealth& one : servers) {
    out.sample("pforte_backend_server_up", {{"backend", one.backend}, {"server", one.server}}, std::int64_t(one.up));
  }
  out.family("pforte_backend_server_drained", "gauge", "1: an administrator keeps the server from new requests.");
  for (const ServerHealth& one : servers) {
    out.sample("pforte_backend_server_drained", {{"backend", one.backend}, {"server", one.server}},
               std::int64_t(one.drained));
  }
  out.family("pforte_backend_server_requests", "gauge", "Requests that are under way at the server.");
  for (const ServerHealth& one : servers) {
    out.sample("pforte_backend_server_requests", {{"backend", one.backend}, {"server", one.server}},
               std::int64_t(one.requests));
  }
}

void append_lines(Exposition& out, const std::vector<LineFacts>& lines) {
  out.family("pforte_backend_queue_length", "gauge", "Requests that wait for a server with room.");
  for (const LineFacts& one : lines) {
    out.sample("pforte_backend_queue_length", {{"backend", one.backend}}, std::int64_t(one.waiting));
  }
  constexpr std::string_view kLeft = "pforte_backend_queued_total";
  out.family(kLeft, "counter", "Requests that found all servers busy, by what came of it.");
  for (const LineFacts& one : lines) {
    out.sample(kLeft, {{"backend", one.backend}, {"outcome", "served"}}, std::int64_t(one.served));
    out.sample(kLeft, {{"backend", one.backend}, {"outcome", "full"}}, std::int64_t(one.turned_away));
    out.sample(kLeft, {{"backend", one.backend}, {"outcome", "timeout"}}, std::int64_t(one.timed_out));
    out.sample(kLeft, {{"backend", one.backend}, {"outcome", "gone"}}, std::int64_t(one.gave_up));
  }
  constexpr std::string_view kSeconds = "pforte_backend_queue_seconds_total";
  out.family(kSeconds, "counter", "Time that requests have waited for a server with room.");
  for (const LineFacts& one : lines)
    out.sample(kSeconds, {{"backend", one.backend}}, seconds_text(std::int64_t(one.waited_us)));
}

void append_backends(Exposition& out, const Sums& sums, const std::vector<ServerHealth>& servers) {
  out.family("pforte_backend_connections", "gauge", "Connections to backends that are open.");
  out.sample("pforte_backend_connections", {{"state", "busy"}}, sums.of(&Metrics::backend_busy));
  out.sample("pforte_backend_connections", {{"state", "idle"}}, sums.of(&Metrics::backend_idle));
  out.single("pforte_backend_http2_connections", "gauge", "Those of them that speak HTTP/2.",
             sums.of(&Metrics::backend_http2_connections));
  out.single("pforte_backend_http2_streams", "gauge", "Requests that are under way over them.",
             sums.of(&Metrics::backend_http2_streams));
  out.single("pforte_backend_connects_total", "counter", "Connections that were opened to backends.",
             sums.of(&Metrics::backend_connects));
  out.single("pforte_backend_retries_total", "counter", "Further attempts for requests whose first attempt failed.",
             sums.of(&Metrics::retries));
  out.single("pforte_http2_connections_total", "counter", "Connections of clients that speak HTTP/2.",
             sums.of(&Metrics::http2_connections));
  out.single("pforte_http2_abuses_total", "counter",
             "HTTP/2 connections that were ended for resets, pings and the like without end.",
             sums.of(&Metrics::http2_abuses));
  out.single("pforte_misdirected_requests_total", "counter",
             "Requests for a host that the certificate of their connection does not cover (421).",
             sums.of(&Metrics::misdirected));
  out.single("pforte_backend_ejections_total", "counter", "Times that a server was left out after failures.",
             sums.of(&Metrics::ejections));
  append_servers(out, servers);
}

void append_cache(Exposition& out, const Sums& sums, const ProcessFacts& facts) {
  out.single("pforte_cache_hits_total", "counter", "Requests answered from the cache without asking the application.",
             sums.of(&Metrics::cache_hits));
  out.single("pforte_cache_misses_total", "counter", "Requests that the cache might have answered, and could not.",
             sums.of(&Metrics::cache_misses));
  out.single("pforte_cache_stored_total", "counter", "Answers that were stored.", sums.of(&Metrics::cache_stored));
  out.single("pforte_cache_bytes", "gauge", "Memory that the cache takes.", std::int64_t(facts.cache_bytes));
  out.single("pforte_cache_entries", "gauge", "Answers in the cache.", std::int64_t(facts.cache_entries));
}

void append_checks(Exposition& out, const std::vector<ServerHealth>& servers) {
  constexpr std::string_view kChecks = "pforte_backend_checks_total";
  constexpr std::string_view kChanges = "pforte_backend_health_changes_total";
  out.family(kChecks, "counter", "Health checks of servers.");
  for (const ServerHealth& one : servers) {
    if (!one.checked) continue;
    out.sample(kChecks, {{"backend", one.backend}, {"server", one.server}, {"outcome", "passed"}},
               std::int64_t(one.checks_passed));
    out.sample(kChecks, {{"backend", one.backend}, {"server", one.server}, {"outcome", "failed"}},
               std::int64_t(one.checks_failed));
  }
  out.family(kChanges, "counter", "Times that health checks took a server out or in again.");
  for (const ServerHealth& one : servers) {
    if (one.checked)
      out.sample(kChanges, {{"backend", one.backend}, {"server", one.server}}, std::int64_t(one.changes));
  }
}

void append_renewals(Exposition& out, const ProcessFacts& facts) {
  constexpr std::string_view kAttempts = "pforte_acme_attempts_total";
  out.family(kAttempts, "counter", "Attempts to obtain a certificate by ACME.");
  out.sample(kAttempts, {{"outcome", "done"}}, std::int64_t(facts.renewals_succeeded));
  out.sample(kAttempts, {{"outcome", "failed"}}, std::int64_t(facts.renewals_failed));
  constexpr std::string_view kFailures = "pforte_acme_failures";
  out.family(kFailures, "gauge", "Failed attempts in a row, of each certificate that comes by ACME.");
  for (const RenewalFact& one : facts.renewals)
    out.sample(kFailures, {{"names", one.names}}, std::int64_t(one.failures));
  constexpr std::string_view kNext = "pforte_acme_next_attempt_timestamp_seconds";
  out.family(kNext, "gauge", "When the next attempt is due.");
  for (const RenewalFact& one : facts.renewals) {
    if (one.next) out.sample(kNext, {{"names", one.names}}, unix_seconds(*one.next));
  }
}

void append_acme_server(Exposition& out, const AcmeServerFacts& facts) {
  out.single("pforte_acme_server_issued_total", "counter", "Certificates that the company CA has issued by ACME.",
             std::int64_t(facts.issued));
  constexpr std::string_view kRefusals = "pforte_acme_server_refused_total";
  out.family(kRefusals, "counter", "Requests and proofs that the company CA's ACME server has refused.");
  for (const auto& [type, count] : facts.refusals) out.sample(kRefusals, {{"type", type}}, std::int64_t(count));
}

void append_process(Exposition& out, const ProcessFacts& facts) {
  out.single("pforte_access_log_lines_lost_total", "counter", "Lines of the access log that could not be written.",
             std::int64_t(facts.access_log_lines_lost));
  constexpr std::string_view kContacts = "pforte_contacts_total";
  out.family(kContacts, "counter",
             "What was noted of clients: whole records, contacts that were only counted, and lost ones.");
  out.sample(kContacts, {{"written", "whole"}}, std::int64_t(facts.contacts_kept));
  out.sample(kContacts, {{"written", "counted"}}, std::int64_t(facts.contacts_counted));
  out.sample(kContacts, {{"written", "lost"}}, std::int64_t(facts.contacts_lost));
  out.family("pforte_captures", "gauge", "Captures of clients' connections under way.");
  out.sample("pforte_captures", {}, std::int64_t(facts.captures));
  out.family("pforte_reloads_total", "counter", "Reloads of the configuration.");
  out.sample("pforte_reloads_total", {{"outcome", "done"}}, std::int64_t(facts.reloads));
  out.sample("pforte_reloads_total", {{"outcome", "refused"}}, std::int64_t(facts.reloads_refused));
  out.single("pforte_configuration_loaded_timestamp_seconds", "gauge", "When the configuration in force was loaded.",
             unix_seconds(facts.loaded));
  out.single("pforte_start_timestamp_seconds", "gauge", "When the gate started.", unix_seconds(facts.started));
  out.family("pforte_build_info", "gauge", "Always 1; the version is a label.");
  out.sample("pforte_build_info", {{"version", facts.version}}, 1);
}

}  // namespace

std::size_t SiteNames::index_of(std::string_view name) {
  std::lock_guard lock(mutex_);
  auto found = std::ranges::find(names_, name);
  if (found == names_.end()) found = names_.emplace(names_.end(), name);
  return std::size_t(found - names_.begin());
}

std::vector<std::string> SiteNames::all() const {
  std::lock_guard lock(mutex_);
  return names_;
}

void Metrics::count(std::size_t site, const Record& record) {
  Site& series = series_of(site);
  auto first_digit = std::size_t(record.status / 100);
  series.requests[first_digit < series.requests.size() ? first_digit : 0].add();
  if (record.aborted) series.aborted.add();
  series.bytes_in.add(std::int64_t(record.bytes_in));
  series.bytes_out.add(std::int64_t(record.bytes_out));
  if (record.status == 101 || record.begin == net::kNever || record.end == net::kNever) return;
  std::int64_t us = duration_cast<microseconds>(record.end - record.begin).count();
  auto bucket = std::size_t(std::ranges::lower_bound(kBuckets, us) - kBuckets.begin());
  series.durations[bucket].add();
  series.duration_us.add(us);
}

void Metrics::count_handshake_failure(std::string_view reason) {
  auto found = std::size_t(std::ranges::find(kHandshakeReasons, reason) - kHandshakeReasons.begin());
  handshake_failures_[std::min(found, kHandshakeReasons.size() - 1)].add();
}

void Metrics::count_sign_in(std::string_view method) {
  auto found = std::size_t(std::ranges::find(kSignInMethods, method) - kSignInMethods.begin());
  if (found < sign_ins_.size()) sign_ins_[found].add();
}

const Metrics::Site* Metrics::site(std::size_t index) const {
  std::lock_guard lock(growing_);
  return index < sites_.size() ? &sites_[index] : nullptr;
}

// Without the lock as long as nothing grows: only this thread makes it grow, and a deque never moves what it has.
Metrics::Site& Metrics::series_of(std::size_t index) {
  if (index >= sites_.size()) {
    std::lock_guard lock(growing_);
    while (sites_.size() <= index) sites_.emplace_back();
  }
  return sites_[index];
}

std::string prometheus_text(const SiteNames& sites, std::span<const Metrics* const> workers,
                            const ProcessFacts& facts) {
  Exposition out;
  Sums sums(workers);
  std::vector<std::string> names = sites.all();
  append_connections(out, sums);
  append_handshakes(out, sums);
  append_passthroughs(out, sums);
  append_sign_ins(out, sums);
  append_key_drift(out, facts);
  append_requests(out, sums, names);
  append_durations(out, sums, names);
  append_site_counter(out, sums, names, "pforte_requests_aborted_total",
                      "Requests whose answer did not arrive completely.", &Metrics::Site::aborted);
  append_site_counter(out, sums, names, "pforte_request_body_bytes_total", "Bytes of bodies that clients sent.",
                      &Metrics::Site::bytes_in);
  append_site_counter(out, sums, names, "pforte_response_body_bytes_total", "Bytes of bodies that clients were sent.",
                      &Metrics::Site::bytes_out);
  append_backends(out, sums, facts.servers);
  append_cache(out, sums, facts);
  append_lines(out, facts.lines);
  append_checks(out, facts.servers);
  append_certificates(out, facts);
  append_renewals(out, facts);
  if (facts.acme_server) append_acme_server(out, *facts.acme_server);
  append_process(out, facts);
  return out.take();
}

}  // namespace pforte::gate
