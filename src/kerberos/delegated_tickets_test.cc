#include "kerberos/delegated_tickets.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "crypto/testing.h"

namespace pforte::kerberos {
namespace {

using Sessions = std::vector<std::string>;

// An empty folder with these rights.
class TicketFolder {
 public:
  explicit TicketFolder(mode_t mode) {
    std::filesystem::create_directories(path());
    REQUIRE(::chmod(path().c_str(), mode) == 0);
  }
  std::string path() const { return base_.path() + "/tickets"; }
  void put(std::string_view name) const { std::ofstream(cat(path(), "/", name)) << "x"; }

 private:
  crypto::testing::Folder base_;
};

std::string code_of(const std::string& folder) {
  std::optional<Fault> fault = check_ticket_folder(folder);
  return fault ? std::string(fault->code) : "good";
}

TEST_CASE("tickets lie in a folder that others can neither read nor change") {
  struct Row {
    mode_t mode;
    std::string_view code;
  };
  const Row rows[] = {
      {0700, "good"},
      {02750, "good"},
      {0750, "good"},
      {0770, "kerberos.tickets-exposed"},
      {0755, "kerberos.tickets-exposed"},
      {0701, "kerberos.tickets-exposed"},
      {01777, "kerberos.tickets-exposed"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.mode);
    CHECK(code_of(TicketFolder(row.mode).path()) == row.code);
  }
}

TEST_CASE("a folder that is not there, or a file, holds no tickets, and nobody is kept from signing in") {
  TicketFolder folder(0700);
  folder.put("file");
  for (std::string path : {folder.path() + "/gone", folder.path() + "/file"}) {
    CAPTURE(path);
    CHECK(code_of(path) == "kerberos.tickets-missing");
    DelegatedTickets tickets(path);
    Result<> kept = tickets.keep("one", Credential());
    REQUIRE(!kept);
    CHECK(kept.error().code() == "kerberos.tickets-missing");
    CHECK(tickets.problem()->de.contains("install -d -o pforte"));
    CHECK(tickets.sessions().empty());
  }
}

TEST_CASE("what is no ticket of ours in the folder is left alone") {
  TicketFolder folder(0700);
  for (std::string_view name : {"krb5cc_pforte_one", "new_pforte_two", "krb5cc_pforte_two", "krb5cc_1000", "README"})
    folder.put(name);
  DelegatedTickets tickets(folder.path());
  CHECK(tickets.sessions() == Sessions{"one", "two"});
  for (const std::string& id : tickets.sessions()) tickets.remove(id);
  CHECK(tickets.sessions().empty());
  CHECK(std::filesystem::exists(folder.path() + "/krb5cc_1000"));
  CHECK(std::filesystem::exists(folder.path() + "/README"));
  CHECK(!std::filesystem::exists(folder.path() + "/new_pforte_two"));
}

TEST_CASE("the name of a cache is what KRB5CCNAME takes") {
  CHECK(DelegatedTickets("/run/t").cache_of("AAECAwQFBgcICQoLDA0ODw") ==
        "FILE:/run/t/krb5cc_pforte_AAECAwQFBgcICQoLDA0ODw");
}

TEST_CASE("a configuration that keeps tickets is told what that means, or what is wrong with the folder") {
  TicketFolder good(0700), bad(0755);
  for (const TicketFolder* folder : {&good, &bad}) {
    KerberosConfig config;
    config.delegated_tickets = conf::Text{folder->path(), {.file = "pforte.toml", .line = 7, .column = 3}};
    conf::Problems problems;
    check_delegated_tickets(config, problems);
    REQUIRE(problems.all().size() == 1);
    const conf::Problem& one = problems.all().front();
    CHECK(one.place.line == 7);
    CHECK(one.code == (folder == &good ? "kerberos.delegation" : "kerberos.tickets-exposed"));
    CHECK(one.severity == (folder == &good ? conf::Severity::Note : conf::Severity::Warning));
  }
  conf::Problems none;
  check_delegated_tickets(KerberosConfig(), none);
  CHECK(none.all().empty());
}

}  // namespace
}  // namespace pforte::kerberos
