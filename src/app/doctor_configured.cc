#include "app/doctor_configured.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "app/configured_subjects.h"
#include "app/doctor_view.h"
#include "app/switched_off.h"
#include "app/unread_configuration.h"
#include "base/ascii.h"
#include "base/text.h"
#include "conf/problem.h"
#include "doctor/all_ended.h"
#include "gate/plan.h"
#include "gate/sign_in.h"
#include "policy/preset.h"

namespace pforte::app {
namespace {

constexpr std::size_t kGateHop = 1;  // of a path that begins at the clients
constexpr std::string_view kSharedConnectionCode = "conf.passthrough-coalescing";

Complaint without_configuration(const std::string& file, const conf::Problems& problems) {
  Complaint why = unread_configuration(file, problems);
  why.remedy.en += "; without a configuration, name what is to be examined: url, path, ...";
  why.remedy.de += "; ohne Konfiguration nennen, was zu untersuchen ist: url, path, ...";
  return why;
}

// What one path of the configuration consists of: the gate, a server behind it, or both.
struct ConfiguredPath {
  std::optional<doctor::GateSubject> gate;
  std::optional<doctor::PathSubject> server;
  SwitchedOff off = {};
};

// What the gate itself answers for.
void tell_what_is_off(const SwitchedOff& off, doctor::Path& path) {
  for (const doctor::DrainedBackend& backend : off.backends) doctor::tell_drained(backend, kGateHop, path);
  for (const doctor::StoppedService& service : off.services)
    doctor::tell_stopped_service(service, off.nobody_signs_in, kGateHop, path);
}

net::Task<> examine_configured(const doctor::Setting& setting, std::shared_ptr<const PathView> view,
                               ConfiguredPath parts, doctor::Path& path) {
  std::vector<net::Task<>> ends;
  if (parts.gate) ends.push_back(doctor::examine_gate(setting, view->names, *parts.gate, path));
  if (parts.server) ends.push_back(doctor::examine_end(setting, view->names, *parts.server, path));
  co_await doctor::all_ended(std::move(ends));
  // Behind what explains more: that the gate does not run.
  tell_what_is_off(parts.off, path);
  co_return {};
}

// Makes the examinations of a configuration.
class Configured {
 public:
  Configured(const DoctorCall& call, std::shared_ptr<const PathView> view, gate::Config config,
             Examinations& examinations)
      : call_(call),
        view_(std::move(view)),
        config_(std::move(config)),
        examinations_(examinations),
        off_(switched_off(config_)) {
    judge_files();
  }

  void add_site(const gate::SiteConfig& site, const std::string& host) {
    auto backend =
        std::ranges::find(config_.backends, site.backend.value,
                          [](const gate::BackendConfig& one) -> const std::string& { return one.name.value; });
    std::vector<Server> servers;
    if (backend != config_.backends.end() && looked_at_.insert(backend->name.value).second) {
      for (const gate::ServerConfig& server : backend->servers) {
        servers.push_back({.name = cat(backend->name.value, ' ', url_of(server)),
                           .subject = subject_of_server(*backend, server, trust_)});
      }
    }
    add_paths(host, site.preset, std::move(servers), part_of(off_, site));
  }

  void add_passthrough(const gate::PassthroughConfig& passthrough, const std::string& host) {
    std::vector<Server> servers;
    for (const gate::ServerConfig& server : passthrough.servers) {
      std::string name = doctor::host_port(server.host, server.port);
      servers.push_back({.name = std::move(name), .subject = subject_of_passed(*view_, passthrough, server, host)});
    }
    add_paths(host, nullptr, std::move(servers), {});
  }

  bool add_host(const std::string& host) {
    for (const gate::SiteConfig& site : config_.sites) {
      if (!has(site.hosts, host)) continue;
      add_site(site, host);
      return true;
    }
    for (const gate::PassthroughConfig& passthrough : config_.passthroughs) {
      if (!has(passthrough.hosts, host)) continue;
      add_passthrough(passthrough, host);
      return true;
    }
    return false;
  }

  void add_all() {
    for (const gate::SiteConfig& site : config_.sites)
      for (const conf::Text& host : site.hosts) add_site(site, host.value);
    for (const gate::PassthroughConfig& passthrough : config_.passthroughs)
      for (const conf::Text& host : passthrough.hosts) add_passthrough(passthrough, host.value);
    for (const gate::ListenerConfig& listener : config_.listeners) {
      if (&listener != listener_for_sites(config_)) add_listener(listener);
    }
    for (OutwardSubject& outward : outward_subjects(config_, *view_, trust_)) {
      doctor::Path path = doctor::path_to(outward.subject.destination, {"gate", "Tor"}, outward.name);
      outward.subject.hop = path.hops().size() - 1;
      add({.gate = std::nullopt, .server = std::move(outward.subject)}, std::move(path));
    }
  }

  std::string known_hosts() const {
    std::vector<std::string> names;
    for (const gate::SiteConfig& site : config_.sites)
      for (const conf::Text& host : site.hosts) names.push_back(host.value);
    for (const gate::PassthroughConfig& passthrough : config_.passthroughs)
      for (const conf::Text& host : passthrough.hosts) names.push_back(host.value);
    return joined(names, ", ");
  }

 private:
  struct Server {
    std::string name;
    doctor::PathSubject subject;
  };

