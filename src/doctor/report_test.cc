#include "doctor/report.h"

#include <doctest/doctest.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/text.h"

namespace pforte::doctor {
namespace {

constexpr Check kRefused{
    .id = "tcp.refused", .source = "RFC 9293, 3.10.7.1", .why = {"nothing gets through", "nichts kommt durch"}};
constexpr Check kHolds{.id = "tcp.open", .source = "", .why = {"", ""}};

struct Examined {
  std::deque<Path> paths;
  Report report{.begun = {}, .version = "1.0", .paths = {}};

  Path& add(const std::string& subject) {
    std::vector<Hop> hops{{.name = {"client", "Client"}, .reached = true}, {.name = {"gate", "Tor"}}};
    Path& path = paths.emplace_back(subject, std::move(hops));
    report.paths.push_back(&path);
    return path;
  }
};

void break_it(Path& path, Level level = Level::Error) {
  path.tell({.check = kRefused,
             .level = level,
             .hop = 1,
             .seen = {"10.0.0.1:443 refuses", "10.0.0.1:443 weist ab"},
             .remedy = {"start the service", "den Dienst starten"},
             .command = "openssl s_client -connect 10.0.0.1:443",
             .evidence = {{.name = {"banner", "Kennung"}, .value = "<b>&\x1b[31m"}}});
}

void hold_it(Path& path) {
  path.tell({.check = kHolds, .level = Level::Ok, .hop = 1, .seen = {"it is open", "er ist offen"}});
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("on a terminal what is broken comes first, with the remedy") {
  Examined all;
  hold_it(all.add("sound"));
  break_it(all.add("broken"));
  std::string text = report_text(all.report, {});
  CHECK(text.starts_with(
      "✗ broken  client → gate ✗\n    10.0.0.1:443 refuses [tcp.refused]\n    help: start the service\n"
      "✓ sound  client → gate ✓\n"));
  CHECK(has(text, "why: nothing gets through"));
  CHECK(has(text, "$ openssl s_client -connect 10.0.0.1:443\n"));
  CHECK(has(text, "examined 2 paths in 0 ms: 1 error, 0 warnings\n"));
}

TEST_CASE("a command of ours goes by the configuration that was named, another's is left as it is") {
  Examined all;
  all.report.config = "/tmp/my gate.toml";
  Path& path = all.add("broken");
  break_it(path);
  for (std::string_view command : {"pforte doctor sheet", "pforte check --config other.toml"})
    path.tell({.check = kRefused, .level = Level::Error, .hop = 1, .command = std::string(command)});
  std::string text = report_text(all.report, {});
  CHECK(has(text, "$ pforte --config '/tmp/my gate.toml' doctor sheet\n"));
  CHECK(has(text, "$ pforte check --config other.toml\n"));
  CHECK(has(text, "$ openssl s_client -connect 10.0.0.1:443\n"));
  CHECK(has(report_json(all.report, Language::English), "pforte --config '/tmp/my gate.toml' doctor sheet"));
  CHECK(has(report_html(all.report, Language::English), "/tmp/my gate.toml"));
}

TEST_CASE("whom it concerns is said in words") {
  Examined all;
  Path& path = all.add("broken");
  path.tell({.check = kRefused,
             .level = Level::Error,
             .hop = 1,
             .clients = {pki::ClientKind::Browser, pki::ClientKind::App, pki::ClientKind::OpenSsl}});
  CHECK(has(report_text(all.report, {}), "concerns: browsers, apps, OpenSSL\n"));
  CHECK(has(report_text(all.report, {.language = Language::German}), "betrifft: Browser, Apps, OpenSSL\n"));
  CHECK(has(report_html(all.report, Language::English), "browsers, apps, OpenSSL"));
}

TEST_CASE("what holds is told only when it is asked for") {
  Examined all;
  hold_it(all.add("sound"));
  CHECK(!has(report_text(all.report, {}), "it is open"));
  CHECK(has(report_text(all.report, {}), "--verbose"));
  CHECK(has(report_text(all.report, {.verbose = true}), "it is open"));
}

TEST_CASE("the summary of many paths fits on a screen") {
  Examined all;
  for (int i = 0; i < 30; ++i) break_it(all.add(cat("broken-", i)));
  for (int i = 0; i < 300; ++i) hold_it(all.add(cat("sound-", i)));
  std::string text = report_text(all.report, {});
  std::string summary = text.substr(0, text.find("\n\n"));
  CHECK(std::ranges::count(summary, '\n') < 24);
  CHECK(has(summary, "… and 25 more broken\n"));
  CHECK(has(summary, "… and 294 more without an error"));
  CHECK(has(report_text(all.report, {.verbose = true}), "sound-299"));
}

TEST_CASE("no line is longer than the terminal but a command") {
  Examined all;
  Path& path = all.add("https://a-host-with-quite-a-long-name.example.com/");
  std::string sentence;
  for (int i = 0; i < 40; ++i) sentence += "wörter ";
  path.tell({.check = kRefused,
             .level = Level::Error,
             .hop = 1,
             .seen = {sentence, sentence},
             .remedy = {sentence, sentence}});
  for (bool color : {false, true}) {
    std::istringstream lines(report_text(all.report, {.color = color}));
    for (std::string line; std::getline(lines, line);) {
      while (line.find('\x1b') != std::string::npos)
        line.erase(line.find('\x1b'), line.find('m', line.find('\x1b')) - line.find('\x1b') + 1);
      CAPTURE(line);
      CHECK(std::ranges::count_if(line, [](char c) { return (c & 0xc0) != 0x80; }) <= 80);
    }
  }
}

TEST_CASE("what others said cannot steer the terminal") {
  Examined all;
  break_it(all.add("broken"));
  CHECK(!has(report_text(all.report, {}), "\x1b"));
}

TEST_CASE("the report is German where that is wanted") {
  Examined all;
  break_it(all.add("kaputt"));
  CHECK(has(report_text(all.report, {.language = Language::German}), "Hilfe: den Dienst starten"));
  CHECK(has(report_html(all.report, Language::German), "<html lang=\"de\">"));
  CHECK(has(report_html(all.report, Language::German), "10.0.0.1:443 weist ab"));
  CHECK(has(report_json(all.report, Language::German), "10.0.0.1:443 weist ab"));
}

TEST_CASE("machines read every finding with its hop, evidence and remedy") {
  Examined all;
  break_it(all.add("broken"));
  auto read = nlohmann::json::parse(report_json(all.report, Language::English));
  CHECK(read["ok"] == false);
  CHECK(read["worst"] == "error");
  const auto& finding = read["paths"][0]["findings"][0];
  CHECK(finding["id"] == "tcp.refused");
  CHECK(finding["hop"] == 1);
  CHECK(finding["hop_name"] == "gate");
  CHECK(finding["source"] == "RFC 9293, 3.10.7.1");
  CHECK(finding["remedy"] == "start the service");
  CHECK(finding["evidence"][0]["value"] == "<b>&\x1b[31m");
  CHECK(read["paths"][0]["hops"][1]["worst"] == "error");
}

TEST_CASE("a report is well when there are only warnings") {
  Examined all;
  break_it(all.add("warned"), Level::Warning);
  CHECK(nlohmann::json::parse(report_json(all.report, Language::English))["ok"] == true);
}

TEST_CASE("the page needs nothing from elsewhere, runs nothing, and takes nothing for markup") {
  Examined all;
  break_it(all.add("https://crm/\"><script>alert(1)</script>"));
  std::string page = report_html(all.report, Language::English);
  CHECK(has(page, "default-src 'none'; style-src 'sha256-"));
  CHECK(!has(page, "<script"));
  CHECK(!has(page, "src="));
  CHECK(!has(page, "url("));
  CHECK(!has(page, "<b>&\x1b"));
  CHECK(has(page, "&lt;b&gt;&amp;\xef\xbf\xbd[31m"));
}

TEST_CASE("errors are open on the page, and what holds is folded") {
  Examined all;
  Path& path = all.add("crm");
  break_it(path);
  hold_it(path);
  std::string page = report_html(all.report, Language::English);
  CHECK(has(page, "<details class=\"level-error\" open>"));
  CHECK(has(page, "<details class=\"level-ok\">"));
}

TEST_CASE("no report tells a secret") {
  Examined all;
  Path& path = all.add("http://eva:geheim@crm/");
  path.tell({.check = kRefused,
             .level = Level::Error,
             .hop = 1,
             .seen = {"it got Negotiate YIIGhgYGKwYBBQUCoIIGejCC", "geheim=1&token=geheim"},
             .command = "curl -u eva:geheim https://crm/",
             .evidence = {{.name = {"Set-Cookie", "Set-Cookie"}, .value = "id=geheim; Path=/"}}});
  for (const std::string& text : {report_text(all.report, {}), report_json(all.report, Language::English),
                                  report_html(all.report, Language::English)}) {
    CHECK(!has(text, "geheim"));
    CHECK(!has(text, "YIIG"));
    CHECK(has(text, "Path=/"));
  }
}

}  // namespace
}  // namespace pforte::doctor
