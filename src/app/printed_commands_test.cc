// Commands that the product prints for somebody to paste: those of our own are accepted by our own command line, and
// whatever stands in a directory or in the name of a file stays one word of them.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "app/command_line.h"
#include "app/contact_query.h"
#include "app/contact_text.h"
#include "base/text.h"
#include "doctor/account_check.h"
#include "kerberos/keytab_findings.h"

namespace pforte::app {
namespace {

const std::string nasty_name = "it's $(reboot); `x` & y";

// As a POSIX shell splits what base/shell_word.h quotes; other letters that mean something to a shell are not expected.
std::vector<std::string> shell_words(std::string_view command) {
  std::vector<std::string> words;
  std::string bare;
  bool quoted = false, begun = false;
  for (std::size_t i = 0; i < command.size(); ++i) {
    char c = command[i];
    if (c == ' ' && !quoted) {
      begun = false;
      continue;
    }
    if (!begun) words.emplace_back();
    begun = true;
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == '\\' && !quoted) {
      words.back() += command[++i];
    } else {
      if (!quoted) bare += c;
      words.back() += c;
    }
  }
  CHECK(!quoted);
  CHECK(bare.find_first_of("$`;&|<>()\"*?#~") == std::string::npos);
  return words;
}

CommandLine accepted(const std::string& command) {
  CAPTURE(command);
  std::vector<std::string> words = shell_words(command);
  REQUIRE(words.size() > 1);
  CHECK(words.front() == "pforte");
  std::vector<const char*> arguments;
  for (std::size_t i = 1; i < words.size(); ++i) arguments.push_back(words[i].c_str());
  auto line = read_command_line(arguments, {});
  if (!line) FAIL(line.error().what.en);
  return *std::move(line);
}

doctor::Account nasty_account() {
  doctor::Account account;
  account.dn = "CN=svc";
  account.name = nasty_name;
  account.encryptions = doctor::kAccountRc4;
  account.key_version = 5;
  account.must_change_password = true;
  account.password_set = std::chrono::sys_days(std::chrono::year(2007) / 1 / 1);
  account.expires = std::chrono::sys_days(std::chrono::year(2020) / 1 / 1);
  account.groups = {"CN=Protected Users,DC=example,DC=com"};
  account.control = 0xffffff & ~doctor::kWorkstationAccount & ~doctor::kControllerAccount;
  return account;
}

// The commands beside everything that can be said of an account, and the ids of what they are for.
std::vector<std::pair<std::string, std::string>> commands_for(const doctor::Account& account) {
  doctor::Path path("kerberos", {{.name = {"gate", "Tor"}}, {.name = {"directory", "Verzeichnis"}}});
  doctor::judge_account({.service = "HTTP/crm.example.com",
                         .realm = "EXAMPLE.COM",
                         .account = account,
                         .keytab = "/etc/my keytab's",
                         .key_versions = {3},
                         .now = std::chrono::sys_days(std::chrono::year(2026) / 12 / 1)},
                        1, path);
  std::vector<std::pair<std::string, std::string>> commands;
  for (const doctor::Finding* one : path.in_order()) commands.emplace_back(one->check.id, one->command);
  return commands;
}

}  // namespace

TEST_CASE("the command that makes an account's keytab again is one of ours, with file, name, version and account") {
  struct Row {
    std::uint32_t control;
    std::string_view user_principal, account;
  };
  const Row rows[] = {{0x200, "", "user:it's $(reboot); `x` & y"},
                      {0x200, "HTTP/crm.example.com@EXAMPLE.COM", "upn:HTTP/crm.example.com@EXAMPLE.COM"},
                      {doctor::kWorkstationAccount, "", "computer:it's $(reboot); `x` & y"}};
  for (const Row& row : rows) {
    doctor::Account account = nasty_account();
    account.control = row.control;
    account.user_principal = row.user_principal;
    int seen = 0;
    for (const auto& [id, command] : commands_for(account)) {
      if (id != "account.key-version") continue;
      ++seen;
      CommandLine line = accepted(command);
      CHECK(line.command == Command::KeytabCreate);
      CHECK(line.operand == "/etc/my keytab's");
      CHECK(line.value_of("--principal") == "HTTP/crm.example.com@EXAMPLE.COM");
      CHECK(line.value_of("--kvno") == "5");
      CHECK(line.value_of("--account") == row.account);
    }
    CHECK(seen == 1);
  }
}

TEST_CASE("the name of an account is one word of each command, whatever it is") {
  std::size_t with_name = 0;
  for (std::uint32_t computer : {0U, doctor::kWorkstationAccount}) {
    doctor::Account account = nasty_account();
    account.control |= computer;
    for (const auto& [id, command] : commands_for(account)) {
      CAPTURE(command);
      bool posix = command.starts_with("pforte ") || command.starts_with("kinit ");
      std::string_view word = posix ? R"('\''s $(reboot); `x` & y)" : "'it''s $(reboot); `x` & y'";
      CHECK((command.contains(word) || !command.contains("reboot")));
      with_name += command.contains(word) ? 1 : 0;
    }
  }
  CHECK(with_name > 20);
}

TEST_CASE("a keytab with keys that stand twice, or of format 1, is written anew by a command of ours") {
  kerberos::KeytabRecords content;
  content.format = 1;
  for (int i = 0; i < 2; ++i)
    content.records.push_back(kerberos::keytab_record({{"HTTP", "a.test"}, "A.TEST"}, 0, 1, 18, std::string(32, 'k')));
  int seen = 0;
  for (const kerberos::KeytabFinding& one : kerberos::judge_keytab("/etc/" + nasty_name, content)) {
    if (one.id != "keytab.duplicate" && one.id != "keytab.format-1") continue;
    ++seen;
    CommandLine line = accepted(one.command);
    CHECK(line.command == Command::KeytabMerge);
    CHECK(line.operand == "/etc/" + nasty_name);
    CHECK(line.value_of("--out") == line.operand);
  }
  CHECK(seen == 2);
}

TEST_CASE("the name that is looked for is one word of the commands to try on the client") {
  std::string all;
  ContactQuery query;
  query.name = "a.test;reboot";
  for (const Message& one : where_else(query, {}, {})) all += one.en;
  CHECK(all.contains("`nslookup 'a.test;reboot'`"));
  CHECK(all.contains("`Test-NetConnection 'a.test;reboot' -Port 443`"));
  CHECK(all.contains("`curl -v 'https://a.test;reboot:443/'`"));
}

}  // namespace pforte::app
