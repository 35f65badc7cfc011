#include "gate/config.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "crypto/testing.h"
#include "gate/plan.h"
#include "gate/sign_in.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

fs::path golden_folder() {
  return fs::path(__FILE__).parent_path() / "../../tests/golden";
}

std::string contents(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string judged(const fs::path& file, Language language) {
  conf::Problems problems;
  std::string name = file.filename();
  std::optional<Config> config = parse_config(contents(file), name, problems);
  std::string text;
  for (const conf::Problem& problem : problems.in_order()) text += conf::to_text(problem, language);
  return text + (config ? "accepted\n" : "refused\n");
}

constexpr std::string_view kSmallest = R"(
[[listener]]
address = "127.0.0.1:8443"
[[backend]]
name = "app"
servers = ["http://127.0.0.1:8080"]
[[site]]
hosts = ["*"]
certificate = { chain = "a.pem", key = "/k/a.key" }
backend = "app"
allow = ["/"]
)";

}  // namespace

TEST_CASE("every golden configuration gives exactly the messages written beside it") {
  int cases = 0;
  for (const auto& entry : fs::directory_iterator(golden_folder())) {
    if (entry.path().extension() != ".toml") continue;
    CAPTURE(entry.path().filename());
    fs::path english = entry.path(), german = entry.path();
    english.replace_extension("expected");
    german.replace_extension("de.expected");
    CHECK(judged(entry.path(), Language::English) == contents(english));
    if (fs::exists(german)) CHECK(judged(entry.path(), Language::German) == contents(german));
    ++cases;
  }
  CHECK(cases >= 25);
}

TEST_CASE("the files of every golden configuration can be judged, whatever is wrong with its text") {
  for (const auto& entry : fs::directory_iterator(golden_folder())) {
    if (entry.path().extension() != ".toml") continue;
    CAPTURE(entry.path().filename());
    conf::Problems of_text, of_files;
    std::optional<Config> draft = read_draft(entry.path(), of_text);
    if (!draft) continue;
    check_named_files(*draft, of_files);
    check_sign_in_files(*draft, of_files);
    for (const conf::Problem& one : of_files.all()) CHECK(!one.place.file.empty());
  }
}

TEST_CASE("the example of the handbook is accepted without a word") {
  std::string page = contents(fs::path(__FILE__).parent_path() / "../../man/pforte.toml.5");
  constexpr std::string_view kBegin = ".Bd -literal\n";
  std::size_t begin = page.find(kBegin) + kBegin.size();
  std::string example = page.substr(begin, page.find(".Ed", begin) - begin);
  // mdoc(7) writes a backslash so.
  for (std::size_t at = 0; (at = example.find("\\e", at)) != std::string::npos; ++at) example.erase(at + 1, 1);
  conf::Problems problems;
  CHECK(parse_config(example, "pforte.toml", problems));
  for (const conf::Problem& problem : problems.all()) FAIL_CHECK(conf::to_text(problem, Language::English));
}

TEST_CASE("a rule takes its path over from allow and preset, so that it can restrict it") {
  conf::Problems problems;
  std::string text = std::string(kSmallest).replace(kSmallest.find("[\"/\"]"), 5, "[\"/a\", \"/B\", \"/c/\", \"/c\"]") +
                     "[[site.rule]]\npath = \"/b\"\nfrom = [\"10.0.0.0/8\"]\n[[site.rule]]\npath = \"/a/\"\n";
  std::optional<Config> config = parse_config(text, "x.toml", problems);
  REQUIRE(config);
  using Paths = std::vector<std::string>;
  CHECK(allowed_paths(config->sites[0], policy::PathProfile::Generic) == Paths{"/B", "/c/"});
  CHECK(allowed_paths(config->sites[0], policy::PathProfile::Iis) == Paths{"/c/"});
}

