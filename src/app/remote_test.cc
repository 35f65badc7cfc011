#include "app/remote.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "admin/control_socket.h"
#include "admin/service.h"
#include "app/command_line.h"
#include "app/service_manager.h"
#include "base/testing.h"
#include "base/text.h"

namespace pforte::app {

namespace {

net::Task<admin::ReloadOutcome> refused() {
  admin::ReloadOutcome outcome;
  outcome.problems.push_back({.severity = "error",
                              .file = "pforte.toml",
                              .line = 3,
                              .column = 1,
                              .code = "conf.unknown-key",
                              .what = {"unknown key", "unbekannter Schlüssel"},
                              .remedy = {"delete it", "löschen Sie ihn"}});
  co_return outcome;
}

net::Task<admin::ReloadOutcome> done() {
  admin::ReloadOutcome outcome;
  outcome.ok = true;
  co_return outcome;
}

admin::Status some_status() {
  admin::Status status;
  status.version = "0.1.0";
  status.sites = {{.hosts = {"crm.example.com", "crm"}, .backend = "crm", .certificate_expires = {}}};
  admin::ServerStatus server;
  server.url = "http://10.0.0.11:8080";
  server.state = admin::ServerStatus::State::Down;
  server.reason = "refused";
  status.backends = {{.name = "crm", .servers = {server}}};
  return status;
}

// A gate's control socket on a thread of its own.
class RunningGate {
 public:
  RunningGate(const std::string& state_dir, bool accepts) : service_(sources_, admin::Door::Control) {
    sources_.status = some_status;
    sources_.metrics = [] { return std::string(); };
    sources_.reload = accepts ? done : refused;
    socket_ = admin::ControlSocket::open(loop_, state_dir + "/control.sock", service_).value();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~RunningGate() {
    loop_.stop();
    thread_.join();
  }

 private:
  net::Loop loop_;
  admin::Sources sources_;
  admin::AdminService service_;
  std::unique_ptr<admin::ControlSocket> socket_;
  std::thread thread_;
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("without a gate the commands end with 3 and say so") {
  TestFolder folder;
  for (Said said : {ask_status(folder.path(), {}), ask_reload(folder.path(), {})}) {
    CHECK(said.exit == 3);
    CHECK(said.err.starts_with("pforte: error: no gate is running"));
    CHECK(contains(said.err, "\nhelp: "));
    CHECK(said.out.empty());
  }
  Said german = ask_status(folder.path(), {.language = Language::German, .json = false});
  CHECK(german.err.starts_with("pforte: Fehler: es läuft kein Tor"));
}

TEST_CASE("where no gate runs, the command that starts one goes by the configuration that was named") {
  TestFolder folder;
  std::string named = ask_reload(folder.path(), {.config = "/etc/pforte/a b.toml"}).err;
  CHECK(contains(named, "\nhelp: start it with `pforte --config '/etc/pforte/a b.toml' serve`\n"));
  std::string installed = ask_reload(folder.path(), {.config = kInstalledConfig}).err;
  CHECK(contains(installed, start_command()));
  CHECK(contains(ask_reload(folder.path(), {}).err, "`, or name its configuration with --config\n"));
}

TEST_CASE("the status is shown as text in both languages, and as JSON") {
  TestFolder folder;
  RunningGate gate(folder.path(), true);
  Said english = ask_status(folder.path(), {});
  CHECK(english.exit == 0);
  CHECK(contains(english.out, "  crm.example.com, crm -> crm\n"));
  CHECK(contains(english.out, "http://10.0.0.11:8080  down since 1970-01-01T00:00:00Z; last: refused\n"));
  Said german = ask_status(folder.path(), {.language = Language::German, .json = false});
  CHECK(contains(german.out, "gestört seit"));
  Said json = ask_status(folder.path(), {.language = Language::English, .json = true});
  CHECK(nlohmann::json::parse(json.out)["version"] == "0.1.0");
}

TEST_CASE("a reload that was done ends with 0, and one that was refused with 2 and its problems") {
  TestFolder folder;
  {
    RunningGate gate(folder.path(), true);
    Said said = ask_reload(folder.path(), {});
    CHECK(said.exit == 0);
    CHECK(said.err.empty());
  }
  RunningGate gate(folder.path(), false);
  Said said = ask_reload(folder.path(), {});
  CHECK(said.exit == 2);
  CHECK(said.err.starts_with("pforte: pforte.toml:3:1: error: unknown key\nhelp: delete it\n"));
  Said json = ask_reload(folder.path(), {.language = Language::German, .json = true});
  CHECK(json.exit == 2);
  CHECK(contains(json.err, "Fehler: unbekannter Schlüssel"));
  CHECK(nlohmann::json::parse(json.out)["ok"] == false);
}

TEST_CASE("what is no gate is not believed") {
  TestFolder folder;
  std::filesystem::create_directory(folder.file("control.sock"));
  CHECK(ask_status(folder.path(), {}).exit == 3);
}

}  // namespace pforte::app
