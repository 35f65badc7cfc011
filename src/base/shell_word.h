#pragma once

#include <string>
#include <string_view>

// Words of commands that somebody pastes. Whatever is in them, they stay one word and run nothing.

namespace pforte {

// For a POSIX shell: as it is where that is safe, else in single quotes.
std::string shell_word(std::string_view word);

// For PowerShell, where typographic single quotes end a text in single quotes as well (about_Quoting_Rules).
std::string powershell_word(std::string_view word);

}  // namespace pforte
