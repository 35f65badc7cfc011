#include "app/run.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "app/backend_list.h"
#include "app/ca_command.h"
#include "app/capture_command.h"
#include "app/cert_command.h"
#include "app/cert_request.h"
#include "app/certificate_watch.h"
#include "app/check.h"
#include "app/command_help.h"
#include "app/command_line.h"
#include "app/complaint.h"
#include "app/demo.h"
#include "app/doctor_command.h"
#include "app/keytab_command.h"
#include "app/remote.h"
#include "app/running_gate.h"
#include "app/state_folder.h"
#include "app/store_command.h"
#include "app/trust_command.h"
#include "base/german.h"
#include "base/text.h"
#include "base/time.h"
#include "gate/authority_ends.h"
#include "gate/public_authority.h"
#include "gate/wanted_certificates.h"
#include "kerberos/krb5_config.h"

namespace pforte::app {

namespace {

void print(std::FILE* stream, const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

int say(const Said& said) {
  print(stdout, said.out);
  print(stderr, said.err);
  return said.exit;
}

// A store that is not there yet is not made by a check: it would have no certificate either.
std::unique_ptr<CertificateWatch> open_for_check(const gate::Config& config, conf::Problems& problems) {
  std::error_code unknown;
  if (!std::filesystem::exists(cat(config.state_dir, "/pforte.db"), unknown)) return nullptr;
  auto certificates = CertificateWatch::open(config.state_dir);
  if (certificates) return *std::move(certificates);
  problems.warning(config.state_dir_place, certificates.error().code(),
                   {cat("the inventory of certificates cannot be opened: ", certificates.error().text()),
                    cat("der Bestand lässt sich nicht öffnen: ", german_or_same(certificates.error().text()))},
                   remedy_of_state(config.state_dir, certificates.error()));
  return nullptr;
}

// What `pforte check` looks at beyond the text: the same as what a start needs.
void check_files(const gate::Config& config, bool holds, conf::Problems& problems) {
  bool has_folder = check_state_dir(config, problems).has_value();
  gate::SiteNames numbered;
  bool asks_inventory = std::ranges::any_of(config.sites, [](const auto& site) { return site.automatic.has_value(); });
  std::unique_ptr<CertificateWatch> certificates;
  // That the store in it cannot be opened would say the same once more.
  if (asks_inventory && has_folder) certificates = open_for_check(config, problems);
  gate::PlanParts parts{.previous = nullptr,
                        .numbered = numbered,
                        .inventory = certificates ? &certificates->inventory() : nullptr,
                        .sign_in = {}};
  if (holds) gate::make_plan(config, parts, problems);
  if (!holds) gate::check_named_files(config, problems);
  gate::check_acme_files(config, problems);
  gate::check_sign_in_files(config, problems);
  gate::check_authority(config, problems);
  gate::check_authority_ends(config, now_in_seconds(), problems);
}

int serve(const CommandLine& line) {
  std::string file = config_file(line);
  // Before there are threads. What is wrong with the file is told by start().
  conf::Problems untold;
  if (std::optional<conf::Text> state_dir = gate::read_state_dir(file, untold))
    kerberos::point_library_at(state_dir->value);
  RunningGate gate([file](conf::Problems& problems) { return gate::read_config(file, problems); });
  conf::Problems problems;
  Result<> started = gate.start(problems);
  print(stderr, problems_text(problems, line.language, use_color(line.color, isatty(STDERR_FILENO) != 0)));
  if (started) {
    gate.run();
    return 0;
  }
  return started.error().kind() == Kind::Invalid ? kInvalidInput : kSystemRefused;
}

// Commands to a running gate find it by the state folder of its configuration.
template <class Question>
int ask(const CommandLine& line, Question question) {
  conf::Problems problems;
  std::optional<conf::Text> state_dir = gate::read_state_dir(config_file(line), problems);
  if (!state_dir) {
    print(stderr, problems_text(problems, line.language, use_color(line.color, isatty(STDERR_FILENO) != 0)));
    return 2;
  }
  return say(
      question(state_dir->value, {.language = line.language, .json = line.json, .config = line.config.value_or("")}));
}

int ask_gate(const CommandLine& line) {
  switch (line.command) {
    case Command::Status:
      return ask(line, ask_status);
    case Command::Reload:
      return ask(line, ask_reload);
    case Command::Explain:
      return ask(line, [&](const std::string& state_dir, const Manner& manner) {
        return ask_sign_in(state_dir, line.operand, manner);
      });
    case Command::CertRenew:
      return ask(line, [&](const std::string& state_dir, const Manner& manner) {
        return ask_renew(state_dir, line.operand, line.has("--force"), manner);
      });
    case Command::CacheShow:
      return ask(line, ask_cache);
    default:  // Command::CachePurge
      return ask(line, [&](const std::string& state_dir, const Manner& manner) {
        return ask_purge(state_dir, line.operand, line.second_operand, manner);
      });
  }
}

}  // namespace

int run(std::span<const char* const> arguments) {
  auto line = read_command_line(arguments, read_environment());
  if (!line) {
    print(stderr, to_text(line.error()));
    return 2;
  }
  if (line->version) {
    print(stdout, "pforte " PFORTE_VERSION "\n");
    return 0;
  }
  if (line->help) {
    print(stdout, help_text(*line));
    return 0;
  }
  switch (line->command) {
    case Command::Serve:
      return serve(*line);
    case Command::Check:
      return check(*line, check_files);
    case Command::Status:
    case Command::Reload:
    case Command::Explain:
    case Command::CertRenew:
    case Command::CacheShow:
    case Command::CachePurge:
      return ask_gate(*line);
    case Command::BackendList:
      return list_backends(*line, Streams());
    case Command::Demo:
      return run_demo(*line);
    case Command::Capture:
      return run_capture(*line, Streams());
    case Command::Doctor:
      return run_doctor(*line, Streams());
    case Command::CertShow:
    case Command::CertVerify:
      return run_cert_command(*line, Streams());
    case Command::CertCsr:
      return request_certificate(*line, Streams());
    case Command::CaInit:
    case Command::CaShow:
    case Command::CaSignIntermediate:
    case Command::CaImport:
    case Command::CaExport:
      return run_ca_command(*line, Streams());
    case Command::TrustList:
    case Command::TrustShow:
    case Command::TrustAdd:
    case Command::TrustRemove:
    case Command::TrustDiff:
    case Command::TrustLint:
      return run_trust_command(*line, Streams());
    case Command::KeytabShow:
    case Command::KeytabCreate:
    case Command::KeytabMerge:
    case Command::KeytabCheck:
      return run_keytab_command(*line, Streams());
    default:
      return run_store_command(*line, Streams());
  }
}

}  // namespace pforte::app
