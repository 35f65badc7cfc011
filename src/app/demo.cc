#include "app/demo.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "admin/connections.h"
#include "app/check.h"
#include "app/complaint.h"
#include "app/demo_agents.h"
#include "app/running_gate.h"
#include "base/german.h"
#include "base/text.h"
#include "demo/application.h"
#include "demo/authority.h"
#include "demo/configuration.h"
#include "demo/file.h"
#include "demo/folder.h"
#include "demo/greeting.h"
#include "demo/stage.h"

namespace pforte::app {

namespace {

// The demo's application on a thread of its own, at a port that the system chose.
class ApplicationThread {
 public:
  ApplicationThread(int descriptor)
      : listener_(
            loop_, descriptor, [this](net::Accepted accepted) { clients_.take(accepted.descriptor); }, [](int) {}),
        thread_([this] { loop_.run(); }) {}
  ApplicationThread(const ApplicationThread&) = delete;
  ApplicationThread& operator=(const ApplicationThread&) = delete;
  ~ApplicationThread() {
    loop_.stop();
    thread_.join();
  }

 private:
  net::Loop loop_;
  demo::DemoApplication application_;
  admin::Connections clients_{loop_, application_};
  net::Listener listener_;
  std::thread thread_;
};

int refuse(const Complaint& complaint, const CommandLine& line) {
  std::string text = to_text(complaint, line.language);
  std::fwrite(text.data(), 1, text.size(), stderr);
  return kSystemRefused;
}

// Why the demo cannot have the ports that its commands name. Asked first of all: KDCs and a directory take a while.
std::optional<Complaint> taken_port() {
  for (const net::Address& address : demo::demo_addresses()) {
    Result<> free = net::must_be_free(address);
    if (free || free.error().code() != "net.listen-taken") continue;
    Complaint known(free.error());
    return Complaint(kSystemRefused,
                     {cat(known.what.en, "; probably a demo runs already, and there can be one at a time"),
                      cat(known.what.de, "; wahrscheinlich läuft schon eine Demo, und es kann nur eine geben")},
                     {cat("Ctrl-C where it was started ends it; ss -ltnp sport = :", address.port(),
                          " names its process, which kill ends as well"),
                      cat("Strg-C, wo sie gestartet wurde, beendet sie; ss -ltnp sport = :", address.port(),
                          " nennt ihren Prozess, den auch kill beendet")});
  }
  return std::nullopt;
}

bool can_listen_on(const net::Address& address) {
  Result<int> descriptor = net::listen_on(address);
  if (descriptor) close(*descriptor);
  return descriptor.has_value();
}

// A part that others can have, but not this demo: one line with the remedy.
void say_without(const Message& part, const Error& why, std::string_view packages, Language language) {
  Message missing{
      .en = cat("the demo goes without ", part.en, ": ", why.text(), "; to have it: sudo apt-get install ", packages),
      .de = cat("die Demo läuft ohne ", part.de, ": ", german_or_same(why.text()), "; für mehr: sudo apt-get install ",
                packages)};
  Message broken{.en = cat("the demo goes without ", part.en, ": ", why.text()),
                 .de = cat("die Demo läuft ohne ", part.de, ": ", german_or_same(why.text()))};
  const Message& told = why.kind() == Kind::NotFound ? missing : broken;
  std::string_view word = conf::word_for(conf::Severity::Warning, language);
  std::string text = cat("pforte: ", word, ": ", told.in(language), "\n");
  std::fwrite(text.data(), 1, text.size(), stderr);
}

// What runs beside the gate, and goes with it. Missing parts are said and done without.
struct Neighbours {
  std::unique_ptr<demo::Realms> realms;
  std::unique_ptr<demo::Directory> directory;

  Neighbours(const std::string& folder, const demo::Papers& papers, Language language) {
    auto kdc = demo::Realms::start(folder);
    if (kdc) {
      realms = *std::move(kdc);
    } else {
      say_without({"Kerberos", "Kerberos"}, kdc.error(), "krb5-kdc krb5-admin-server krb5-user", language);
    }
    auto slapd = demo::Directory::start(folder, papers);
    if (slapd) {
      directory = *std::move(slapd);
    } else {
      say_without({"a directory", "Verzeichnis"}, slapd.error(), "slapd", language);
    }
  }
};

std::string own_path() {
  std::error_code why;
  std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", why);
  return why ? "pforte" : path.string();
}

// Everything but the application and the neighbours, which live elsewhere.
Result<demo::Stage> set_stage(const std::string& folder, const demo::Papers& papers, const Neighbours& neighbours) {
  demo::Stage stage;
  stage.folder = folder;
  stage.program = own_path();
  stage.papers = papers;
  stage.browsers = TRY(demo::make_browser_profiles(folder, papers));
  stage.is_root = geteuid() == 0;
  stage.has_ipv6 = can_listen_on(net::parse_ip("::1", 0).value());
  if (neighbours.realms) stage.realms = neighbours.realms->files();
  if (neighbours.directory) stage.directory = neighbours.directory->access();
  TRY(demo::make_folder(folder + "/state"));
  stage.token = TRY(make_demo_agents(folder + "/state")).reveal();
  return stage;
}

// What is wrong with a configuration that nobody has written is of interest only if it keeps the gate from starting.
void say_errors(const conf::Problems& problems, const CommandLine& line) {
  if (!problems.has_errors()) return;
  std::string told = problems_text(problems, line.language, use_color(line.color, isatty(STDERR_FILENO) != 0));
  std::fwrite(told.data(), 1, told.size(), stderr);
}

int serve_demo(const demo::Stage& stage, int descriptor, const CommandLine& line) {
  std::string file = stage.folder + "/pforte.toml";
  RunningGate gate([file](conf::Problems& problems) { return gate::read_config(file, problems); });
  ApplicationThread application(descriptor);
  conf::Problems problems;
  Result<> started = gate.start(problems);
  say_errors(problems, line);
  if (!started) return kSystemRefused;
  std::string welcome = demo::greeting(stage).in(line.language);
  std::fwrite(welcome.data(), 1, welcome.size(), stdout);
  std::fflush(stdout);
  gate.run();
  return 0;
}

}  // namespace

int run_demo(const CommandLine& line) {
  // Who closes the terminal is done with it; a SIGHUP alone would be a reload.
  if (isatty(STDIN_FILENO) != 0) prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (std::optional<Complaint> taken = taken_port()) return refuse(*taken, line);
  demo::ThrowAwayFolder folder;
  Result<demo::Papers> papers = demo::issue_papers(folder.path());
  if (!papers) return refuse(papers.error(), line);
  Neighbours neighbours(folder.path(), *papers, line.language);
  Result<demo::Stage> stage = set_stage(folder.path(), *papers, neighbours);
  if (!stage) return refuse(stage.error(), line);
  Result<int> descriptor = net::listen_on(net::Address(std::array<std::uint8_t, 4>{127, 0, 0, 1}, 0));
  if (!descriptor) return refuse(descriptor.error(), line);
  stage->application_port = net::local_port(*descriptor);
  Result<> written = demo::write_file(stage->folder + "/pforte.toml", demo::demo_configuration(*stage));
  if (!written) return refuse(written.error(), line);
  return serve_demo(*stage, *descriptor, line);
}

}  // namespace pforte::app
