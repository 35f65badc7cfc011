#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/message.h"
#include "gate/inquiry.h"
#include "gate/metrics.h"
#include "gate/record.h"
#include "identity/proof_of_agent.h"
#include "session/session.h"

namespace pforte::gate {

// How one request's attempt to sign in went. The lines of the log and the timeline of `pforte explain` are both made
// from this. It has no password, ticket, token or cookie, and no login of an attempt that failed: that may be a
// password in the wrong field. The exception is a login that has to wait since it failed often.
struct SignInTrail {
  enum class Outcome : std::uint8_t {
    Left,      // the client had gone before there was an answer
    SignedIn,  //
    GoesOn,    // the ticket's exchange has another leg
    Refused,
  };

  // The request.
  std::string reference;
  std::chrono::system_clock::time_point time;
  std::string client, host, site, method;
  std::string path;  // without the query
  Metrics::SignInProof proof = Metrics::SignInProof::Ticket;
  bool session_wanted = true;  // false: a program, which signs in with each request

  Inquiry inquiry;
  std::chrono::microseconds took{};  // from the request's head to the outcome
  Outcome outcome = Outcome::Left;

  // Of Refused.
  std::string code, reason;
  Message remedy;  // may be empty

  // Of SignedIn; the login also where it has to wait.
  std::string login, name_of_method, principal;
  std::uint8_t login_mark = 0;  // of what was typed as a login, see contact::mark_of(); 0: nothing was
  std::string
      found_by;  // the step from the principal to the agent: "principal", "login-fallback", "rule"; empty: no ticket
  std::string rule;      // its place, with "rule"
  bool created = false;  // the agent, just now
  std::string session;   // its id
  session::Time session_ends;
};

// What is known at the beginning.
SignInTrail trail_of(const Record& record, Metrics::SignInProof proof, bool session_wanted);

// What was found out on the way.
void add_inquiry(SignInTrail& trail, Inquiry inquiry);
// What a failure says.
void add_refusal(SignInTrail& trail, const Error& error);
// Who it was, and the session that began with it.
void add_session(SignInTrail& trail, const identity::ProvenAgent& proven, const session::Session& session);

// The lines of the log: sign-in.done, sign-in.failed.
void log_success(const SignInTrail& trail);
void log_refusal(const SignInTrail& trail);

}  // namespace pforte::gate
