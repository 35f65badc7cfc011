#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "conf/problem.h"

namespace pforte::kerberos {

// What the library reads where nothing else is named.
inline constexpr std::string_view kSystemKrb5File = "/etc/krb5.conf";

// One `name = value` of a krb5.conf or krb5.ini.
struct Krb5Relation {
  std::vector<std::string> path;  // {"libdefaults", "default_realm"}
  std::string value;              // trailing blanks cut off
  conf::Place place;
};

// Where a block `NAME = {` begins; there may be nothing in it.
struct Krb5Block {
  std::vector<std::string> path;  // {"realms", "EXAMPLE.COM"}
  conf::Place place;
};

// A place where the file hardly says what was meant.
struct Krb5Doubt {
  conf::Place place;
  Message what;
  Message remedy;
};

struct Krb5File {
  std::vector<Krb5Relation> relations;
  std::vector<Krb5Block> blocks;
  std::vector<Krb5Doubt> doubts;
  std::vector<conf::Text> includes;  // files and folders that are read as well

  // The first of that path, which is the one that the library takes. Null when there is none.
  const Krb5Relation* find(std::initializer_list<std::string_view> path) const;
};

// "EXAMPLE.COM" of "EXAMPLE.COM # ours", which the library takes as a whole: it knows comments in lines of their own
// alone. Text in quotes has none.
std::string without_comment(std::string_view value);

// A setting of [libdefaults]: "yes", "1", "true", "t", "y", "on" and their opposites, any case; anything else is
// `otherwise`, as the library has it.
bool is_on(const Krb5File& file, std::string_view name, bool otherwise);

// Reads the text as the Kerberos library does, but goes on where that gives up without naming a line. Follows no
// includes. `file` is what places are given by.
// Source: krb5.conf(5), and the behaviour of MIT krb5 1.20.
Krb5File read_krb5_file(std::string_view text, const std::string& file);

// Reads the file and what it includes, and lets the library read it as well: what the library refuses is an error, with
// the line; what it reads otherwise than was meant is a warning; so are settings that get no ticket today. A file that
// is missing or may not be read is an error at the place of its name.
Krb5File check_krb5_file(const conf::Text& file, conf::Problems& problems);

// Why the library cannot read the file, in its words, without a line; empty when it can.
std::string library_complaint(const std::string& file);

}  // namespace pforte::kerberos
