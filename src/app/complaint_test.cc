#include "app/complaint.h"

#include <doctest/doctest.h>

#include <string>

namespace pforte::app {
namespace {

TEST_CASE("what is wrong with a file begins with it and its line, in both languages") {
  Error error(Kind::Invalid, "certificate.damaged", "dir/a.pem:7: the certificate is not Base64");
  Complaint complaint(error, "dir/a.pem");
  CHECK(complaint.exit == kInvalidInput);
  CHECK(to_text(complaint, Language::English) ==
        "pforte: dir/a.pem:7: error: the certificate is not Base64\nhelp: fetch the file anew, in binary mode\n");
  CHECK(to_text(complaint, Language::German)
            .starts_with("pforte: dir/a.pem:7: Fehler: das Zertifikat ist kein Base64\n"));
  CHECK(Complaint(error, "dir").place == "dir/a.pem:7");
}

TEST_CASE("a place is the file that was asked about, whatever is in its name, and nothing else") {
  struct Row {
    std::string_view text, file, place;
  };
  const Row rows[] = {{"a: b.pem: is damaged", "a: b.pem", "a: b.pem"},
                      {"a.pem: certificate 2: is damaged", "a.pem", "a.pem"},
                      {"an alias has: 1 to 200 bytes", "a", ""},
                      {"is damaged", "a.pem", ""},
                      {"a.pem.old: is damaged", "a.pem", ""}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(Complaint(Error(Kind::Invalid, "x", std::string(row.text)), row.file).place == row.place);
  }
}

TEST_CASE("a name with control characters does not steer the terminal") {
  Complaint complaint("\x1b[2J", kInvalidInput, {"is bad", "ist schlecht"}, {});
  CHECK(to_text(complaint, Language::English) == "pforte: \xef\xbf\xbd[2J: error: is bad\n");
  CHECK(warning_text(complaint, Language::German) == "pforte: \xef\xbf\xbd[2J: Warnung: ist schlecht\n");
}

TEST_CASE("what was typed does not steer the terminal where a complaint tells of it") {
  Complaint complaint(kInvalidInput, {"no site has the host a\x1b[31m", "x"}, {"there are: \x1b[0m", "y"});
  CHECK(to_text(complaint, Language::English) ==
        "pforte: error: no site has the host a\xef\xbf\xbd[31m\nhelp: there are: \xef\xbf\xbd[0m\n");
}

TEST_CASE("why an address cannot be listened on decides what to do about it") {
  auto remedy = [](std::string_view code, std::string_view address) {
    return Complaint(Error(Kind::Unavailable, code, "cannot listen on " + std::string(address) + ": why")).remedy;
  };
  CHECK(remedy("net.listen-taken", "10.0.0.1:443").en.starts_with("ss -ltnp sport = :443 names who listens there"));
  CHECK(remedy("net.listen-taken", "[::1]:8443").de.starts_with("ss -ltnp sport = :8443 nennt, wer dort lauscht"));
  CHECK(remedy("net.listen-denied", "10.0.0.1:443").en.contains("CAP_NET_BIND_SERVICE"));
  CHECK(!remedy("net.listen-denied", "10.0.0.1:443").en.contains("ss -ltnp"));
  CHECK(remedy("net.listen-elsewhere", "192.0.2.1:443").en.starts_with("ip address lists this machine's addresses"));
}

TEST_CASE("what keeps a gate from starting is told at the line that has to be changed, in both languages") {
  conf::Problems problems;
  Result<int> nothing =
      told_at<int>({"a.toml", 3, 11}, problems,
                   fail(Kind::Unavailable, "access-log.open", "cannot open the access log /x: Permission denied"));
  CHECK_FALSE(nothing.has_value());
  REQUIRE(problems.all().size() == 1);
  CHECK(conf::to_text(problems.all()[0], Language::German)
            .starts_with(
                "pforte: a.toml:3:11: Fehler: das Zugriffsprotokoll /x lässt sich nicht öffnen: keine Berechtigung\n"
                "Hilfe: der Ordner muss existieren"));
  CHECK(told_at<int>({}, problems, 1).value_or(0) == 1);
  CHECK(problems.all().size() == 1);
}

}  // namespace
}  // namespace pforte::app
