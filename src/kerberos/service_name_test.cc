#include "kerberos/service_name.h"

#include <doctest/doctest.h>

#include "kerberos/keytab_names.h"

namespace pforte::kerberos {
namespace {

KeytabRecord key_of(const std::string& name) {
  return keytab_record(*parse_principal(name), 0, 1, 18, std::string(32, 'k'));
}

}  // namespace

TEST_CASE("a name that no browser asks for is told with the one that it asks for") {
  using Flaws = std::vector<NameFlaw>;
  struct NameRow {
    std::string_view name;
    Flaws flaws;
    std::string_view meant;
  };
  const NameRow rows[] = {
      {"HTTP/crm.example.com@EXAMPLE.COM", {}, "HTTP/crm.example.com@EXAMPLE.COM"},
      {"HTTPS/crm.example.com@EXAMPLE.COM", {NameFlaw::Service}, "HTTP/crm.example.com@EXAMPLE.COM"},
      {"http/crm.example.com@EXAMPLE.COM", {NameFlaw::ServiceCase}, "HTTP/crm.example.com@EXAMPLE.COM"},
      {"HTTP/crm.example.com:8443@EXAMPLE.COM", {NameFlaw::Port}, "HTTP/crm.example.com@EXAMPLE.COM"},
      {"HTTP/crm.example.com.@EXAMPLE.COM", {NameFlaw::Dot}, "HTTP/crm.example.com@EXAMPLE.COM"},
      {"HTTP/CRM.example.com@EXAMPLE.COM", {NameFlaw::HostCase}, "HTTP/crm.example.com@EXAMPLE.COM"},
      {"HTTP/crm.example.com@example.com", {NameFlaw::RealmCase}, "HTTP/crm.example.com@EXAMPLE.COM"},
      {"https/CRM.example.com.:8443@Example.com",
       {NameFlaw::Service, NameFlaw::Port, NameFlaw::Dot, NameFlaw::HostCase, NameFlaw::RealmCase},
       "HTTP/crm.example.com@EXAMPLE.COM"},
      {"HTTP/127.0.0.1@EXAMPLE.COM", {NameFlaw::Address}, "HTTP/127.0.0.1@EXAMPLE.COM"},
      {"HTTP/127.0.0.1:8443@EXAMPLE.COM", {NameFlaw::Address}, "HTTP/127.0.0.1@EXAMPLE.COM"},
      {"HTTP/2001:DB8::1@EXAMPLE.COM", {NameFlaw::Address}, "HTTP/2001:db8::1@EXAMPLE.COM"},
  };
  for (const NameRow& row : rows) {
    CAPTURE(row.name);
    Principal principal = *parse_principal(row.name);
    CHECK(name_flaws(principal) == row.flaws);
    CHECK(as_browsers_ask(principal).to_text() == row.meant);
  }
  for (std::string_view other : {"susan@example.com", "host/PC1@EXAMPLE.COM", "cifs/127.0.0.1@EXAMPLE.COM"}) {
    CAPTURE(other);
    CHECK(name_flaws(*parse_principal(other)).empty());
  }
}

TEST_CASE("a flawed name of a keytab is a note where the right one is there as well") {
  KeytabRecords content;
  content.records.push_back(key_of("HTTPS/crm.example.com@EXAMPLE.COM"));
  std::vector<KeytabFinding> alone = judge_keytab_names(content);
  REQUIRE(alone.size() == 1);
  CHECK(alone[0].id == "keytab.name-service");
  CHECK(alone[0].level == KeytabLevel::Error);
  CHECK(alone[0].remedy.en == "make the keytab for HTTP/crm.example.com@EXAMPLE.COM");
  content.records.push_back(key_of("HTTPS/crm.example.com@EXAMPLE.COM"));
  content.records.push_back(key_of("HTTP/crm.example.com@EXAMPLE.COM"));
  std::vector<KeytabFinding> beside = judge_keytab_names(content);
  REQUIRE(beside.size() == 1);  // each name once
  CHECK(beside[0].level == KeytabLevel::Note);
}

}  // namespace pforte::kerberos
