#include "identity/name_rule.h"

#include <re2/re2.h>

#include <array>
#include <utility>

#include "base/text.h"
#include "identity/agent.h"

namespace pforte::identity {
namespace {

// Of a compiled pattern with all that it remembers. More than any sensible pattern takes.
constexpr std::int64_t kMostPatternBytes = 1 << 20;
// RE2 has \0 to \9.
constexpr int kMostCaptures = 10;

void check_login(const conf::Text& login, conf::Problems& problems) {
  if (can_be_login(login.value)) return;
  problems.error(login.place, "conf.map.login",
                 {cat('"', login.value, "\" cannot be a login"), cat('"', login.value, "\" kann kein Login sein")},
                 {"1 to 128 characters, without ':', control characters, and blanks at its ends",
                  "1 bis 128 Zeichen, ohne ':', ohne Steuerzeichen und ohne Leerzeichen am Rand"});
}

std::map<std::string, std::string> read_table(conf::Reader keys) {
  std::map<std::string, std::string> table;
  for (const conf::Reader::Named& entry : keys.named_texts()) {
    check_login(entry.value, keys.problems());
    Result<kerberos::Principal> principal = kerberos::parse_principal(entry.name.value);
    if (!principal) {
      keys.problems().error(
          entry.name.place, "conf.map.principal",
          {principal.error().text(), cat('"', entry.name.value, "\" ist kein Principal")},
          {"write it with its realm: \"susan@EXAMPLE.COM\"", "mit Realm schreiben: \"susan@EXAMPLE.COM\""});
      continue;
    }
    bool added = table.emplace(principal->to_text(), entry.value.value).second;
    if (added) continue;
    keys.problems().error(entry.name.place, "conf.map.principal",
                          {cat("the principal \"", entry.name.value, "\" stands here twice"),
                           cat("der Principal \"", entry.name.value, "\" steht hier zweimal")},
                          {"remove one of the two", "einen von beiden entfernen"});
  }
  return table;
}

std::shared_ptr<const re2::RE2> read_pattern(const conf::Text& text, conf::Problems& problems) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMostPatternBytes);
  auto pattern = std::make_shared<const re2::RE2>(text.value, options);
  if (pattern->ok()) return pattern;
  problems.error(text.place, "conf.map.pattern",
                 {cat("the pattern cannot be read: ", pattern->error()),
                  cat("das Muster kann nicht gelesen werden: ", pattern->error())},
                 {"write it as RE2 has it, between single quotes: '([^@/]+)@EXAMPLE\\.COM'",
                  "in der Schreibweise von RE2, zwischen einfachen Anführungszeichen: '([^@/]+)@EXAMPLE\\.COM'"});
  return nullptr;
}

// Whether `login` refers to nothing but groups that the pattern has.
bool check_rewrite(const re2::RE2& pattern, const conf::Text& login, conf::Problems& problems) {
  std::string why;
  if (pattern.CheckRewriteString(login.value, &why)) return true;
  int groups = pattern.NumberOfCapturingGroups();
  problems.error(login.place, "conf.map.login",
                 {cat("\"", login.value, "\" does not fit its pattern, which has ", groups, " groups: ", why),
                  cat("\"", login.value, "\" passt nicht zu seinem Muster, das ", groups, " Gruppen hat: ", why)},
                 {"\\1 is what the first pair of parentheses matches, \\0 the whole principal, \\\\ a backslash",
                  "\\1 ist, was das erste Klammerpaar trifft, \\0 der ganze Principal, \\\\ ein Backslash"});
  return false;
}

void read_pattern_and_login(conf::Reader& keys, NameRule& rule) {
  conf::Text text = keys.required_text("pattern");
  conf::Text login = keys.required_text("login");
  std::shared_ptr<const re2::RE2> pattern = text.value.empty() ? nullptr : read_pattern(text, keys.problems());
  if (!pattern || login.value.empty() || !check_rewrite(*pattern, login, keys.problems())) return;
  rule.pattern = std::move(pattern);
  rule.login = std::move(login.value);
}

bool check_form(const conf::Reader& keys) {
  bool table = keys.has("table");
  bool pattern = keys.has("pattern") || keys.has("login");
  if (table != pattern) return true;
  keys.problems().error(
      keys.place(), "conf.map.form",
      {"a rule has either a table, or a pattern and a login",
       "eine Regel hat entweder eine Tabelle (table) oder ein Muster (pattern) und einen Login"},
      {R"(write table = { "susan@EXAMPLE.COM" = "susan" }, or pattern = '([^@/]+)@EXAMPLE\.COM' and login = '\1')",
       R"(schreiben: table = { "susan@EXAMPLE.COM" = "susan" }, oder pattern = '([^@/]+)@EXAMPLE\.COM' und login = '\1')"});
  return false;
}

}  // namespace

std::optional<std::string> NameRule::login_for(std::string_view principal) const {
  if (!pattern) {
    auto found = table.find(std::string(principal));
    return found == table.end() ? std::nullopt : std::optional(found->second);
  }
  if (principal.contains('\\')) return std::nullopt;
  std::array<re2::StringPiece, kMostCaptures> groups;
  int wanted = re2::RE2::MaxSubmatch(login) + 1;
  re2::StringPiece text(principal.data(), principal.size());
  if (!pattern->Match(text, 0, text.size(), re2::RE2::ANCHOR_BOTH, groups.data(), wanted)) return std::nullopt;
  std::string made;
  if (!pattern->Rewrite(&made, login, groups.data(), wanted) || made.empty()) return std::nullopt;
  return made;
}

std::string NameRule::to_text() const {
  if (pattern) return cat("pattern ", pattern->pattern(), " login ", login);
  std::string text = "table";
  for (const auto& [principal, stands_for] : table) text += cat(' ', principal, '=', stands_for);
  return text;
}

NameRule read_name_rule_config(conf::Reader keys) {
  NameRule rule;
  rule.place = keys.place();
  bool good = check_form(keys);
  std::optional<conf::Reader> table = keys.table("table");
  if (good && !table) read_pattern_and_login(keys, rule);
  if (good && table) rule.table = read_table(*std::move(table));
  keys.claim("pattern");
  keys.claim("login");
  keys.end();
  return rule;
}

}  // namespace pforte::identity
