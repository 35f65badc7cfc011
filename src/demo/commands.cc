#include "demo/commands.h"

#include "base/shell_word.h"
#include "base/text.h"
#include "demo/configuration.h"
#include "demo/stage.h"

namespace pforte::demo {

namespace {

// As one word for a shell; left alone where it is one.
std::string url_of(std::string_view host_and_path) {
  std::size_t slash = host_and_path.find('/');
  return cat("https://", host_and_path.substr(0, slash), ':', kTlsPort, host_and_path.substr(slash));
}

std::string curl(const Stage& stage) {
  return cat("curl --cacert ", shell_word(stage.papers.authority), ' ');
}

// In front of a command that needs somebody's tickets; empty where there are none.
std::string with_tickets(const Stage& stage, const Person& person) {
  if (!stage.realms) return "";
  std::string tickets = cat(stage.folder, '/', person.login, ".tickets");
  return cat("KRB5_CONFIG=", shell_word(stage.realms->config), " KRB5CCNAME=", shell_word(tickets), ' ');
}

}  // namespace

Lines ask(const Stage& stage, std::string_view options, std::string_view host_and_path) {
  return {cat(curl(stage), options, ' ', shell_word(url_of(host_and_path)))};
}

Lines fetch_ticket(const Stage& stage, const Person& person) {
  return {cat("echo ", person.password, " | ", with_tickets(stage, person), "kinit ", principal_of(person))};
}

Lines ask_with_ticket(const Stage& stage, const Person& person, std::string_view host_and_path) {
  return {cat(with_tickets(stage, person), curl(stage), "--negotiate -u : ", shell_word(url_of(host_and_path)))};
}

Lines sign_in_by_form(const Stage& stage, const Person& person) {
  std::string jar = shell_word(cat(stage.folder, '/', person.login, ".cookies"));
  std::string form = shell_word(url_of("app.localhost/.pforte/login"));
  std::string start = cat(curl(stage), "-s -b ", jar, " -c ", jar, ' ');
  return {cat("token=$(", start, form, R"sed( | sed -n 's/.*name="token" value="\([^"]*\)".*/\1/p'))sed"),
          cat(start, "-d user=", person.login, " -d password=", person.password, " -d return=/webclient ",
              "--data-urlencode \"token=$token\" -L ", form),
          cat(start, shell_word(url_of("app.localhost/.pforte/whoami")))};
}

Lines examine(const Stage& stage) {
  std::string trust = cat(" --trust ", shell_word(stage.papers.authority));
  Lines lines = operate(stage, cat("doctor", trust));
  lines.push_back(cat(shell_word(stage.program), " doctor url ", url_of("app.localhost/webclient"), trust));
  lines.push_back(operate(stage, "doctor client 127.0.0.1").front());
  return lines;
}

Lines operate(const Stage& stage, std::string_view command) {
  return {cat(shell_word(stage.program), " --config ", shell_word(stage.folder + "/pforte.toml"), ' ', command)};
}

Lines open_chromium(const Stage& stage, const Person& person) {
  // Chromium runs for root without its sandbox or not at all.
  return {cat(with_tickets(stage, person), "chromium ", stage.is_root ? "--no-sandbox " : "", "--user-data-dir=",
              shell_word(stage.browsers.chromium), " --no-first-run --auth-server-allowlist='*.localhost'",
              " --ignore-certificate-errors-spki-list=", stage.papers.pin, ' ', url_of("app.localhost/webclient"))};
}

Lines open_firefox(const Stage& stage, const Person& person) {
  return {cat(with_tickets(stage, person), "firefox-esr --no-remote --profile ", shell_word(stage.browsers.firefox),
              ' ', url_of("app.localhost/webclient"))};
}

}  // namespace pforte::demo
