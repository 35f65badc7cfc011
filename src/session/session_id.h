#pragma once

#include <string>

#include "session/session.h"

namespace pforte::session {

// The id of a session that begins now, at `began`: 22 letters of base64url, of which the first 8 are the millisecond
// and the others chance (80 bits). So the ids of sessions that begin together stand together in the store's index, and
// writing them down touches few of its pages, however many sessions there are.
std::string new_session_id(Time began);

}  // namespace pforte::session
