#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conf/problem.h"

namespace pforte::kerberos {

// One `key = value`.
struct Property {
  conf::Text key;    // where the key begins
  conf::Text value;  // where the value begins
};

// Reads a Java .properties text as java.util.Properties.load() does: escapes with \uXXXX, comments behind # and !,
// lines that go on, keys that end at =, : or white space. `file` is what messages call it. A key that stands there
// twice comes twice; Java takes the last.
//
// Bytes are UTF-8 if the whole text is, otherwise ISO 8859-1, as Java has it. A byte order mark is skipped. What is
// wrong goes to `problems`: a malformed \uXXXX, which Java refuses the file for; a single backslash as in C:\conf,
// which Java drops. Source: java.util.Properties, load(Reader).
std::vector<Property> read_java_properties(std::string_view text, const std::string& file, conf::Problems& problems);

}  // namespace pforte::kerberos
