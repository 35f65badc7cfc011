#include "app/secret_files.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "crypto/testing.h"

namespace pforte::app {
namespace {

// A file of a folder that everybody may enter.
class OpenFolder {
 public:
  OpenFolder() { ::chmod(folder_.path().c_str(), 0711); }

  conf::Text secret(const std::string& name, unsigned rights) const {
    std::string file = folder_.write(name, "s3cret\n");
    ::chmod(file.c_str(), rights);
    return {.value = file, .place = {.file = name, .line = 1, .column = 1}};
  }
  const std::string& path() const { return folder_.path(); }
  void close() const { ::chmod(folder_.path().c_str(), 0700); }

 private:
  crypto::testing::Folder folder_;
};

std::vector<std::string> warned_of(const gate::Config& config) {
  conf::Problems problems;
  judge_secret_files(config, problems);
  std::vector<std::string> files;
  for (const conf::Problem& one : problems.in_order()) {
    if (one.code == "conf.secret-readable") files.push_back(one.place.file);
  }
  return files;
}

// What is told to root of what others cannot do.
std::string roots_own(const gate::Config& config) {
  conf::Problems problems;
  judge_secret_files(config, problems);
  for (const conf::Problem& one : problems.in_order())
    if (one.code == "conf.checked-as-root") return one.what.en;
  return {};
}

TEST_CASE("a secret that everybody can read is warned of, whatever block names it") {
  OpenFolder folder;
  gate::Config config;
  config.ca.key_password_file = folder.secret("ca", 0644);
  config.ca.acme.emplace().customers = {{.kid = {}, .key_file = folder.secret("customer", 0644)}};
  config.acme.emplace_back().eab_key_file = folder.secret("eab", 0644);
  config.alarm.mail.emplace().password_file = folder.secret("mail", 0644);
  config.backends.emplace_back().trust_password_file = folder.secret("backend-trust", 0644);
  config.backends.back().identity.basic_password_file = folder.secret("basic", 0644);
  config.ldap.emplace().trust_password_file = folder.secret("ldap-trust", 0644);
  config.ldap->bind_password_file = folder.secret("ldap-bind", 0644);
  std::vector<std::string> warned = warned_of(config);
  std::ranges::sort(warned);
  CHECK(warned ==
        std::vector<std::string>{"backend-trust", "basic", "ca", "customer", "eab", "ldap-bind", "ldap-trust", "mail"});
  folder.close();
  CHECK(warned_of(config).empty());
}

TEST_CASE("the command that closes a secret takes its name as one word") {
  OpenFolder folder;
  gate::Config config;
  config.ca.key_password_file = folder.secret("my secret", 0644);
  conf::Problems problems;
  judge_secret_files(config, problems);
  REQUIRE(problems.in_order().size() == 1);
  CHECK(problems.in_order()[0].remedy.en.ends_with("/my secret'"));
}

TEST_CASE("a secret for its owner and group alone is not warned of, nor one that is not there") {
  OpenFolder folder;
  gate::Config config;
  config.ca.key_password_file = folder.secret("ca", 0640);
  config.alarm.mail.emplace().password_file = folder.secret("mail", 0600);
  config.ldap.emplace().bind_password_file = {.value = "/none/of/these", .place = {}};
  CHECK(warned_of(config).empty());
}

TEST_CASE("root is told of a state folder that it alone can write into, for the gate runs as another") {
  if (::geteuid() != 0) return;
  OpenFolder folder;
  gate::Config config;
  config.state_dir = folder.path();
  CHECK(roots_own(config).contains(cat("root alone can write into ", folder.path())));
  REQUIRE(::chown(folder.path().c_str(), 65534, 65534) == 0);
  CHECK(roots_own(config).empty());
  config.state_dir += "/none";
  CHECK(roots_own(config).empty());
}

}  // namespace
}  // namespace pforte::app
