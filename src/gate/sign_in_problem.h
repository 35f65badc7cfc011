#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/message.h"

namespace pforte::gate {

// Why somebody is not signed in, for the agent to read: no jargon, no blame, one thing to do.
struct SignInProblem {
  Message text;
  bool about_input = false;  // login and password are to be typed again

  // Login or password; which of them is not told.
  static SignInProblem wrong_password();
  // One of them was left empty.
  static SignInProblem incomplete();
  // Too many failures; `wait` is rounded up.
  static SignInProblem locked_for(std::chrono::milliseconds wait);
  // No provider runs, or answers.
  static SignInProblem no_provider();
  // Too many sign in at once.
  static SignInProblem busy();
  // The directory knows them, the application does not.
  static SignInProblem unknown_agent();
  static SignInProblem disabled_agent();
  // Two agents claim the principal.
  static SignInProblem conflict(std::string_view principal);
  // The principal is a computer's.
  static SignInProblem machine(std::string_view principal);
  // Single sign-on did not work; the hint says why, where it helps.
  static SignInProblem ticket_failed(const std::optional<Message>& hint);
  // The form's token was too old, or its cookie is missing.
  static SignInProblem form_too_old();
};

}  // namespace pforte::gate
