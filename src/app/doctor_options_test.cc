#include "app/doctor_options.h"

#include <doctest/doctest.h>

#include <vector>

namespace pforte::app {
namespace {

CommandLine doctor_line(std::vector<const char*> words) {
  words.insert(words.begin(), "doctor");
  auto line = read_command_line(words, Environment());
  REQUIRE(line.has_value());
  return *std::move(line);
}

TEST_CASE("an option that none of the subjects heeds is refused, with those that do") {
  auto refused = unheeded_option(doctor_line({"url", "https://a.example/", "--rc4"}));
  REQUIRE(refused.has_value());
  CHECK(refused->exit == kInvalidInput);
  CHECK(refused->what.en == "--rc4 says nothing to what is to be examined");
  CHECK(refused->remedy.en == "it goes with: no subject, kerberos");
  CHECK(unheeded_option(doctor_line({"site", "a.example", "--preset", "cursor-crm"})).has_value());
  CHECK(unheeded_option(doctor_line({"--since", "1h"})).has_value());
  CHECK(unheeded_option(doctor_line({"path", "a.example:443", "--via-password-file", "f"})).has_value());
}

TEST_CASE("an option that one of several subjects heeds is taken") {
  CHECK(!unheeded_option(doctor_line({"url", "https://a.example/", "kerberos", "--rc4"})));
  CHECK(!unheeded_option(doctor_line({"--rc4", "--via", "http://proxy:3128"})));
  CHECK(!unheeded_option(doctor_line({"client", "10.0.0.1", "--since", "1h"})));
}

TEST_CASE("an option that means something beside another alone is refused without it") {
  auto refused =
      unheeded_option(doctor_line({"kerberos", "--ldap", "ldaps://dc1.example.com", "--password-file", "f"}));
  REQUIRE(refused.has_value());
  CHECK(refused->what.en == "--password-file without --bind-dn");
  CHECK(unheeded_option(doctor_line({"kerberos", "--bind-dn", "x", "--password-file", "f"})).has_value());
  CHECK(!unheeded_option(doctor_line({"kerberos", "--ldap", "ldaps://a", "--bind-dn", "x", "--password-file", "f"})));
}

TEST_CASE("each option of the doctor is known here") {
  for (const OptionSpec& option : spec_of(Command::Doctor).options) {
    CAPTURE(option.name);
    std::vector<const char*> words = {"nothing-that-heeds", option.name.data()};
    if (option.takes_value()) words.push_back("x");
    CHECK(unheeded_option(doctor_line(words)).has_value());
  }
}

}  // namespace
}  // namespace pforte::app
