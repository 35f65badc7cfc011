#include <krb5/krb5.h>
#include <profile.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "base/file_access.h"
#include "base/text.h"
#include "conf/document.h"
#include "kerberos/krb5_file.h"

namespace pforte::kerberos {
namespace {

constexpr int kMostNesting = 8;

// What an `includedir` takes: names of letters, digits, - and _, or those that end in .conf (krb5.conf(5)).
bool is_included(const std::string& name) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  if (name.starts_with('.')) return false;
  return name.ends_with(".conf") || name.find_first_not_of(kPlain) == std::string::npos;
}

// The files that an include means, in the library's order.
std::vector<std::string> files_of(const std::string& path) {
  std::error_code why;
  if (!std::filesystem::is_directory(path, why)) return {path};
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path, why)) {
    if (is_included(entry.path().filename())) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

void append(Krb5File& all, Krb5File more) {
  std::ranges::move(more.relations, std::back_inserter(all.relations));
  std::ranges::move(more.blocks, std::back_inserter(all.blocks));
  std::ranges::move(more.doubts, std::back_inserter(all.doubts));
}

bool is_denied(int why) {
  return why == EACCES || why == EPERM;
}

Message denied_text(const std::string& file, const std::string& user) {
  return {cat("the user ", user, " may not read ", file), cat("der Benutzer ", user, " darf ", file, " nicht lesen")};
}

// What is included and cannot be read.
Krb5Doubt doubt_of(const conf::Text& include, int why) {
  if (is_denied(why)) {
    std::string user = user_name(::geteuid());
    return {include.place, denied_text(include.value, user), remedy_for_denied(include.value, user)};
  }
  return {include.place,
          {cat(include.value, " cannot be read"), cat(include.value, " ist nicht lesbar")},
          {"correct the path, which must begin with /, or remove the line",
           "den Pfad berichtigen, der mit / beginnen muss, oder die Zeile entfernen"}};
}

// Whether there is such a file and we may read it.
bool is_there(const conf::Text& file, conf::Problems& problems) {
  int why = why_unreadable(file.value);
  if (why == 0) return true;
  if (is_denied(why)) {
    std::string user = user_name(::geteuid());
    problems.error(file.place, "kerberos.krb5-denied", denied_text(file.value, user),
                   remedy_for_denied(file.value, user));
    return false;
  }
  bool missing = why == ENOENT || why == ENOTDIR;
  problems.error(file.place, "kerberos.krb5-missing",
                 missing ? Message{cat("there is no file ", file.value), cat("es gibt keine Datei ", file.value)}
                         : Message{cat(file.value, " is no file"), cat(file.value, " ist keine Datei")},
                 {"correct the path to krb5.conf or krb5.ini", "den Pfad zu krb5.conf oder krb5.ini berichtigen"});
  return false;
}

Krb5File read_all(const conf::Text& file, int nesting, conf::Problems& problems) {
  std::optional<std::string> text = conf::read_file(file.value, problems);
  if (!text) return {};
  Krb5File read = read_krb5_file(*text, file.value);
  std::vector<conf::Text> includes = std::exchange(read.includes, {});
  if (nesting == kMostNesting) return read;
  for (const conf::Text& include : includes) {
    if (int why = why_unreadable(include.value); why != 0 && why != EISDIR) {
      read.doubts.push_back(doubt_of(include, why));
      continue;
    }
    for (const std::string& one : files_of(include.value))
      append(read, read_all({one, include.place}, nesting + 1, problems));
  }
  return read;
}

bool is_strong(std::string_view name) {
  return name.starts_with("aes") || name.starts_with("camellia") || name == "DEFAULT" || name == "default";
}

// Whether a list of encryption types has none that a domain of today gives tickets with.
bool is_hopeless(std::string_view list) {
  constexpr std::string_view kSeparators = " \t,";
  while (!list.empty()) {
    std::size_t end = std::min(list.find_first_of(kSeparators), list.size());
    if (is_strong(list.substr(0, end))) return false;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return true;
}

void warn_of_weak_lists(const Krb5File& file, conf::Problems& problems) {
  for (std::string_view name : {"default_tkt_enctypes", "default_tgs_enctypes", "permitted_enctypes"}) {
    const Krb5Relation* relation = file.find({"libdefaults", name});
    if (!relation || !is_hopeless(relation->value)) continue;
    problems.warning(relation->place, "kerberos.krb5-weak",
                     {cat(name, " has only RC4 and DES, with which nobody gets a ticket today"),
                      cat(name, " hat nur RC4 und DES, womit heute niemand ein Ticket bekommt")},
                     {"remove the line: the library's own list begins with AES",
                      "die Zeile entfernen: die eigene Liste der Bibliothek beginnt mit AES"});
  }
}

}  // namespace

Krb5File check_krb5_file(const conf::Text& file, conf::Problems& problems) {
  if (!is_there(file, problems)) return {};
  Krb5File read = read_all(file, 0, problems);
  std::string complaint = library_complaint(file.value);
  for (const Krb5Doubt& doubt : read.doubts) {
    if (complaint.empty()) {
      problems.warning(doubt.place, "kerberos.krb5-doubt", doubt.what, doubt.remedy);
    } else {
      problems.error(doubt.place, "kerberos.krb5-syntax", doubt.what, doubt.remedy);
    }
  }
  if (!complaint.empty() && read.doubts.empty()) {
    problems.error({file.value, 0, 0}, "kerberos.krb5-syntax",
                   {cat("the Kerberos library cannot read it: ", complaint),
                    cat("die Kerberos-Bibliothek kann sie nicht lesen: ", complaint)},
                   {"compare it with krb5.conf(5)", "mit krb5.conf(5) vergleichen"});
  }
  warn_of_weak_lists(read, problems);
  return read;
}

std::string library_complaint(const std::string& file) {
  profile_t profile = nullptr;
  std::array<const char*, 2> files = {file.c_str(), nullptr};
  long code = profile_init(files.data(), &profile);
  if (code == 0) {
    profile_release(profile);
    return {};
  }
  const char* text = krb5_get_error_message(nullptr, krb5_error_code(code));
  std::string complaint = text;
  krb5_free_error_message(nullptr, text);
  return complaint;
}

}  // namespace pforte::kerberos
