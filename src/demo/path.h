#pragma once

#include <string>
#include <string_view>

namespace pforte::demo {

// A path as Tomcat reads it: parameters (";...") are cut off each segment, escapes decoded, dot segments resolved.
// An escape that is none stays as it is. Never ends with a slash, but for "/".
std::string path_as_tomcat_reads_it(std::string_view path);

}  // namespace pforte::demo
