#include "app/contact_search.h"

#include <doctest/doctest.h>

#include "app/contact_json.h"
#include "app/contact_text.h"
#include "base/testing.h"
#include "contact/ring.h"

using namespace pforte;
using namespace pforte::app;
using namespace std::chrono_literals;

namespace {

constexpr contact::Time kEight = contact::Time(1'800'000'000s);

contact::Contact contact_from(std::string_view address, std::uint64_t id, std::chrono::seconds after = 0s) {
  return {.id = id,
          .begin = kEight + after,
          .client = net::parse_address(std::string(address) + ":4711").value(),
          .ending = contact::Ending::Served,
          .server_name = "crm.example.com",
          .requests = 1,
          .last_status = 200};
}

contact::Contact refused_login(std::string_view address, std::string_view login, std::uint64_t id) {
  contact::Contact contact = contact_from(address, id);
  contact.sign_ins = {{.mark = contact::mark_of(login), .code = "sign-in.denied", .reference = "r"}};
  return contact;
}

contact::Contact signed_in(std::string_view address, std::string login, std::uint64_t id) {
  contact::Contact contact = contact_from(address, id);
  contact.sign_ins = {{.succeeded = true, .login = std::move(login), .method = "ldap"}};
  return contact;
}

struct Told {
  ContactQuery query;
  ContactFinding finding;
  std::string text = contacts_text(query, finding, {}, kEight + 1h, Language::English);
};

Told told_of(const std::string& who, const std::vector<contact::Contact>& contacts) {
  TestFolder folder;
  auto ring = contact::Ring::open(folder.file("contacts"), 1 << 20);
  REQUIRE(ring.has_value());
  REQUIRE((*ring)->add(contacts).has_value());
  ContactQuery query = read_contact_query(who).value();
  ContactFinding finding = find_contacts(folder.file("contacts"), query, contact::Time()).value();
  return {.query = query, .finding = std::move(finding)};
}

bool has(const Told& told, std::string_view words) {
  return told.text.contains(words);
}

}  // namespace

TEST_CASE("of a count that grew the last one holds, and it says how many were not written one by one") {
  contact::Contact count = contact_from("192.0.2.7", 9);
  std::vector<contact::Contact> all = {contact_from("192.0.2.7", 1), count};
  for (std::uint32_t times : {40U, 100U}) {
    count.times = times;
    all.push_back(count);
  }
  Told told = told_of("192.0.2.7", all);
  CHECK(told.finding.count == 101);
  CHECK(told.finding.counted == 99);
  CHECK(told.finding.contacts.size() == 2);
  CHECK(has(told, "99 more were not written one by one"));
}

TEST_CASE("who is looked for by name may be among those that were only counted, of whoever they were") {
  contact::Contact count = signed_in("192.0.2.7", "bert", 9);
  count.lasted = 5min;
  std::vector<contact::Contact> all;
  for (std::uint32_t times : {40U, 100U}) {
    count.times = times;
    all.push_back(count);
  }
  Told unseen = told_of("anna", all);
  CHECK(unseen.finding.contacts.empty());
  CHECK(unseen.finding.counted_of_others == 99);
  CHECK(has(unseen, "Nothing was seen of anna"));
  CHECK(has(unseen, "99 contacts of addresses that had many were not written one by one, most of 192.0.2.7"));
  // The newest of a count is a contact by itself, at its own time.
  Told seen = told_of("bert", {all.back()});
  CHECK(seen.finding.count == 1);
  REQUIRE(seen.finding.contacts.size() == 1);
  CHECK(seen.finding.contacts[0].begin == kEight + 5min);
  CHECK(has(seen, "99 contacts of others were not written one by one, most of 192.0.2.7; more may be among them"));
}

TEST_CASE("a login that has the same mark decides nothing where the one that is meant comes from elsewhere") {
  std::vector<contact::Contact> all = {signed_in("192.0.2.7", "anna", 1), refused_login("192.0.2.8", "anna", 2)};
  Told told = told_of("anna", all);
  CHECK(works(told.query, told.finding) == true);
  CHECK(told.finding.failures == 0);
  CHECK(has(told,
            "From here, too, somebody with this login may have been refused (one login in 63 has the same mark): "
            "192.0.2.8"));
  // From where it has signed in, it is most likely the same.
  all.push_back(refused_login("192.0.2.7", "anna", 3));
  told = told_of("anna", all);
  CHECK(works(told.query, told.finding) == false);
}

TEST_CASE("where only a mark fits, that is said") {
  Told told = told_of("anna", {refused_login("192.0.2.7", "anna", 1)});
  CHECK(works(told.query, told.finding) == false);
  CHECK(has(told, "Found by the mark of the login that was typed, which one in 63 has as well"));
}

TEST_CASE("what the doctor tried decides nothing") {
  contact::Contact probe = contact_from("192.0.2.7", 2, 1min);
  probe.ending = contact::Ending::Refused;
  probe.our_alert = 70;
  probe.requests = 0;
  probe.by_doctor = true;
  Told told = told_of("crm.example.com", {contact_from("192.0.2.7", 1), probe});
  CHECK(works(told.query, told.finding) == true);
  CHECK(told.finding.failures == 0);
  CHECK(has(told, "1 of them were `pforte doctor` itself and do not count"));
  CHECK(!works(told.query, told_of("crm.example.com", {probe}).finding));
}

TEST_CASE("a host or a range fares as at least half of its clients do, each by its last contact") {
  std::vector<contact::Contact> all;
  for (std::uint64_t id = 1; id <= 3; ++id) all.push_back(contact_from("192.0.2." + std::to_string(id), id));
  auto fails = [&](std::string_view address, std::uint64_t id) {
    contact::Contact contact = contact_from(address, id, 1min);
    contact.ending = contact::Ending::ClientAlert;
    contact.client_alert = 48;
    contact.requests = 0;
    all.push_back(contact);
  };
  fails("192.0.2.9", 9);
  for (std::string_view who : {"crm.example.com", "192.0.2.0/24"}) {
    Told told = told_of(std::string(who), all);
    CHECK(works(told.query, told.finding) == true);
    CHECK(has(told, "It works for 3 of 4 clients"));
    CHECK(has(told, "It fails for 1 of 4: 192.0.2.9; the last"));
  }
  fails("192.0.2.1", 11);
  fails("192.0.2.2", 12);
  Told told = told_of("crm.example.com", all);
  CHECK(works(told.query, told.finding) == false);
  CHECK(has(told, "It fails for 3 of 4: 192.0.2.2, 192.0.2.1, 192.0.2.9; the last"));
}

TEST_CASE("of several that were alike the last one says when it was") {
  contact::Contact count = contact_from("192.0.2.7", 1);
  count.times = 40;
  count.lasted = 67s;
  contact::Contact failed = contact_from("192.0.2.7", 2, 30s);
  failed.ending = contact::Ending::ClientAlert;
  failed.client_alert = 48;
  failed.requests = 0;
  Told told = told_of("192.0.2.7", {count, failed});
  CHECK(has(told, "the last at 2027-01-15T08:01:07Z ("));
  CHECK(has(told, "It works (2027-01-15T08:01:07Z)"));
  CHECK(has(told, "It last failed at 2027-01-15T08:00:30Z"));
  failed.begin += 60s;
  told = told_of("192.0.2.7", {count, failed});
  CHECK(has(told, "It fails (2027-01-15T08:01:30Z)"));
  CHECK(has(told, "It last worked at 2027-01-15T08:01:07Z"));
}

TEST_CASE("a look at the port beside an examination from the same address is the doctor's, and no other is") {
  contact::Contact examined = contact_from("192.0.2.7", 1, 60s);
  examined.by_doctor = true;
  std::vector<contact::Contact> all = {examined};
  struct Look {
    std::string_view from;
    std::chrono::seconds after;
  };
  for (const Look& look :
       {Look{"192.0.2.7", 52s}, Look{"192.0.2.7", 0s}, Look{"192.0.2.7", 44s}, Look{"192.0.2.8", 60s}}) {
    contact::Contact silent = contact_from(look.from, all.size() + 1, look.after);
    silent.ending = contact::Ending::Silent;
    silent.server_name.clear();
    silent.requests = 0;
    all.push_back(silent);
  }
  Told told = told_of("192.0.2.0/24", all);
  CHECK(told.finding.by_doctor == 2);
  for (const contact::Contact& one : told.finding.contacts) CHECK(one.by_doctor == (one.id <= 2));
}

TEST_CASE("a command to go on with names the configuration that was named") {
  contact::Contact contact = contact_from("192.0.2.7", 1);
  contact.sign_ins = {{.code = "sign-in.wrong", .reference = "0123456789abc"}};
  Told told = told_of("192.0.2.7", {contact});
  CHECK(has(told, "see for yourself: pforte explain 0123456789abc\n"));
  told.finding.config = "/tmp/my gate.toml";
  constexpr std::string_view kNamed = "pforte --config '/tmp/my gate.toml' explain 0123456789abc";
  CHECK(contacts_text(told.query, told.finding, {}, kEight, Language::English).contains(kNamed));
  CHECK(contacts_json(told.query, told.finding, {}, Language::English).contains(kNamed));
}

TEST_CASE("whose code is asked for, is shown what the page showed") {
  contact::Contact contact = contact_from("192.0.2.7", 1);
  contact.selftest = "K7QM2XPA";
  contact.findings = "cookie=no ticket=none language=de";
  contact.tls_version = "TLSv1.3";
  contact.cipher = "TLS_AES_128_GCM_SHA256";
  Told told = told_of("K7QM-2XPA", {contact});
  CHECK(has(told, "  TLS: TLSv1.3, TLS_AES_128_GCM_SHA256\n"));
  CHECK(has(told, "  Your address, as it arrives here: 192.0.2.7\n"));
  CHECK(has(told, "  Language: de\n  Cookies: ✗\n    The browser does not send cookies back"));
  CHECK(has(told, "  Single sign-on: ✗\n    The browser was asked for a Kerberos ticket and sent none"));
  std::string json = contacts_json(told.query, told.finding, {}, Language::German);
  CHECK(json.contains("\"code\": \"K7QM2XPA\""));
  CHECK(json.contains("\"what\": \"Sprache\",\n        \"value\": \"de\""));
  CHECK(!has(told_of("192.0.2.7", {contact}), "Single sign-on"));
}

TEST_CASE("of a code that nobody has, it is told how codes are and where it may be known") {
  contact::Contact contact = contact_from("192.0.2.7", 1);
  Told told = told_of("K7QM-2XPB", {contact});
  CHECK(has(told, "No self-test has the code K7QM-2XPB. The record goes back to "));
  CHECK(has(told, "letter by letter"));
  CHECK(has(told, "another gate: each has a record of its own"));
  CHECK(!has(told, "nslookup"));
  CHECK(!has(told, "if it is a login"));
  CHECK(has(told_of("K7QM-2XPO", {contact}), "none has I, O, 0 or 1"));
  CHECK(has(told_of("k7qm2xpb", {contact}), "if it is a login"));
}

TEST_CASE("one request is one request") {
  contact::Contact contact = contact_from("192.0.2.7", 1);
  Told told = told_of("192.0.2.7", {contact});
  CHECK(has(told, "(1 request, last 200)"));
  CHECK(contacts_text(told.query, told.finding, {}, kEight, Language::German).contains("(1 Anfrage, zuletzt 200)"));
  contact.requests = 2;
  told = told_of("192.0.2.7", {contact});
  CHECK(has(told, "(2 requests, last 200)"));
  CHECK(contacts_text(told.query, told.finding, {}, kEight, Language::German).contains("(2 Anfragen, zuletzt 200)"));
}
