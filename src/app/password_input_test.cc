#include "app/password_input.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string_view>
#include <thread>

#include "base/text.h"

namespace pforte::app {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

File holding(std::string_view text) {
  File file(std::tmpfile());
  std::fwrite(text.data(), 1, text.size(), file.get());
  std::fflush(file.get());
  lseek(fileno(file.get()), 0, SEEK_SET);
  return file;
}

Answer<Secret> piped(std::string_view text) {
  File in = holding(text);
  return new_password({.in = in.get(), .out = stdout, .err = stderr}, Language::English, std::nullopt);
}

Answer<Secret> in_file(std::string_view text) {
  std::string path = (std::filesystem::temp_directory_path() / cat("pforte-password-", getpid())).string();
  std::ofstream(path, std::ios::binary) << text;
  Answer<Secret> password = new_password(Streams(), Language::English, path);
  std::filesystem::remove(path);
  return password;
}

// Somebody at a terminal who answers each question with the next line.
class Typist {
 public:
  Typist() {
    REQUIRE(openpty(&master_, &slave_, nullptr, nullptr, nullptr) == 0);
    terminal_.reset(fdopen(slave_, "r+"));
  }
  ~Typist() { close(master_); }

  Answer<Secret> type(std::vector<std::string> lines) {
    std::thread typing([this, &lines] { answer(lines); });
    Answer<Secret> password =
        new_password({.in = terminal_.get(), .out = stdout, .err = terminal_.get()}, Language::English, std::nullopt);
    typing.join();
    return password;
  }

  bool echoes() const {
    termios state{};
    tcgetattr(slave_, &state);
    return (state.c_lflag & ECHO) != 0;
  }
  // What the terminal has shown until the last prompt.
  const std::string& shown() const { return shown_; }

 private:
  void answer(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      wait_for_prompt();
      CHECK(write(master_, line.data(), line.size()) == ssize_t(line.size()));
    }
  }

  void wait_for_prompt() {
    std::array<char, 256> block;
    std::size_t before = shown_.size();
    while (!std::string_view(shown_).substr(before).contains(": ")) {
      ssize_t count = read(master_, block.data(), block.size());
      if (count <= 0) return;
      shown_.append(block.data(), std::size_t(count));
    }
  }

  int master_ = -1;
  int slave_ = -1;
  File terminal_;
  std::string shown_;
};

}  // namespace

TEST_CASE("where standard input is no terminal, the password is one line of it and the rest is left") {
  CHECK(piped("geheim\n")->reveal() == "geheim");
  CHECK(piped("geheim")->reveal() == "geheim");
  CHECK(piped(" mit Leerzeichen \r\n")->reveal() == " mit Leerzeichen ");
  File in = holding("eins\nzwei\n");
  Streams streams{.in = in.get(), .out = stdout, .err = stderr};
  CHECK(new_password(streams, Language::English, std::nullopt)->reveal() == "eins");
  CHECK(new_password(streams, Language::English, "-")->reveal() == "zwei");
}

TEST_CASE("a password file has the password in its first line, without byte order mark") {
  CHECK(in_file("geheim\nmehr\n")->reveal() == "geheim");
  CHECK(in_file("\xef\xbb\xbfgeheim\r\n")->reveal() == "geheim");
  Answer<Secret> missing = new_password(Streams(), Language::German, "/nowhere/at-all");
  REQUIRE(!missing);
  CHECK(missing.error().exit == 2);
  CHECK(missing.error().place == "/nowhere/at-all");
}

TEST_CASE("what nobody could type is no password") {
  CHECK(piped("").error().what.en == "the password is empty");
  CHECK(piped("\n").error().what.en == "the password is empty");
  CHECK(piped("a\x01\n").error().what.en.contains("control characters"));
  CHECK(in_file("M\xfcller\n").error().what.en.contains("not UTF-8"));
  CHECK(piped(std::string(kMostPasswordBytes, 'a') + "\n")->reveal().size() == kMostPasswordBytes);
  CHECK(piped(std::string(kMostPasswordBytes + 1, 'a') + "\n").error().what.en.contains("at most 1024"));
  CHECK(piped(std::string(1000000, 'a')).error().what.en.contains("at most 1024"));
  CHECK(in_file(std::string(kMostPasswordBytes + 1, 'a')).error().what.en.contains("at most 1024"));
}

TEST_CASE("on a terminal it is asked for twice and not shown") {
  Typist typist;
  Answer<Secret> password = typist.type({"geheim\n", "geheim\n"});
  REQUIRE(password);
  CHECK(password->reveal() == "geheim");
  CHECK(typist.shown().starts_with("New password: "));
  CHECK(typist.shown().contains("Once more: "));
  CHECK(!typist.shown().contains("geheim"));
  CHECK(typist.echoes());
}

TEST_CASE("two passwords that differ are none, and the terminal shows again what is typed") {
  Typist typist;
  Answer<Secret> password = typist.type({"geheim\n", "geheimer\n"});
  REQUIRE(!password);
  CHECK(password.error().what.en == "the two passwords differ");
  CHECK(typist.echoes());
}

TEST_CASE("whoever gives up with Ctrl-C is left with a terminal that shows what they type") {
  int master = -1;
  pid_t child = forkpty(&master, nullptr, nullptr, nullptr);
  REQUIRE(child >= 0);
  if (child == 0) {
    // A shell's background jobs ignore it, and so would we.
    std::signal(SIGINT, SIG_DFL);
    (void)new_password(Streams(), Language::English, std::nullopt);
    _exit(0);
  }
  std::string shown;
  std::array<char, 256> block;
  while (!shown.contains(": ")) {
    ssize_t count = read(master, block.data(), block.size());
    REQUIRE(count > 0);
    shown.append(block.data(), std::size_t(count));
  }
  termios state{};
  tcgetattr(master, &state);
  CHECK((state.c_lflag & ECHO) == 0);
  CHECK(write(master, "\x03", 1) == 1);
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGINT);
  tcgetattr(master, &state);
  CHECK((state.c_lflag & ECHO) != 0);
  close(master);
}

}  // namespace pforte::app