  // A wildcard stands for exactly one label.
  static bool has(const std::vector<conf::Text>& hosts, const std::string& host) {
    return std::ranges::any_of(hosts, [&](const conf::Text& one) {
      if (one.value == host || one.value == "*") return true;
      return one.value.starts_with("*.") && host.find('.') != std::string::npos &&
             host.substr(host.find('.')) == one.value.substr(1);
    });
  }

  // The first server stands behind the gate in the same path, the others each in one that begins at the gate. `preset`:
  // whose context paths are asked for; null: none.
  void add_paths(const std::string& host, const policy::Preset* preset, std::vector<Server> servers, SwitchedOff off) {
    std::optional<doctor::GateSubject> gate = subject_of_host(config_, *view_, host);
    if (gate && preset != nullptr) gate->site.context_paths = preset->paths;
    if (gate && !broken_.empty()) gate->mend = check_command();
    std::vector<doctor::Hop> hops = {{.name = {"client", "Client"}, .reached = true}, {.name = {"gate", "Tor"}}};
    ConfiguredPath parts{.gate = std::move(gate), .server = std::nullopt, .off = std::move(off)};
    if (!servers.empty()) {
      hops.push_back({.name = {servers.front().name, servers.front().name}});
      parts.server = std::move(servers.front().subject);
      parts.server->hop = 2;
    }
    add(parts, doctor::Path(cat("site ", host), std::move(hops)));
    tell_what_is_broken(*examinations_.back().path);
    tell_shared_connections(host, *examinations_.back().path);
    for (std::size_t i = 1; i < servers.size(); ++i) {
      doctor::Path path(servers[i].name,
                        {{.name = {"gate", "Tor"}, .reached = true}, {.name = {servers[i].name, servers[i].name}}});
      servers[i].subject.hop = 1;
      add({.gate = std::nullopt, .server = std::move(servers[i].subject)}, std::move(path));
    }
  }

  void add_listener(const gate::ListenerConfig& listener) {
    doctor::Path path(cat("listener ", listener.address.to_text()),
                      {{.name = {"client", "Client"}, .reached = true}, {.name = {"gate", "Tor"}}});
    add({.gate = subject_of_listener(config_, *view_, listener), .server = std::nullopt}, std::move(path));
  }

  void add(const ConfiguredPath& parts, doctor::Path path) {
    examinations_.push_back({.path = std::make_unique<doctor::Path>(std::move(path)),
                             .work = [&setting = call_.setting, view = view_, parts](doctor::Path& examined) {
                               return examine_configured(setting, view, parts, examined);
                             }});
  }

  // As `pforte check` does, but for what needs the state folder.
  void judge_files() {
    conf::Problems problems;
    gate::SiteNames numbered;
    gate::PlanParts parts{.previous = nullptr, .numbered = numbered, .inventory = nullptr, .sign_in = {}};
    gate::make_plan(config_, parts, problems);
    gate::check_sign_in_files(config_, problems);
    for (const conf::Problem& problem : problems.in_order()) {
      if (problem.code == kSharedConnectionCode) shared_.push_back(problem);
      if (problem.severity == conf::Severity::Error) broken_.push_back(problem);
    }
  }

  void tell_what_is_broken(doctor::Path& path) const {
    if (broken_.empty()) return;
    const conf::Problem& first = broken_.front();
    Message text = {cat(conf::to_text(first.place), ": ", first.what.en),
                    cat(conf::to_text(first.place), ": ", first.what.de)};
    doctor::tell_configuration(broken_.size(), text, check_command(), kGateHop, path);
  }

  std::string check_command() const { return cat("pforte check --config ", config_.file); }

  // At the path of the host in whose line of the file it was found.
  void tell_shared_connections(const std::string& host, doctor::Path& path) {
    for (const conf::Problem& problem : shared_) {
      if (line_of(host) == problem.place.line)
        doctor::tell_shared_connection(problem.what, problem.remedy, kGateHop, path);
    }
  }

  unsigned line_of(const std::string& host) const {
    for (const gate::PassthroughConfig& passthrough : config_.passthroughs)
      for (const conf::Text& one : passthrough.hosts)
        if (one.value == host) return one.place.line;
    return 0;
  }

  const DoctorCall& call_;
  std::shared_ptr<const PathView> view_;
  gate::Config config_;
  Examinations& examinations_;
  SwitchedOff off_;
  ConfiguredTrust trust_;
  std::vector<conf::Problem> shared_;
  std::vector<conf::Problem> broken_;             // keep the gate from loading it
  std::set<std::string, std::less<>> looked_at_;  // backends whose servers stand in a path already
};

Answer<Configured> configured(const DoctorCall& call, Examinations& examinations) {
  std::string file = config_file(call.line);
  conf::Problems problems;
  std::optional<gate::Config> config = gate::read_config(file, problems);
  if (!config) return std::unexpected(without_configuration(file, problems));
  std::shared_ptr<const PathView> view = TRY(path_view_of(call));
  return Configured(call, std::move(view), *std::move(config), examinations);
}

}  // namespace

Answer<void> add_site(const DoctorCall& call, const std::string& host, Examinations& examinations) {
  Configured all = TRY(configured(call, examinations));
  if (all.add_host(lowered(host))) return {};
  std::string known = all.known_hosts();
  return std::unexpected(Complaint(kInvalidInput,
                                   {cat("no site has the host ", host), cat("keine Site hat den Host ", host)},
                                   {cat("there are: ", known), cat("es gibt: ", known)}));
}

Answer<void> add_everything(const DoctorCall& call, Examinations& examinations) {
  Configured all = TRY(configured(call, examinations));
  all.add_all();
  return {};
}

}  // namespace pforte::app
