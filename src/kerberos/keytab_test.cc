#include "kerberos/keytab.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/text.h"
#include "crypto/testing.h"
#include "kerberos/key_version.h"
#include "kerberos/keytab_file.h"
#include "kerberos/keytab_findings.h"
#include "kerberos/testing.h"

namespace pforte::kerberos {

using testing::add_key;

namespace {

const std::string service_name = "HTTP/crm.example.com@EXAMPLE.COM";

std::string fault_code_of(const std::string& file) {
  KeytabContent content = read_keytab(file);
  return content.fault ? std::string(content.fault->code) : "good";
}

std::string codes_for(const KerberosConfig& config) {
  conf::Problems problems;
  check_keytabs(config, problems);
  std::string codes;
  for (const conf::Problem& one : problems.all()) {
    CHECK(one.severity == conf::Severity::Warning);
    codes += cat(one.code, ' ');
  }
  return codes;
}

}  // namespace

TEST_CASE("a key fits by its version, by the lowest bits of it, and where a version says nothing") {
  CHECK(key_version_fits(3, 3));
  CHECK(!key_version_fits(3, 4));
  CHECK(key_version_fits(4, 260));
  CHECK(!key_version_fits(260, 4));
  CHECK(key_version_fits(0, 7));
}

TEST_CASE("a keytab tells its principals, key versions, encryptions and dates") {
  crypto::testing::Folder folder;
  std::string file = folder.path() + "/a.keytab";
  add_key(file, service_name, 3);
  add_key(file, "HTTP/crm.example.de@EXAMPLE.DE", 300, 23);
  KeytabContent content = read_keytab(file);
  CHECK(!content.fault);
  REQUIRE(content.entries.size() == 2);
  CHECK(content.entries[0].principal.to_text() == service_name);
  CHECK(content.entries[0].key_version == 3);
  CHECK(content.entries[0].encryption == 18);
  CHECK(std::chrono::system_clock::now() - content.entries[0].written < std::chrono::minutes(10));
  CHECK(content.entries[1].key_version == 300);
  CHECK(content.entries[1].encryption == 23);
}

TEST_CASE("each fault of a keytab file has its own code") {
  crypto::testing::Folder folder;
  CHECK(fault_code_of(folder.path() + "/none") == "kerberos.keytab-missing");
  CHECK(fault_code_of(folder.path()) == "kerberos.keytab-form");
  CHECK(fault_code_of(folder.write("text", "-----BEGIN PRIVATE KEY-----\n")) == "kerberos.keytab-form");
  CHECK(fault_code_of(folder.write("nothing", "")) == "kerberos.keytab-empty");
  CHECK(fault_code_of(folder.write("head", "\x05\x02")) == "kerberos.keytab-empty");
  CHECK(fault_code_of(folder.write("hole", std::string("\x05\x02\xff\xff\xff\xfc????", 10))) ==
        "kerberos.keytab-empty");
}

TEST_CASE("a keytab that may not be read names user and owner") {
  if (::geteuid() == 0) REQUIRE(::seteuid(65534) == 0);
  std::optional<Fault> fault = check_keytab_form("/etc/shadow").fault;
  if (::getuid() == 0) REQUIRE(::seteuid(0) == 0);
  REQUIRE(fault);
  CHECK(fault->code == "kerberos.keytab-denied");
  CHECK(fault->what.en.find("belongs to root") != std::string::npos);
  CHECK(fault->remedy.en.contains(" is the gate's user: sudo chown "));
  CHECK(fault->remedy.en.ends_with("; else check as the one who is, such as `sudo -u pforte`"));
}

TEST_CASE("a keytab that is cut anywhere is told from a whole one, and gives what stands before") {
  crypto::testing::Folder folder;
  std::string file = folder.path() + "/a.keytab";
  add_key(file, service_name, 1);
  std::uintmax_t first = std::filesystem::file_size(file);
  add_key(file, service_name, 2);
  std::uintmax_t whole = std::filesystem::file_size(file);
  for (std::uintmax_t size = whole; size-- > 0;) {
    CAPTURE(size);
    std::filesystem::resize_file(file, size);
    KeytabContent content = read_keytab(file);
    if (size == first) {
      CHECK(!content.fault);
    } else {
      CHECK(content.fault);
    }
    CHECK(content.entries.size() == (size >= first ? 1 : 0));
  }
}

TEST_CASE("what is wrong with a configuration's keytabs is warned of, each for its service") {
  crypto::testing::Folder folder;
  std::string good = folder.path() + "/good.keytab", weak = folder.path() + "/weak.keytab";
  add_key(good, service_name, 1);
  add_key(weak, service_name, 1, 23);
  auto config_of = [](const std::string& name, const std::string& file) {
    KerberosConfig config;
    config.keytabs.push_back({{}, *parse_principal(name), {file, {}}});
    return config;
  };
  CHECK(codes_for(config_of(service_name, good)).empty());
  CHECK(codes_for(config_of(service_name, folder.path() + "/none")) == "kerberos.keytab-missing ");
  CHECK(codes_for(config_of("HTTP/CRM.example.com@EXAMPLE.COM", good)) == "kerberos.keytab-principal ");
  KerberosConfig config = config_of(service_name, weak);
  CHECK(codes_for(config) == "kerberos.keytab-weak ");
  config.allow_rc4 = {service_name};
  CHECK(codes_for(config).empty());
  std::filesystem::permissions(good, std::filesystem::perms(0644));
  CHECK(codes_for(config_of(service_name, good)) == "kerberos.keytab-rights ");
}

TEST_CASE(
    "a service that cannot be used is named at the place of its own entry; a fault that disables nothing is not") {
  crypto::testing::Folder folder;
  std::string cut = folder.path() + "/cut.keytab";
  add_key(cut, service_name, 1);
  add_key(cut, "HTTP/late.example.com@EXAMPLE.COM", 1);
  std::filesystem::resize_file(cut, std::filesystem::file_size(cut) - 1);
  KerberosConfig config;
  config.keytabs.push_back({{"pforte.toml", 7, 3}, *parse_principal(service_name), {cut, {}}});
  config.keytabs.push_back({{"a.properties", 2, 1}, *parse_principal("HTTP/late.example.com@EXAMPLE.COM"), {cut, {}}});
  conf::Problems problems;
  check_keytabs(config, problems);
  REQUIRE(problems.all().size() == 2);
  CHECK(problems.all()[0].code == "kerberos.keytab-cut");
  CHECK(problems.all()[0].place == config.keytabs[0].place);
  CHECK(problems.all()[0].what.en.starts_with("the keytab "));
  CHECK(problems.all()[1].code == "kerberos.keytab-cut");
  CHECK(problems.all()[1].place == config.keytabs[1].place);
  CHECK(problems.all()[1].what.en.starts_with("HTTP/late.example.com@EXAMPLE.COM cannot be used: the keytab "));
}

TEST_CASE("in commands the name of a keytab is one word, and a user without a name a number") {
  constexpr uid_t kNobodyKnown = 54321;
  crypto::testing::Folder folder;
  std::string file = folder.path() + "/it's a key";
  add_key(file, service_name, 1);
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  std::string word = cat("'", folder.path(), R"(/it'\''s a key')");
  CHECK(check_keytab_rights(file)->remedy.en == cat("chmod o= ", word));
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  std::vector<KeytabFinding> findings = judge_keytab_rights(file, kNobodyKnown);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].command == cat("chown 54321 ", word, " && chmod 600 ", word));
}

}  // namespace pforte::kerberos
