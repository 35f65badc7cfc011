#pragma once

#include <sys/types.h>

#include <string>

#include "base/message.h"

// Whether the gate's user may read what the configuration names, and what to say if not.

namespace pforte::kerberos {

// "pforte"; "number 1007" for one without a name.
std::string user_name(uid_t user);

// The same as a word of a command: there somebody without a name is a number alone.
std::string user_word(uid_t user);

// Why this process cannot read the file, as errno has it: ENOENT, EACCES; EISDIR for a folder, EINVAL for what is
// neither file nor folder. 0 when it can.
int why_unreadable(const std::string& file);

// What to do when `user` may not read a file, or may not enter a folder on the way to it.
Message remedy_for_denied(const std::string& file, const std::string& user);

}  // namespace pforte::kerberos
