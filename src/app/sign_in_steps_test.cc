#include "app/sign_in_steps.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "store/testing.h"

namespace pforte::app {
namespace {

using State = SignInStep::State;

// A site where everybody signs in.
gate::Config config_for(const std::vector<std::string>& hosts) {
  gate::Config config;
  config.kerberos.emplace();
  gate::SiteConfig& site = config.sites.emplace_back();
  site.sign_in = gate::SignInNeed::Required;
  for (const std::string& host : hosts) site.hosts.push_back({host, {}});
  return config;
}

void name_service(gate::Config& config, const std::string& principal) {
  config.kerberos->keytabs.push_back({{}, *kerberos::parse_principal(principal), {"/nowhere/crm.keytab", {}}});
}

std::vector<SignInStep> steps_called(std::string_view id, const gate::Config& config, const SignInSight& sight = {}) {
  std::vector<SignInStep> steps = sign_in_steps(config, sight);
  std::erase_if(steps, [&](const SignInStep& step) { return step.id != id; });
  return steps;
}

TEST_CASE("a host without a service key is told with the commands that make it, for the realm it belongs to") {
  gate::Config config = config_for({"crm.example.com", "wiki.example.de", "wiki"});
  name_service(config, "HTTP/other.example.de@EXAMPLE.DE");
  name_service(config, "HTTP/other.example.com@EXAMPLE.COM");
  std::vector<SignInStep> steps = steps_called("service-key", config);
  REQUIRE(steps.size() == 2);
  for (const SignInStep& step : steps) CHECK(step.state == State::Open);
  CHECK(steps[0].what.en.contains("HTTP/crm.example.com@EXAMPLE.COM"));
  CHECK(steps[1].what.de.contains("HTTP/wiki.example.de@EXAMPLE.DE"));
  std::string commands;
  for (const Message& line : steps[0].remedy) commands += line.en + '\n';
  CHECK(commands.contains("ktpass /princ HTTP/crm.example.com@EXAMPLE.COM /mapuser svc-crm"));
  CHECK(commands.contains("setspn"));
  CHECK(commands.contains("ktadd -k crm.example.com.keytab HTTP/crm.example.com@EXAMPLE.COM"));
  CHECK(commands.contains("\"HTTP/crm.example.com@EXAMPLE.COM\" = \"/etc/pforte/crm.example.com.keytab\""));
}

TEST_CASE("a service that is named but has no key is told by what is wrong with its keytab") {
  gate::Config config = config_for({"crm.example.com"});
  name_service(config, "HTTP/crm.example.com@EXAMPLE.COM");
  std::vector<SignInStep> steps = steps_called("service-key", config);
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].state == State::Open);
  CHECK(steps[0].what.en.contains("/nowhere/crm.keytab is not there"));
}

TEST_CASE("many hosts take one screen all the same") {
  std::vector<std::string> hosts;
  hosts.reserve(500);
  for (int i = 0; i < 500; ++i) hosts.push_back(std::to_string(i) + ".example.com");
  std::vector<SignInStep> steps = steps_called("service-key", config_for(hosts));
  REQUIRE(steps.size() == 4);
  CHECK(steps[3].what.en.contains("497 more"));
}

TEST_CASE("patterns, addresses and hosts where nobody signs in need no service key") {
  gate::Config config = config_for({"*", "*.example.com", "192.0.2.7", "[2001:db8::7]"});
  config.sites.emplace_back().hosts.push_back({"open.example.com", {}});
  CHECK(steps_called("service-key", config).empty());
}

TEST_CASE("there has to be somebody whom a ticket signs in") {
  struct Row {
    bool fallback, created, agent, principal;
    State state;
  };
  const Row rows[] = {
      {false, false, false, false, State::Open}, {false, false, true, false, State::Open},
      {true, false, false, false, State::Open},  {false, false, true, true, State::Done},
      {true, false, true, false, State::Done},   {false, true, false, false, State::Done},
  };
  for (const Row& row : rows) {
    CAPTURE(std::size_t(&row - rows));
    gate::Config config = config_for({"crm.example.com"});
    if (row.fallback) config.kerberos->login_fallback_realms = {"EXAMPLE.COM"};
    if (row.created) config.sign_in.unknown_agents = identity::UnknownAgents::Created;
    std::vector<SignInStep> steps =
        steps_called("agents", config, {.some_agent = row.agent, .some_principal = row.principal, .store_hidden = {}});
    REQUIRE(steps.size() == 1);
    CHECK(steps[0].state == row.state);
    CHECK(steps[0].remedy.empty() == (row.state == State::Done));
  }
}

