#include "demo/directory.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "base/text.h"
#include "demo/folder.h"

namespace pforte::demo {
namespace {

TEST_CASE("the directory has those who sign in by it, and nobody else") {
  std::string content = directory_content("secret");
  CHECK(content.find("dn: uid=uli,ou=people,dc=demo,dc=test\n") != std::string::npos);
  CHECK(content.find("member: uid=uli,ou=people,dc=demo,dc=test\n") != std::string::npos);
  CHECK(content.find("uid=dora") == std::string::npos);
  CHECK(content.find("uid=susan") == std::string::npos);
}

TEST_CASE("the directory answers over TLS to who has its account, and takes Uli's password") {
  ThrowAwayFolder folder;
  Result<Papers> papers = issue_papers(folder.path());
  REQUIRE(papers);
  auto directory = Directory::start(folder.path(), *papers);
  if (!directory && directory.error().kind() == Kind::NotFound) return;  // not installed
  REQUIRE(directory);
  const DirectoryAccess& access = (*directory)->access();
  std::string password;
  std::getline(std::ifstream(access.password_file) >> std::ws, password);

  struct Row {
    std::string dn, password;
    bool good;
  };
  const Row rows[] = {
      {access.bind_dn, password, true},
      {access.bind_dn, "wrong", false},
      {"uid=uli,ou=people,dc=demo,dc=test", "uli-demo", true},
      {"uid=uli,ou=people,dc=demo,dc=test", "", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.dn);
    Command command{.program = "ldapsearch",
                    .arguments = {"-x", "-H", access.url, "-D", row.dn, "-w", row.password, "-b", access.base},
                    .environment = {cat("LDAPTLS_CACERT=", papers->authority)},
                    .input = {},
                    .log = folder.path() + "/log"};
    Result<> got = run_program(command);
    if (!got && got.error().kind() == Kind::NotFound) return;  // nothing to ask with
    CHECK(got.has_value() == row.good);
  }
}

}  // namespace
}  // namespace pforte::demo
