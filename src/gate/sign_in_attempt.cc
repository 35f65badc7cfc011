#include "gate/sign_in_attempt.h"

#include <chrono>
#include <utility>

namespace pforte::gate {

SignInAttempt::SignInAttempt(Visit& visit, const Record& record, Metrics::SignInProof proof, bool session_wanted)
    : visit_(visit), worker_(visit.worker()), record_(record), trail_(trail_of(record, proof, session_wanted)) {}

SignInAttempt::~SignInAttempt() {
  if (trail_.outcome == SignInTrail::Outcome::Left) took_until_now();
  visit_.note().add(record_, trail_);
  worker_.keep_sign_in(std::move(trail_));
}

void SignInAttempt::succeeded(const identity::ProvenAgent& proven, const session::Session& session) {
  took_until_now();
  add_session(trail_, proven, session);
  if (!trail_.session_wanted) return;
  worker_.metrics().count_sign_in(session.method);
  log_success(trail_);
}

void SignInAttempt::goes_on() {
  took_until_now();
  trail_.outcome = SignInTrail::Outcome::GoesOn;
}

void SignInAttempt::failed(const Error& error, std::string_view login) {
  took_until_now();
  trail_.login = login;
  add_refusal(trail_, error);
  worker_.metrics().count_sign_in_failure(trail_.proof);
  log_refusal(trail_);
}

// By the clock itself: the loop's stands still while it works.
void SignInAttempt::took_until_now() {
  auto passed = net::Clock::now() - record_.begin;
  trail_.took = std::chrono::duration_cast<std::chrono::microseconds>(passed);
}

}  // namespace pforte::gate
