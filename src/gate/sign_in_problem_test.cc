#include "gate/sign_in_problem.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string_view>

namespace pforte::gate {

TEST_CASE("whoever has to wait is told a time that is never too short") {
  using namespace std::chrono_literals;
  struct Row {
    std::chrono::milliseconds wait;
    std::string_view en, de;
  };
  const Row rows[] = {
      {0ms, "in 1 second.", "In einer Sekunde "},   {1000ms, "in 1 second.", "In einer Sekunde "},
      {1001ms, "in 2 seconds.", "In 2 Sekunden "},  {119s, "in 119 seconds.", "In 119 Sekunden "},
      {119001ms, "in 2 minutes.", "In 2 Minuten "}, {120s, "in 2 minutes.", "In 2 Minuten "},
      {120001ms, "in 3 minutes.", "In 3 Minuten "}, {15min, "in 15 minutes.", "In 15 Minuten "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.wait.count());
    SignInProblem problem = SignInProblem::locked_for(row.wait);
    CHECK(problem.text.en.contains(row.en));
    CHECK(problem.text.de.contains(row.de));
  }
}

TEST_CASE("only what was typed wrongly is to be typed again") {
  CHECK(SignInProblem::wrong_password().about_input);
  CHECK(SignInProblem::incomplete().about_input);
  CHECK_FALSE(SignInProblem::locked_for(std::chrono::seconds(5)).about_input);
  CHECK_FALSE(SignInProblem::no_provider().about_input);
  CHECK_FALSE(SignInProblem::form_too_old().about_input);
}

TEST_CASE("a principal is named where it helps, and a hint follows what happened") {
  CHECK(SignInProblem::conflict("susan@A").text.de.contains("susan@A"));
  CHECK(SignInProblem::machine("pc01$@A").text.en.contains("pc01$@A is the account of a computer"));
  CHECK(SignInProblem::ticket_failed(Message{"Set the clock.", "Stellen Sie die Uhr."}).text.en ==
        "Single sign-on did not work. Set the clock.");
  CHECK(SignInProblem::ticket_failed(std::nullopt).text.de.contains("mit Ihrem Passwort"));
}

}  // namespace pforte::gate
