#include "app/demo.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "admin/connections.h"
#include "app/check.h"
#include "app/running_gate.h"
#include "demo/application.h"
#include "demo/authority.h"
#include "demo/configuration.h"
#include "demo/greeting.h"

namespace pforte::app {

namespace {

// A folder that goes with everything in it.
class ThrowAwayFolder {
 public:
  ThrowAwayFolder() : path_((std::filesystem::temp_directory_path() / "pforte-demo-XXXXXX").string()) {
    if (!mkdtemp(path_.data())) path_.clear();
  }
  ThrowAwayFolder(const ThrowAwayFolder&) = delete;
  ThrowAwayFolder& operator=(const ThrowAwayFolder&) = delete;
  ~ThrowAwayFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

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

int refuse(const Error& error) {
  std::fprintf(stderr, "pforte: error: %s\n", error.text().c_str());
  return 3;
}

}  // namespace

int run_demo(const CommandLine& line) {
  ThrowAwayFolder folder;
  Result<demo::Papers> papers = demo::issue_papers(folder.path());
  if (!papers) return refuse(papers.error());
  Result<int> descriptor = net::listen_on(net::Address(std::array<std::uint8_t, 4>{127, 0, 0, 1}, 0));
  if (!descriptor) return refuse(descriptor.error());
  std::uint16_t port = net::local_port(*descriptor);

  std::string text = demo::demo_configuration(folder.path(), port);
  std::string file = folder.path() + "/pforte.toml";
  RunningGate gate([text, file](conf::Problems& problems) { return gate::parse_config(text, file, problems); });
  ApplicationThread application(*descriptor);
  conf::Problems problems;
  Result<> started = gate.start(problems);
  std::string told = problems_text(problems, line.language, use_color(line.color, isatty(STDERR_FILENO) != 0));
  std::fwrite(told.data(), 1, told.size(), stderr);
  if (!started) return refuse(started.error());
  std::string welcome = demo::greeting(*papers, port).in(line.language);
  std::fwrite(welcome.data(), 1, welcome.size(), stdout);
  std::fflush(stdout);
  gate.run();
  return 0;
}

}  // namespace pforte::app
