#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/message.h"
#include "contact/contact.h"

namespace pforte::contact {

// Why a contact came to what it did, as an administrator is told.
struct Cause {
  std::string_view id;       // "certificate-untrusted": stable, for programs
  bool is_fault = false;     // something has to be put right
  Message what;              // what happened, and the likely cause
  Message remedy;            // what to do, one or two sentences; empty: nothing
  std::string command = {};  // that shows the same from elsewhere; empty: none
};

// The likely cause, by what the client said, how far it came, and what kind of client it is. Of sign-ins it says
// nothing.
Cause cause_of(const Contact& contact);

}  // namespace pforte::contact
