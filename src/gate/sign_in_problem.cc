#include "gate/sign_in_problem.h"

#include "base/text.h"

namespace pforte::gate {

namespace {

// "40 seconds" below two minutes, else "3 minutes"; rounded up, so that nobody comes too early.
Message duration_text(std::chrono::milliseconds wait) {
  using namespace std::chrono_literals;
  std::int64_t seconds = std::max<std::int64_t>(std::chrono::ceil<std::chrono::seconds>(wait).count(), 1);
  if (seconds == 1) return {"1 second", "einer Sekunde"};
  if (seconds < 120) return {cat(seconds, " seconds"), cat(seconds, " Sekunden")};
  std::int64_t minutes = (seconds + 59) / 60;
  return {cat(minutes, " minutes"), cat(minutes, " Minuten")};
}

}  // namespace

SignInProblem SignInProblem::wrong_password() {
  return {{"User name or password is wrong. Please try again.",
           "Benutzername oder Passwort ist falsch. Bitte versuchen Sie es noch einmal."},
          true};
}

SignInProblem SignInProblem::incomplete() {
  return {{"Please enter your user name and your password.", "Bitte geben Sie Benutzername und Passwort ein."}, true};
}

SignInProblem SignInProblem::locked_for(std::chrono::milliseconds wait) {
  Message time = duration_text(wait);
  return {{cat("There were too many failed attempts. You can try again in ", time.en, "."),
           cat("Es gab zu viele Fehlversuche. In ", time.de, " können Sie es wieder versuchen.")}};
}

SignInProblem SignInProblem::no_provider() {
  return {
      {"You cannot sign in with a password right now, because the service that checks it does not answer. Please try "
       "again in a few minutes.",
       "Die Anmeldung mit Passwort ist gerade nicht möglich, weil der Dienst nicht antwortet, der es prüft. Bitte "
       "versuchen Sie es in einigen Minuten noch einmal."}};
}

SignInProblem SignInProblem::busy() {
  return {{"Very many people are signing in right now. Please try again in a moment.",
           "Gerade melden sich sehr viele an. Bitte versuchen Sie es gleich noch einmal."}};
}

SignInProblem SignInProblem::unknown_agent() {
  return {
      {"Your password is right, but you have no account in this application yet. Please ask your administrator for "
       "one.",
       "Ihr Passwort stimmt, aber Sie haben in dieser Anwendung noch kein Konto. Bitte wenden Sie sich an Ihre "
       "Administration."}};
}

SignInProblem SignInProblem::disabled_agent() {
  return {{"This account is disabled. Please ask your administrator.",
           "Dieses Konto ist deaktiviert. Bitte wenden Sie sich an Ihre Administration."}};
}

SignInProblem SignInProblem::conflict(std::string_view principal) {
  return {
      {cat("More than one account of this application claims to be ", principal,
           ", so we cannot tell which is yours. Please tell your administrator. Until then you can sign in with your "
           "password."),
       cat("Mehrere Konten dieser Anwendung geben an, zu ", principal,
           " zu gehören; welches Ihres ist, lässt sich nicht sagen. Bitte informieren Sie Ihre Administration. Bis "
           "dahin können Sie sich mit Ihrem Passwort anmelden.")}};
}

SignInProblem SignInProblem::machine(std::string_view principal) {
  return {{cat(principal, " is the account of a computer, not of a person. Please sign in with your own."),
           cat(principal,
               " ist das Konto eines Computers, nicht das einer Person. Bitte melden Sie sich mit Ihrem eigenen "
               "an.")}};
}

SignInProblem SignInProblem::ticket_failed(const std::optional<Message>& hint) {
  constexpr std::string_view kEnglish = "Single sign-on did not work.";
  constexpr std::string_view kGerman = "Single Sign-on hat nicht geklappt.";
  if (hint) return {{cat(kEnglish, ' ', hint->en), cat(kGerman, ' ', hint->de)}};
  return {{cat(kEnglish, " You can sign in with your password."),
           cat(kGerman, " Sie können sich mit Ihrem Passwort anmelden.")}};
}

SignInProblem SignInProblem::form_too_old() {
  return {
      {"This page was open for too long, or your browser blocks its cookie. Please try again.",
       "Diese Seite war zu lange offen, oder Ihr Browser blockiert ihr Cookie. Bitte versuchen Sie es noch einmal."}};
}

}  // namespace pforte::gate
