#include "pki/rule.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "pki/object_id.h"
#include "pki/rule_table.h"

namespace pforte::pki {
namespace {

TEST_CASE("every rule has one entry, a level for each profile, its source, and both languages") {
  std::set<std::string_view> ids;
  for (std::span<const Rule> table : {rules_of_standards(), rules_of_profiles()}) {
    for (const Rule& rule : table) {
      CAPTURE(rule.id);
      CHECK(ids.insert(rule.id).second);
      CHECK(rule.levels.size() == 5);
      CHECK(rule.levels.find_first_not_of("EWN-") == std::string_view::npos);
      for (std::string_view text : {rule.source, rule.says.en, rule.says.de, rule.remedy.en, rule.remedy.de})
        CHECK(!text.empty());
    }
  }
}

TEST_CASE("a rule is as strict as its profile") {
  const Rule& rule = rule_of("cert.sha1");
  CHECK(rule.level(Profile::Rfc5280) == Level::Error);
  CHECK(rule.level(Profile::Java) == Level::Warning);
  Certificate certificate;
  Findings java(Profile::Java), strict(Profile::WebPki);
  java.add("cert.sha1", certificate, {"x", "y"});
  strict.add("cert.sha1", certificate);
  CHECK(java.errors() == 0);
  CHECK(strict.errors() == 1);
  CHECK(java.all().front().text().de == "seine Signatur benutzt SHA-1: y");
}

TEST_CASE("object identifiers are told by their names, or by their numbers") {
  CHECK(extension_text(oid::kNameConstraints) == "nameConstraints");
  CHECK(id_text(oid::kTimestampList) == "1.3.6.1.4.1.11129.2.4.2");
  CHECK(id_text(oid::kAnyPolicy) == "2.5.29.32.0");
  CHECK(id_text("\x88\x37") == "2.999");
}

}  // namespace
}  // namespace pforte::pki
