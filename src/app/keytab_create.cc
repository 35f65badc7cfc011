#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <vector>

#include "app/cert_finding.h"
#include "app/keytab_command.h"
#include "app/keytab_plan.h"
#include "app/password_input.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "kerberos/encryption.h"
#include "kerberos/keytab_change.h"
#include "kerberos/password_key.h"

namespace pforte::app {
namespace {

constexpr int kRc4 = 23;
constexpr std::size_t kMostPrincipalBytes = 4096;  // of each part a keytab holds 65535

bool is_blank(const std::string& part) {
  return part.find_first_not_of(" \t\r\n") == std::string::npos;
}

Answer<kerberos::Principal> principal_in(const std::string& text) {
  kerberos::Principal principal = TRY(kerberos::parse_principal(text));
  if (!is_blank(principal.realm) && std::ranges::none_of(principal.components, is_blank)) return principal;
  return std::unexpected(
      Complaint(kInvalidInput,
                {cat("a part of the principal \"", printable(text), "\" is blank"),
                 cat("ein Teil des Principals \"", printable(text), "\" ist leer")},
                {"write HTTP/crm.example.com@EXAMPLE.COM", "HTTP/crm.example.com@EXAMPLE.COM schreiben"}));
}

Answer<std::vector<kerberos::Principal>> principals_of(const CommandLine& line) {
  std::vector<kerberos::Principal> principals;
  for (const std::string& text : line.values_of("--principal")) {
    if (text.size() > kMostPrincipalBytes)
      return std::unexpected(Complaint(kInvalidInput,
                                       {cat("a principal has at most ", kMostPrincipalBytes, " bytes"),
                                        cat("ein Principal hat höchstens ", kMostPrincipalBytes, " Bytes")},
                                       {"write a shorter one", "einen kürzeren schreiben"}));
    principals.push_back(TRY(principal_in(text)));
  }
  if (!principals.empty()) return principals;
  return std::unexpected(Complaint(kInvalidInput, {"--principal is missing", "--principal fehlt"},
                                   {"write --principal HTTP/crm.example.com@EXAMPLE.COM",
                                    "schreiben: --principal HTTP/crm.example.com@EXAMPLE.COM"}));
}

Answer<std::vector<int>> encryptions_of(const CommandLine& line) {
  std::vector<int> numbers;
  std::string list = line.value_of("--encryption").value_or("aes256-sha1,aes128-sha1");
  for (std::size_t at = 0; at <= list.size();) {
    std::size_t end = std::min(list.find(',', at), list.size());
    std::string word = list.substr(at, end - at);
    std::optional<int> number = kerberos::encryption_called(word);
    if (!number)
      return std::unexpected(
          Complaint(kInvalidInput,
                    {cat("there is no encryption ", printable(word), " for a keytab"),
                     cat("für eine Keytab gibt es keine Verschlüsselung ", printable(word))},
                    {"aes256-sha1, aes128-sha1, aes256-sha2, aes128-sha2, or rc4 where it cannot be avoided",
                     "aes256-sha1, aes128-sha1, aes256-sha2, aes128-sha2, oder rc4, wo es nicht anders geht"}));
    if (std::ranges::find(numbers, *number) == numbers.end()) numbers.push_back(*number);
    at = end + 1;
  }
  return numbers;
}

Answer<std::optional<std::uint32_t>> key_version_of(const CommandLine& line) {
  std::optional<std::string> text = line.value_of("--kvno");
  if (!text) return std::nullopt;
  std::uint32_t number = 0;
  auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), number);
  // No KDC has the version 0, and in a search of MIT Kerberos it stands for any.
  if (code == std::errc() && end == text->data() + text->size() && number > 0) return number;
  return std::unexpected(
      Complaint(kInvalidInput, {"--kvno is a number from 1 to 4294967295", "--kvno ist eine Zahl von 1 bis 4294967295"},
                {"`kvno PRINCIPAL` tells the version the KDC has now",
                 "`kvno PRINCIPAL` sagt, welche Version das KDC jetzt hat"}));
}

Answer<KeysToMake> keys_to_make(const CommandLine& line) {
  KeysToMake keys;
  keys.recipe.file = line.operand;
  keys.recipe.principals = TRY(principals_of(line));
  keys.recipe.encryptions = TRY(encryptions_of(line));
  keys.encryptions_given = line.has("--encryption");
  keys.recipe.account = TRY(account_of(line));
  keys.recipe.salt = line.value_of("--salt");
  keys.key_version = TRY(key_version_of(line));
  if (!keys.recipe.account || !keys.recipe.salt) return keys;
  return std::unexpected(Complaint(
      kInvalidInput, {"--salt and --account both tell the salt", "--salt und --account nennen beide das Salz"},
      {"give one of them", "nur eines von beiden angeben"}));
}

// A key and the plan it follows.
struct MadeKeys {
  std::vector<kerberos::KeytabRecord> records;
  std::vector<const KeyPlan*> plans;  // of each record
};

