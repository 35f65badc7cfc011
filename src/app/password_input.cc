#include "app/password_input.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include "base/printable.h"
#include "base/text.h"
#include "crypto/pem.h"

namespace pforte::app {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// A terminal that does not show what is typed, as long as this lives.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    if (tcgetattr(terminal, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~tcflag_t(ECHO | ECHONL);
    tcsetattr(terminal, TCSAFLUSH, &silent);
    changed_ = true;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    if (changed_) tcsetattr(terminal_, TCSANOW, &before_);
  }

 private:
  int terminal_;
  termios before_{};
  bool changed_ = false;
};

// Holds back the signals that end or stop the process, so that they do not leave a silent terminal behind.
class HeldSignals {
 public:
  HeldSignals() {
    sigemptyset(&held_);
    for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) sigaddset(&held_, signal);
    pthread_sigmask(SIG_BLOCK, &held_, &before_);
    descriptor_ = signalfd(-1, &held_, SFD_CLOEXEC);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() {
    if (descriptor_ >= 0) close(descriptor_);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  // Readable when one has come.
  int descriptor() const { return descriptor_; }

  // Lets them do what they do; comes back if that was not to end us.
  void let_through() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    pthread_sigmask(SIG_BLOCK, &held_, nullptr);
  }

 private:
  sigset_t held_{};
  sigset_t before_{};
  int descriptor_ = -1;
};

// One line, byte by byte, so that what follows it is left to others. None: the input has ended, or it is too long.
std::optional<Secret> read_line(int descriptor) {
  std::array<char, kMostPasswordBytes + 2> line;
  std::size_t size = 0;
  bool ended = false;
  while (size < line.size()) {
    ssize_t count = read(descriptor, &line[size], 1);
    if (count < 0 && errno == EINTR) continue;
    ended = count <= 0 || line[size] == '\n';
    if (ended) break;
    ++size;
  }
  std::string_view text(line.data(), size);
  if (text.ends_with('\r')) text.remove_suffix(1);
  std::optional<Secret> read;
  if (ended && text.size() <= kMostPasswordBytes) read.emplace(text);
  explicit_bzero(line.data(), line.size());
  return read;
}

enum class Came { Line, Signal, Nothing };

Came wait_for(int terminal, int signals) {
  std::array<pollfd, 2> wanted = {
      {{.fd = terminal, .events = POLLIN, .revents = 0}, {.fd = signals, .events = POLLIN, .revents = 0}}};
  int ready = 0;
  do {
    ready = poll(wanted.data(), wanted.size(), -1);
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) return Came::Nothing;
  return wanted[1].revents != 0 ? Came::Signal : Came::Line;
}

std::optional<Secret> ask_silently(const Streams& streams, std::string_view prompt) {
  int terminal = fileno(streams.in);
  HeldSignals signals;
  for (;;) {
    {
      Silence silence(terminal);
      std::fwrite(prompt.data(), 1, prompt.size(), streams.err);
      std::fflush(streams.err);
      Came came = wait_for(terminal, signals.descriptor());
      if (came != Came::Signal) {
        std::optional<Secret> line = came == Came::Line ? read_line(terminal) : std::nullopt;
        std::fputs("\n", streams.err);
        return line;
      }
    }
    std::fputs("\n", streams.err);
    signals.let_through();
  }
}

Complaint too_long() {
  return {kInvalidInput,
          {cat("a password has at most ", kMostPasswordBytes, " bytes"),
           cat("ein Passwort hat höchstens ", kMostPasswordBytes, " Bytes")},
          {"take a shorter one", "ein kürzeres nehmen"}};
}

Answer<Secret> judge(Secret password) {
  std::string_view text = password.reveal();
  if (text.empty()) {
    return std::unexpected(Complaint(
        kInvalidInput, {"the password is empty", "das Passwort ist leer"},
        {"the first line of the file is the password; `pforte agent passwd LOGIN --none` takes an agent's away",
         "die erste Zeile der Datei ist das Passwort; `pforte agent passwd LOGIN --none` nimmt "
         "einem Bearbeiter seines weg"}));
  }
  if (text.size() > kMostPasswordBytes) return std::unexpected(too_long());
  if (!is_printable(text)) {
    return std::unexpected(Complaint(
        kInvalidInput,
        {"the password has control characters or is not UTF-8, so that nobody could type it into the form",
         "das Passwort enthält Steuerzeichen oder ist kein UTF-8, so dass niemand es ins Formular tippen könnte"},
        {"save the file as UTF-8, with the password in its first line",
         "die Datei als UTF-8 speichern, mit dem Passwort in der ersten Zeile"}));
  }
  return password;
}

Answer<Secret> first_line_of(const std::string& file) {
  Secret line = TRY(in_file(file, crypto::read_password(file)));
  std::string_view text = line.reveal();
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return Secret(text);
}

Answer<Secret> from_file(const std::string& file) {
  return judge(TRY(first_line_of(file)));
}

Answer<Secret> from_terminal(const Streams& streams, Language language) {
  bool german = language == Language::German;
  std::optional<Secret> first = ask_silently(streams, german ? "Neues Passwort: " : "New password: ");
  if (!first) return std::unexpected(too_long());
  Secret password = TRY(judge(*std::move(first)));
  std::optional<Secret> second = ask_silently(streams, german ? "Noch einmal: " : "Once more: ");
  if (second && second->reveal() == password.reveal()) return password;
  return std::unexpected(
      Complaint(kInvalidInput, {"the two passwords differ", "die beiden Passwörter sind verschieden"},
                {"nothing has changed; try again", "es hat sich nichts geändert; noch einmal versuchen"}));
}

}  // namespace

Answer<Secret> new_password(const Streams& streams, Language language, const std::optional<std::string>& file) {
  if (file && *file != "-") return from_file(*file);
  if (isatty(fileno(streams.in)) == 1) return from_terminal(streams, language);
  std::optional<Secret> line = read_line(fileno(streams.in));
  if (!line) return std::unexpected(too_long());
  return judge(*std::move(line));
}

Answer<std::optional<Secret>> known_password(const Streams& streams, Language language,
                                             const std::optional<std::string>& file) {
  if (!file) return std::nullopt;
  if (*file != "-") return TRY(first_line_of(*file));
  bool terminal = isatty(fileno(streams.in)) == 1;
  std::optional<Secret> line = terminal
                                   ? ask_silently(streams, language == Language::German ? "Passwort: " : "Password: ")
                                   : read_line(fileno(streams.in));
  if (!line) return std::unexpected(too_long());
  return line;
}

}  // namespace pforte::app
