#include "app/backend_command.h"

#include <algorithm>
#include <vector>

#include "base/printable.h"
#include "base/text.h"
#include "conf/nearest.h"
#include "gate/config.h"
#include "gate/drains.h"
#include "gate/server_config.h"

namespace pforte::app {
namespace {

// Those it knows, with what was probably meant.
Message known_of(const std::string& name, const std::vector<std::string>& known) {
  std::vector<std::string_view> candidates(known.begin(), known.end());
  if (auto meant = conf::nearest(name, candidates))
    return {cat("did you mean ", *meant, '?'), cat("ist ", *meant, " gemeint?")};
  std::string all = joined(known, ", ");
  return {cat("there are: ", all), cat("es gibt: ", all)};
}

// What a configuration with errors says of its backends is good enough for whoever takes a server out.
Answer<gate::BackendConfig> backend_named(const StoreCall& call, const std::string& name) {
  conf::Problems problems;
  std::optional<gate::Config> config = gate::read_draft(config_file(call.line), problems);
  std::vector<std::string> names;
  if (config) {
    for (gate::BackendConfig& backend : config->backends) {
      if (backend.name.value == name) return std::move(backend);
      names.push_back(backend.name.value);
    }
  }
  if (names.empty()) call.print_problems(problems);
  std::string shown = printable(name);
  return std::unexpected(
      Complaint(kInvalidInput,
                {cat("the configuration has no backend ", shown), cat("die Konfiguration hat kein Backend ", shown)},
                known_of(name, names)));
}

// The URLs that are meant: that of the second operand, or all.
Answer<std::vector<std::string>> servers_meant(const StoreCall& call, const gate::BackendConfig& backend) {
  std::vector<std::string> urls;
  urls.reserve(backend.servers.size());
  for (const gate::ServerConfig& server : backend.servers) urls.push_back(gate::url_of(server));
  const std::string& asked = call.line.second_operand;
  if (asked.empty()) return urls;
  conf::Problems untold;
  std::optional<gate::ServerConfig> server = gate::read_server_config(conf::Text{asked, {}}, untold);
  std::string url = server ? gate::url_of(*server) : asked;
  if (std::ranges::find(urls, url) != urls.end()) return std::vector{url};
  std::string shown = printable(asked);
  return std::unexpected(Complaint(kInvalidInput,
                                   {cat("backend ", backend.name.value, " has no server ", shown),
                                    cat("Backend ", backend.name.value, " hat keinen Server ", shown)},
                                   known_of(url, urls)));
}

void warn_of_none_left(const StoreCall& call, const gate::BackendConfig& backend, const gate::Drains& drains) {
  auto drained = [&](const gate::ServerConfig& one) { return drains.contains(backend.name.value, gate::url_of(one)); };
  if (!std::ranges::all_of(backend.servers, drained)) return;
  call.warn({cat("every server of backend ", backend.name.value, " is drained: its requests are answered with 503"),
             cat("alle Server des Backends ", backend.name.value, " sind ausgeleitet: Anfragen erhalten 503")},
            {cat("pforte backend undrain ", backend.name.value), cat("pforte backend undrain ", backend.name.value)});
}

Answer<int> set_drained(const StoreCall& call, bool drained) {
  gate::BackendConfig backend = TRY(backend_named(call, call.line.operand));
  const std::string& name = backend.name.value;
  std::vector<std::string> urls = TRY(servers_meant(call, backend));
  std::string text_en, text_de, list;
  for (const std::string& url : urls) {
    bool changed = TRY(gate::set_drained(call.store, name, url, drained));
    text_en += cat(text_en.empty() ? "" : "\n", url, drained ? " is drained" : " gets requests again",
                   changed ? "" : ", as before");
    text_de += cat(text_de.empty() ? "" : "\n", url, drained ? " ist ausgeleitet" : " erhält wieder Anfragen",
                   changed ? "" : ", wie zuvor");
    list += cat(list.empty() ? "" : ", ", "{\"url\": \"", url, "\", \"drained\": ", drained ? "true" : "false",
                ", \"changed\": ", changed ? "true" : "false", "}");
  }
  call.tell({text_en, text_de}, cat("{\"backend\": \"", name, "\", \"servers\": [", list, "]}\n"));
  if (drained) warn_of_none_left(call, backend, TRY(gate::Drains::read(call.store)));
  return kDone;
}

}  // namespace

Answer<int> drain_backend(const StoreCall& call) {
  return set_drained(call, true);
}

Answer<int> undrain_backend(const StoreCall& call) {
  return set_drained(call, false);
}

}  // namespace pforte::app
