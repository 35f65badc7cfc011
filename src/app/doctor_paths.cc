#include "app/doctor_paths.h"

#include <cstdlib>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "app/doctor_view.h"
#include "app/settings_sheet.h"
#include "base/printable.h"
#include "base/text.h"
#include "doctor/destination.h"
#include "doctor/path_examination.h"
#include "doctor/typed_address.h"
#include "gate/config.h"
#include "policy/preset.h"

namespace pforte::app {

// What the configuration of this machine serves, where there is one.
struct ServedHere {
  std::optional<gate::Config> config;
  std::vector<doctor::ServedAddress> addresses;
};

namespace {

// What was typed otherwise than the configuration has it explains why nobody gets there; where somebody does, it is but
// good to know: what stands in front of the gate may have ports and names of its own.
net::Task<> examine_typed(const doctor::Setting& setting, std::shared_ptr<const PathView> view,
                          doctor::PathSubject subject, std::optional<doctor::Finding> mistake, doctor::Path& path) {
  co_await doctor::examine_end(setting, view->names, std::move(subject), path);
  if (mistake) {
    bool gets_there = path.worst() != doctor::Level::Error;
    if (gets_there && mistake->level == doctor::Level::Error) mistake->level = doctor::Level::Note;
    path.tell(*std::move(mistake));
  }
  co_return {};
}

// Read at the first call: there may be hundreds of subjects. What is wrong with the configuration is told elsewhere.
std::shared_ptr<const ServedHere> served_here(const DoctorCall& call) {
  if (call.shared.served) return call.shared.served;
  ServedHere served;
  std::string file = config_file(call.line);
  std::error_code missing;
  conf::Problems untold;
  if (std::filesystem::exists(file, missing)) served.config = gate::read_draft(file, untold);
  if (served.config) served.addresses = served_addresses(*served.config);
  call.shared.served = std::make_shared<const ServedHere>(std::move(served));
  return call.shared.served;
}

std::optional<doctor::Finding> mistake_in(const ServedHere& served, const doctor::Destination& typed) {
  if (!served.config) return std::nullopt;
  return doctor::judge_typed(typed, served.addresses, is_address_of_gate(*served.config, typed.host));
}

// --preset: the context paths of an application.
Answer<std::span<const std::string_view>> context_paths_in(const CommandLine& line) {
  std::optional<std::string> name = line.value_of("--preset");
  if (!name) return std::span<const std::string_view>();
  if (const policy::Preset* preset = policy::preset_named(*name)) return preset->paths;
  std::string known;
  for (const policy::Preset& preset : policy::presets()) known += cat(known.empty() ? "" : ", ", preset.name);
  return std::unexpected(Complaint(
      kInvalidInput, {cat("there is no preset ", printable(*name)), cat("es gibt kein Preset ", printable(*name))},
      {cat("there are: ", known), cat("es gibt: ", known)}));
}

// Of what curl and most programs go by, without user and password. Empty: none, or it is not to be read.
std::string usual_proxy_for(const doctor::Destination& destination) {
  const char* name = destination.scheme == doctor::Scheme::Http ? "http_proxy" : "https_proxy";
  const char* url = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody changes the environment any more
  if (url == nullptr || destination.via) return "";
  auto proxy = doctor::read_proxy(url);
  return proxy ? doctor::to_text(*proxy) : std::string();
}

Answer<void> add_typed(const DoctorCall& call, std::expected<doctor::Destination, doctor::Unread> read,
                       Examinations& examinations) {
  if (!read) return std::unexpected(complaint_of(read.error()));
  std::shared_ptr<const PathView> view = TRY(path_view_of(call));
  read->via = view->via;
  std::span<const std::string_view> context_paths = TRY(context_paths_in(call.line));
  auto path = std::make_unique<doctor::Path>(doctor::path_to(*read, {"client", "Client"}));
  std::string usual_proxy = usual_proxy_for(*read);
  std::optional<doctor::Finding> mistake = mistake_in(*served_here(call), *read);
  doctor::PathSubject subject{.destination = *std::move(read),
                              .judges = view->judges,
                              .hop = path->hops().size() - 1,
                              .context_paths = context_paths,
                              .expected_issuer = call.line.value_of("--expect-issuer").value_or(""),
                              .usual_proxy = std::move(usual_proxy)};
  examinations.push_back(
      {.path = std::move(path), .work = [&setting = call.setting, view, subject, mistake](doctor::Path& examined) {
         return examine_typed(setting, view, subject, mistake, examined);
       }});
  return {};
}

}  // namespace

Answer<void> add_url(const DoctorCall& call, const std::string& url, Examinations& examinations) {
  return add_typed(call, doctor::read_url(url), examinations);
}

Answer<void> add_host_port(const DoctorCall& call, const std::string& host_port, Examinations& examinations) {
  return add_typed(call, doctor::read_host_port(host_port), examinations);
}

}  // namespace pforte::app