Answer<MadeKeys> make_keys(const std::vector<KeyPlan>& plans, const Secret& password) {
  MadeKeys made;
  auto now = std::uint32_t(now_in_seconds().time_since_epoch().count());
  for (const KeyPlan& plan : plans) {
    for (int encryption : plan.encryptions) {
      Secret key = TRY(kerberos::password_key(encryption, password, plan.salt, plan.parameters));
      made.records.push_back(kerberos::keytab_record(plan.principal, now, plan.key_version, encryption, key.reveal()));
      made.plans.push_back(&plan);
    }
  }
  return made;
}

void warn_of_choices(const KeytabCall& call, const KeysToMake& keys, const std::vector<KeyPlan>& plans) {
  const std::vector<int>& chosen = keys.recipe.encryptions;
  if (std::ranges::find(chosen, kRc4) != chosen.end())
    call.warn({kDone,
               {"an RC4 key can be broken: whoever sees a ticket can guess the password offline",
                "ein RC4-Schlüssel lässt sich brechen: Wer ein Ticket sieht, kann das Passwort in Ruhe erraten"},
               {"leave it out as soon as no client needs it", "weglassen, sobald kein Client ihn mehr braucht"}});
  bool modern = std::ranges::any_of(chosen, [](int number) { return number == 19 || number == 20; });
  if (modern && keys.recipe.account)
    call.warn({kDone,
               {"Active Directory issues no tickets by AES-SHA2 (RFC 8009); such a key is never asked for there",
                "Active Directory stellt keine Tickets mit AES-SHA2 (RFC 8009) aus; nach solch einem Schlüssel fragt "
                "dort niemand"},
               {"aes256-sha1 and aes128-sha1 are what it uses", "es verwendet aes256-sha1 und aes128-sha1"}});
  for (const KeyPlan& plan : plans) {
    if (!plan.is_assumed) continue;
    call.warn({kDone,
               {cat("the key version ", plan.key_version, " is assumed, since --kvno was not given"),
                cat("die Schlüsselversion ", plan.key_version, " ist angenommen, da --kvno fehlt")},
               {"compare it with what `kvno PRINCIPAL` says; with another version tickets do not open",
                "mit dem vergleichen, was `kvno PRINCIPAL` sagt; mit einer anderen Version lassen sich Tickets nicht "
                "öffnen"}});
    return;
  }
}

void tell_made_json(const KeytabCall& call, const KeysToMake& keys, const MadeKeys& made,
                    const kerberos::KeytabChange& change) {
  nlohmann::ordered_json added = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < made.records.size(); ++i) {
    const kerberos::KeytabRecord& record = made.records[i];
    bool salted = record.encryption != kRc4;
    added.push_back({{"principal", record.principal.to_text()},
                     {"kvno", record.key_version},
                     {"encryption", kerberos::encryption_name(record.encryption)},
                     {"salt", salted ? nlohmann::ordered_json(made.plans[i]->salt) : nullptr},
                     {"was_there", bool(change.was_there[i])}});
  }
  call.print(document_text({{"file", keys.recipe.file},
                            {"keys", change.records},
                            {"added", std::move(added)},
                            {"commands", commands_at_controller(keys.recipe)}}));
}

void tell_made(const KeytabCall& call, const KeysToMake& keys, const MadeKeys& made,
               const kerberos::KeytabChange& change) {
  bool german = call.german();
  for (std::size_t i = 0; i < made.records.size(); ++i) {
    const kerberos::KeytabRecord& record = made.records[i];
    std::string salt =
        record.encryption == kRc4 ? "" : cat(german ? ", Salz \"" : ", salt \"", made.plans[i]->salt, '"');
    std::string done =
        change.was_there[i] ? (german ? "war schon da" : "was there already") : (german ? "aufgenommen" : "added");
    call.print(cat(printable(cat(record.principal.to_text(), german ? ", Version " : ", version ", record.key_version,
                                 ", ", kerberos::encryption_name(record.encryption), salt)),
                   ": ", done, '\n'));
  }
  call.print(cat(printable(keys.recipe.file), german ? " hat jetzt " : " has ", change.records,
                 german ? " Schlüssel\n" : " keys now\n"));
  std::vector<std::string> commands = commands_at_controller(keys.recipe);
  if (commands.empty()) return;
  call.print(german ? "\nDasselbe am Domänencontroller, in der PowerShell; /pass * fragt nach dem Passwort:\n"
                    : "\nThe same at the domain controller, in PowerShell; /pass * asks for the password:\n");
  for (const std::string& command : commands) call.print(cat("  ", command, '\n'));
}

}  // namespace

Answer<int> create_keytab(const KeytabCall& call) {
  KeysToMake keys = TRY(keys_to_make(call.line));
  Secret password = TRY(new_password(call.streams, call.line.language, call.line.value_of("--password-file")));
  std::vector<KeyPlan> plans = TRY(plans_for(call, keys, password));
  MadeKeys made = TRY(make_keys(plans, password));
  kerberos::KeytabChange change = TRY(unless_faulty(kerberos::add_to_keytab(keys.recipe.file, made.records)));
  warn_of_choices(call, keys, plans);
  if (call.line.json) {
    tell_made_json(call, keys, made, change);
  } else {
    tell_made(call, keys, made, change);
  }
  return kDone;
}

}  // namespace pforte::app
