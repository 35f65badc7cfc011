#pragma once

#include <string_view>
#include <utility>

#include "base/error.h"
#include "contact/contact.h"
#include "gate/inquiry.h"
#include "gate/record.h"
#include "gate/sign_in_trail.h"
#include "gate/visit.h"
#include "gate/worker.h"
#include "identity/proof_of_agent.h"
#include "session/session.h"

namespace pforte::gate {

// One request's attempt to sign in, while it is made. Told to log and counters when its outcome is known, and kept for
// whoever asks when it goes, also when its client has gone before.
class SignInAttempt {
 public:
  // Both must outlive it. `session_wanted`: false for a program, which signs in with each request.
  SignInAttempt(Visit& visit, const Record& record, Metrics::SignInProof proof, bool session_wanted = true);
  SignInAttempt(const SignInAttempt&) = delete;
  SignInAttempt& operator=(const SignInAttempt&) = delete;
  ~SignInAttempt();

  void learn(Inquiry inquiry) { add_inquiry(trail_, std::move(inquiry)); }

  // What was typed as a login, of which a mark is kept: too little to guess it by, should it be a password.
  void asked_for(std::string_view login) { trail_.login_mark = contact::mark_of(login); }

  // One of these, at most.
  void succeeded(const identity::ProvenAgent& proven, const session::Session& session);
  void goes_on();
  // `login`: as it was typed, where it has to wait.
  void failed(const Error& error, std::string_view login = {});

 private:
  void took_until_now();

  Visit& visit_;
  Worker& worker_;
  const Record& record_;
  SignInTrail trail_;
};

}  // namespace pforte::gate
