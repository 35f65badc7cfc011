#include "doctor/responsible.h"

#include <doctest/doctest.h>

namespace pforte::doctor {
namespace {

TEST_CASE("who answers for a hop is found by a whole word of its name, the longest first") {
  const std::vector<Responsible> all = {{.name = "gate", .who = "operations"}, {.name = "crm", .who = "CRM team"},
                                        {.name = "proxy", .who = "network"},   {.name = "proxy.example", .who = "ISP"},
                                        {.name = "10.0.0.11", .who = "farm"},  {.name = "", .who = "nobody"}};
  struct Named {
    const char *hop, *who;
  };
  const Named rows[] = {
      {"gate", "operations"},
      {"crm http://10.0.0.12:8080", "CRM team"},
      {"crm http://10.0.0.11:8080", "farm"},
      {"proxy http://proxy.example:3128", "ISP"},
      {"parent proxy other.example", "network"},
      {"crm.example.com:443", ""},
      {"client", ""},
      {"", ""},
  };
  for (const Named& row : rows) {
    CAPTURE(row.hop);
    CHECK(responsible_for(all, {.name = {row.hop, row.hop}}) == row.who);
  }
}

}  // namespace
}  // namespace pforte::doctor
