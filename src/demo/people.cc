#include "demo/people.h"

#include <array>

#include "base/text.h"

namespace pforte::demo {

std::span<const Person> people() {
  static constexpr std::array<Person, 5> kPeople = {{
      {.login = "susan",
       .name = "Susan Sommer",
       .proof = Proof::Ticket,
       .password = "susan-demo",
       .realm = kAlpha,
       .is_admin = true},
      {.login = "peter", .name = "Peter Petersen", .proof = Proof::Ticket, .password = "peter-demo", .realm = kBeta},
      {.login = "uli", .name = "Uli Überall", .proof = Proof::Directory, .password = "uli-demo", .realm = {}},
      {.login = "dora", .name = "Dora Doberan", .proof = Proof::Database, .password = "dora-demo", .realm = {}},
      {.login = "partner", .name = "Partner system", .proof = Proof::Token, .password = {}, .realm = {}},
  }};
  return kPeople;
}

std::string principal_of(const Person& person) {
  return person.realm.empty() ? "" : cat(person.login, '@', person.realm);
}

}  // namespace pforte::demo
