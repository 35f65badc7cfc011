#pragma once

#include <optional>
#include <string>

#include "app/complaint.h"
#include "app/streams.h"
#include "base/message.h"
#include "base/secret.h"

namespace pforte::app {

// The longest password that is taken, in bytes.
constexpr std::size_t kMostPasswordBytes = 1024;

// A new password: the first line of `file`; where that is none or "-", typed twice without echo if `streams.in` is a
// terminal, and one line of it if it is not. 1 to 1024 bytes of UTF-8 without control characters.
Answer<Secret> new_password(const Streams& streams, Language language, const std::optional<std::string>& file);

// A password that something has already, which may be empty: the first line of `file`; of "-", typed once without echo
// if `streams.in` is a terminal, and one line of it if it is not. None, when no file is given.
Answer<std::optional<Secret>> known_password(const Streams& streams, Language language,
                                             const std::optional<std::string>& file);

}  // namespace pforte::app