TEST_CASE("a realm in other letters than the service's is told, since case counts") {
  gate::Config config = config_for({"crm.example.com"});
  name_service(config, "HTTP/crm.example.com@EXAMPLE.COM");
  config.kerberos->login_fallback_realms = {"EXAMPLE.COM"};
  CHECK(steps_called("realm", config).empty());
  config.kerberos->login_fallback_realms = {"EXAMPLE.DE", "example.com"};
  REQUIRE(steps_called("realm", config).size() == 1);
  CHECK(steps_called("realm", config)[0].remedy[0].en == R"(login_fallback_realms = ["EXAMPLE.DE", "EXAMPLE.COM"])");
}

TEST_CASE("of a service whose realm is in small letters it is the service that is to be corrected") {
  gate::Config config = config_for({"crm.example.com", "wiki.example.com"});
  name_service(config, "HTTP/crm.example.com@example.com");
  config.kerberos->login_fallback_realms = {"EXAMPLE.COM"};
  std::vector<SignInStep> steps = steps_called("realm", config);
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].remedy[0].en ==
        R"(in [kerberos.keytabs]: "HTTP/crm.example.com@EXAMPLE.COM" = "/nowhere/crm.keytab")");
  std::vector<SignInStep> keys = steps_called("service-key", config);
  REQUIRE(keys.size() == 2);
  CHECK(keys[1].remedy[0].en.contains("ktpass /princ HTTP/wiki.example.com@EXAMPLE.COM "));
}

TEST_CASE("what is configured already is not recommended where there is no agent at all") {
  gate::Config config = config_for({"crm.example.com"});
  auto remedies = [&] {
    std::string all;
    std::vector<SignInStep> steps = steps_called("agents", config);
    for (const Message& line : steps[0].remedy) all += line.en + '\n';
    return all;
  };
  CHECK(remedies().contains("login_fallback_realms"));
  config.kerberos->login_fallback_realms = {"EXAMPLE.COM"};
  CHECK(!remedies().contains("login_fallback_realms"));
  CHECK(remedies().contains("pforte agent add susan"));
}

TEST_CASE("a service that is stopped and a clock that nobody sets are open") {
  gate::Config config = config_for({"crm.example.com"});
  CHECK(steps_called("service", config)[0].state == State::Done);
  CHECK(steps_called("clock", config)[0].state == State::Done);
  SignInSight sight{.clock_is_set = false, .kerberos_runs = false, .store_hidden = {}};
  CHECK(steps_called("service", config, sight)[0].remedy[0].en == "pforte service start kerberos");
  CHECK(steps_called("clock", config, sight)[0].state == State::Open);
}

TEST_CASE("what browsers need is named, with the hosts, as something that cannot be seen") {
  std::vector<SignInStep> steps = steps_called("browsers", config_for({"crm.example.com", "wiki.example.com"}));
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].state == State::Unseen);
  CHECK(steps[0].remedy[0].en.ends_with("AuthServerAllowlist = crm.example.com,wiki.example.com"));
  CHECK(steps[0].remedy[1].en.ends_with("trusted-uris = https://crm.example.com,https://wiki.example.com"));
}

TEST_CASE("where nobody is to sign in by a ticket nothing is said") {
  gate::Config open = config_for({"crm.example.com"});
  open.kerberos.reset();
  open.sign_in.providers_place = conf::Place{};
  CHECK(sign_in_steps(open, {}).empty());
  open.sign_in.providers_place.reset();
  CHECK(!sign_in_steps(open, {}).empty());
  open.sites[0].sign_in = gate::SignInNeed::None;
  CHECK(sign_in_steps(open, {}).empty());
}

TEST_CASE("done steps are ticked while others are open, and left out when none is") {
  std::vector<SignInStep> steps = {
      {.id = "service", .what = {"runs", "läuft"}, .remedy = {}},
      {.id = "clock", .state = State::Open, .what = {"off", "falsch"}, .remedy = {{"set", "stellen"}}},
      {.id = "browsers", .state = State::Unseen, .what = {"hidden", "verborgen"}, .remedy = {}}};
  CHECK(steps_text(steps, Language::German) ==
        "Schritte zum Single Sign-on:\n  [x] läuft\n  [ ] falsch\n        stellen\n  [?] verborgen\n");
  steps[1].state = State::Done;
  CHECK(steps_text(steps, Language::English) == "Steps to single sign-on:\n  [?] hidden\n");
  CHECK(steps_text({}, Language::English).empty());
}

TEST_CASE("a check looks at the store that is there and makes none") {
  store::testing::TemporaryStore made;
  gate::Config config;
  config.state_dir = made.folder.path();
  CHECK(!look_at_sign_in(config).some_agent);
  CHECK(look_at_sign_in(config).kerberos_runs);
  config.state_dir += "/none";
  CHECK(!look_at_sign_in(config).store_hidden);
  CHECK(!std::filesystem::exists(config.state_dir));
}

}  // namespace
}  // namespace pforte::app