TEST_CASE("a configuration that says little has the defaults of the handbook") {
  conf::Problems problems;
  std::optional<Config> config = parse_config(kSmallest, "/etc/pforte/pforte.toml", problems);
  REQUIRE(config);
  CHECK(problems.all().empty());
  CHECK(config->state_dir == "/var/lib/pforte");
  CHECK(config->workers == 0);
  CHECK(config->admin.address.to_text() == "127.0.0.1:8444");
  CHECK(config->log.access.value == "-");
  CHECK(config->tls.ticket_rotation == 12h);
  CHECK(config->limits.head == 32 * 1024);
  CHECK(config->limits.authorization == 64 * 1024);
  CHECK(config->limits.headers == 100);
  CHECK(config->limits.idle == 75s);
  CHECK(config->sites[0].limits.body == 0);
  CHECK(config->sites[0].limits.body_rate == 240);
  CHECK(config->sites[0].tls_profile == TlsProfile::Intermediate);
  CHECK(config->listeners[0].tls);
  CHECK(config->backends[0].balance.by == Balance::LeastConnections);
  CHECK(config->backends[0].trust.value == "system");
}

TEST_CASE("files are found from the folder of the configuration") {
  conf::Problems problems;
  std::optional<Config> config = parse_config(kSmallest, "/etc/pforte/pforte.toml", problems);
  REQUIRE(config);
  CHECK(config->sites[0].certificates[0].chain.value == "/etc/pforte/a.pem");
  CHECK(config->sites[0].certificates[0].key.value == "/k/a.key");
}

TEST_CASE("a site takes over the limits that it does not set") {
  conf::Problems problems;
  std::string text = "[limits]\nbody = \"1MiB\"\nbody_time = \"7s\"\n" + std::string(kSmallest) +
                     "[site.limits]\nbody = \"10MiB\"\n[[site.rule]]\npath = \"/upload\"\nbody = 0\n";
  std::optional<Config> config = parse_config(text, "x.toml", problems);
  REQUIRE(config);
  CHECK(config->limits.request.body == 1 << 20);
  CHECK(config->sites[0].limits.body == 10 << 20);
  CHECK(config->sites[0].limits.body_time == 7s);
  CHECK(config->sites[0].rules[0].body == 0);
}

TEST_CASE("where the properties file switches Kerberos off, it is as if there were no [kerberos]") {
  crypto::testing::Folder folder;
  folder.write("krb5.conf", "[libdefaults]\n");
  folder.write("a.properties", "kerberos.v5.enabled=false\n");
  std::string kerberos = "[kerberos]\nconfig = \"krb5.conf\"\nproperties = \"a.properties\"\n";
  std::string file = folder.path() + "/pforte.toml";
  conf::Problems problems;
  std::optional<Config> config = parse_config(kerberos + std::string(kSmallest), file, problems);
  REQUIRE(config);
  CHECK(!config->kerberos);
  CHECK(config->sign_in.providers.empty());
  REQUIRE(problems.all().size() == 1);
  CHECK(problems.all()[0].code == "kerberos.switched-off");
  CHECK(problems.all()[0].severity == conf::Severity::Note);
  CHECK(conf::to_text(problems.all()[0].place) == folder.path() + "/a.properties:1:1");

  conf::Problems listed;
  std::string providers = "[sign_in]\nproviders = [\"kerberos\", \"database\"]\n";
  config = parse_config(kerberos + providers + std::string(kSmallest), file, listed);
  REQUIRE(config);
  CHECK(config->sign_in.providers == std::vector{identity::Provider::Database});
  REQUIRE(listed.all().size() == 1);
  CHECK(listed.all()[0].severity == conf::Severity::Warning);
}

TEST_CASE("a file that cannot be read says why") {
  conf::Problems problems;
  CHECK(!read_config("/no/such/file.toml", problems));
  CHECK(!read_config("/", problems));
  REQUIRE(problems.all().size() == 2);
  CHECK(problems.all()[0].code == "conf.unreadable");
  CHECK(problems.all()[0].what.en == "there is no such file");
  CHECK(problems.all()[1].what.en == "this is a folder");
}

}  // namespace pforte::gate
