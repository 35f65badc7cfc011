#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>

#include "base/error.h"
#include "base/message.h"

// Whether this process may read what the configuration names, and what to say if not.

namespace pforte {

// "pforte"; "uid 1007" for one without a name.
std::string user_name(uid_t user);

// The same as a word of a command: there somebody without a name is a number alone.
std::string user_word(uid_t user);

// Why this process cannot read the file, as errno has it: ENOENT, EACCES; EISDIR for a folder, EINVAL for what is
// neither file nor folder. 0 when it can.
int why_unreadable(const std::string& file);

// What a caller can do about it: Kind::NotFound, Kind::Denied; Kind::Invalid for what is no file that could be read;
// else the system is in trouble: Kind::Unavailable.
Kind kind_of_unreadable(int number);

// What to do when `user` may not read a file, or may not enter a folder on the way to it.
Message remedy_for_denied(const std::string& file, const std::string& user);

// Of a file that cannot be read, though it belongs to whoever runs this and its mode lets them. None: it does not.
std::optional<Message> forbidden_otherwise(const struct stat& about);

// "if anna is the gate's user: COMMAND; else check as ...": a remedy for whoever runs this, who may only be checking.
// The command alone for the user pforte.
Message for_gate_user(const std::string& command);

// What to do about a file of the configuration that this process, the gate's or that of somebody who checks, cannot
// read: of one that is missing another thing than of one that is somebody else's. No command opens it to others.
Message remedy_for_unreadable(const std::string& file);

}  // namespace pforte
