#include "doctor/account_check.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "base/time.h"
#include "identity/ldap_text.h"
#include "kerberos/key_version.h"

namespace pforte::doctor {
namespace {

// What one bit of userAccountControl means for signing in. In texts {} is the account's name, in commands a word of
// PowerShell with it.
struct FlagRule {
  std::uint32_t flag;
  Check check;
  Level level;
  Words seen;
  Words remedy;
  std::string_view command;
};

constexpr std::string_view kControlFlags = "MS-ADTS 2.2.16, userAccountControl";

constexpr auto kFlagRules = std::to_array<FlagRule>({
    {.flag = kAccountDisabled,
     .check = {.id = "account.disabled",
               .source = kControlFlags,
               .why = {"the KDC gives nobody a ticket for the service of such an account",
                       "der KDC gibt niemandem ein Ticket für den Dienst eines solchen Kontos"}},
     .level = Level::Error,
     .seen = {"the account {} is disabled", "das Konto {} ist deaktiviert"},
     .remedy = {"enable the account", "das Konto aktivieren"},
     .command = "Enable-ADAccount {}"},
    {.flag = kDesKeyOnly,
     .check = {.id = "account.des-only",
               .source = "MS-KILE 3.3.5.7; DES is off since Windows Server 2008 R2",
               .why = {"the KDC has no key left for it, since nobody takes DES any more",
                       "der KDC hat keinen Schlüssel mehr dafür, denn DES nimmt niemand mehr"}},
     .level = Level::Error,
     .seen = {"the account {} may use DES alone (USE_DES_KEY_ONLY)",
              "das Konto {} darf nur DES verwenden (USE_DES_KEY_ONLY)"},
     .remedy = {"take the option away, set the password again, and make the keytab again",
                "die Option entfernen, das Passwort neu setzen und die Keytab neu erzeugen"},
     .command = "Set-ADAccountControl {} -UseDESKeyOnly $false"},
    {.flag = kNoPreauthentication,
     .check = {.id = "account.no-preauthentication",
               .source = "RFC 4120, 3.1.1; MITRE ATT&CK T1558.004 (AS-REP roasting)",
               .why = {"whoever reaches the KDC gets something sealed with its password, and guesses that at leisure",
                       "wer den KDC erreicht, bekommt etwas mit dem Passwort Versiegeltes und rät es in Ruhe"}},
     .level = Level::Warning,
     .seen = {"the account {} needs no preauthentication (DONT_REQ_PREAUTH)",
              "das Konto {} braucht keine Präauthentifizierung (DONT_REQ_PREAUTH)"},
     .remedy = {"require preauthentication", "Präauthentifizierung verlangen"},
     .command = "Set-ADAccountControl {} -DoesNotRequirePreAuth $false"},
    {.flag = kTrustedForDelegation,
     .check = {.id = "account.unconstrained-delegation",
               .source = "MS-SFU; Microsoft, Protected Users and unconstrained delegation",
               .why = {"whoever has its key gets the ticket-granting ticket of all who sign in, and is them everywhere",
                       "wer seinen Schlüssel hat, bekommt das TGT aller, die sich anmelden, und ist überall sie"}},
     .level = Level::Warning,
     .seen = {"the account {} is trusted for delegation to any service",
              "dem Konto {} wird bei Delegierungen aller Dienste vertraut"},
     .remedy = {"take the trust away; for an application that needs it, name the services (constrained delegation)",
                "das Vertrauen entfernen; braucht es eine Anwendung, die Dienste nennen (eingeschränkte Delegierung)"},
     .command = "Set-ADAccountControl {} -TrustedForDelegation $false"},
    {.flag = kPasswordNotRequired,
     .check = {.id = "account.no-password-required",
               .source = kControlFlags,
               .why = {"its password may be empty, whatever the policy says",
                       "sein Passwort darf leer sein, was auch "
                       "immer die Richtlinie sagt"}},
     .level = Level::Warning,
     .seen = {"the account {} needs no password (PASSWD_NOTREQD)",
              "das Konto {} braucht kein Passwort (PASSWD_NOTREQD)"},
     .remedy = {"require one", "eines verlangen"},
     .command = "Set-ADAccountControl {} -PasswordNotRequired $false"},
    {.flag = kAccountLocked,
     .check = {.id = "account.locked",
               .source = kControlFlags,
               .why = {"somebody tries passwords on it, or a program has an old one; tickets are given all the same",
                       "jemand probiert Passwörter, oder ein Programm hat ein altes; Tickets gibt es trotzdem"}},
     .level = Level::Warning,
     .seen = {"the account {} is locked", "das Konto {} ist gesperrt"},
     .remedy = {"find out who tries, then unlock it", "herausfinden, wer probiert, dann entsperren"},
     .command = "Unlock-ADAccount {}"},
    {.flag = kPasswordExpired,
     .check = {.id = "account.password-expired",
               .source = kControlFlags,
               .why = {"tickets are given all the same, but kinit with the keytab is refused, and a new password makes "
                       "the keytab useless",
                       "Tickets gibt es trotzdem, aber kinit mit der Keytab wird abgewiesen, und ein neues Passwort "
                       "macht die Keytab wertlos"}},
     .level = Level::Warning,
     .seen = {"the password of {} has expired", "das Passwort von {} ist abgelaufen"},
     .remedy = {"set a new one, which never expires, and make the keytab again",
                "ein neues setzen, das nie abläuft, und die Keytab neu erzeugen"},
     .command = "Set-ADUser {} -PasswordNeverExpires $true"},
    {.flag = kNotDelegated,
     .check = {.id = "account.not-delegated",
               .source = kControlFlags,
               .why = {"it keeps others from acting as this account, which is good",
                       "es hindert andere, als dieses Konto aufzutreten, und das ist gut"}},
     .level = Level::Note,
     .seen = {"the account {} is sensitive and cannot be delegated",
              "das Konto {} ist vertraulich und kann nicht delegiert werden"},
     .remedy = {},
     .command = "Get-ADUser {} -Properties AccountNotDelegated"},
});

constexpr Check kAccountExpired{.id = "account.expired",
                                .source = "MS-ADTS, accountExpires",
                                .why = {"the KDC gives nobody a ticket for the service of such an account",
                                        "der KDC gibt niemandem ein Ticket für den Dienst eines solchen Kontos"}};
constexpr Check kAccountMustChange{
    .id = "account.must-change-password",
    .source = "MS-ADTS, pwdLastSet",
    .why = {"kinit with the keytab is refused, and the new password will make the keytab useless",
            "kinit mit der Keytab wird abgewiesen, und das neue Passwort macht die Keytab wertlos"}};
constexpr Check kAccountNoAes{
    .id = "account.no-aes",
    .source = "MS-KILE 2.2.7, msDS-SupportedEncryptionTypes; Microsoft KB5073381 (CVE-2026-20833)",
    .why = {"the KDC seals tickets with RC4, whatever keys the keytab has, and the gate refuses those",
            "der KDC versiegelt Tickets mit RC4, gleich welche Schlüssel die Keytab hat, und das Tor weist sie ab"}};
constexpr Check kAccountNothingSaid{
    .id = "account.encryption-unset",
    .source = "Microsoft KB5073381: AES by default from April 2026, no way back from July 2026",
    .why = {"a domain controller without the update of April 2026 takes that for RC4",
            "ein Domänen-Controller ohne das Update vom April 2026 nimmt das als RC4"}};
constexpr Check kAccountOldPassword{
    .id = "account.old-password",
    .source = "Microsoft, Detect and remediate RC4 usage in Kerberos",
    .why = {
        "AES keys are made when a password is set, by a domain of level 2008 or later: this account has none",
        "AES-Schlüssel entstehen, wenn ein Passwort gesetzt wird, in Domänen ab Stufe 2008: dieses Konto hat keine"}};
constexpr Check kAccountVersion{.id = "account.key-version",
                                .source = "RFC 4120, 5.2.9 (kvno); MS-ADTS, msDS-KeyVersionNumber",
                                .why = {"tickets are sealed with a key that the gate does not have",
                                        "Tickets sind mit einem Schlüssel versiegelt, den das Tor nicht hat"}};
constexpr Check kAccountUpn{
    .id = "account.principal-name",
    .source = "MS-KILE 3.1.1.2; ktpass /mapuser",
    .why = {"kinit with this keytab must name the account; tools that guess the salt by the service make wrong keys",
            "kinit mit dieser Keytab muss das Konto nennen; wer das Salz aus dem Dienst rät, macht falsche Schlüssel"}};
constexpr Check kAccountComputer{
    .id = "account.computer",
    .source = "Microsoft, Domain member: Maximum machine account password age (30 days)",
    .why = {"a joined machine changes its password every 30 days, and with it the key of the service",
            "ein Rechner der Domäne wechselt alle 30 Tage sein Passwort und damit den Schlüssel des Dienstes"}};
constexpr Check kAccountProtected{
    .id = "account.protected-users",
    .source = "Microsoft, Protected Users security group",
    .why = {"its members get no RC4 and cannot be delegated; the group is not for services",
            "ihre Mitglieder bekommen kein RC4 und sind nicht delegierbar; die Gruppe ist nicht für Dienste"}};
constexpr Check kAccountHolds{.id = "account.holds", .source = "", .why = {"", ""}};

// Server 2008 became available on this day.
constexpr std::chrono::sys_days kFirstAes = std::chrono::year(2008) / std::chrono::February / 27;

std::string filled(std::string_view pattern, std::string_view name) {
  std::size_t at = pattern.find("{}");
  if (at == std::string_view::npos) return std::string(pattern);
  return cat(pattern.substr(0, at), name, pattern.substr(at + 2));
}

class AccountJudge {
 public:
  AccountJudge(const AccountQuestion& asked, std::size_t hop, Path& path)
      : asked_(asked), account_(asked.account), word_(powershell_word(asked.account.name)), hop_(hop), path_(path) {}

  void judge() {
    for (const FlagRule& rule : kFlagRules) {
      if (account_.has(rule.flag)) flag(rule);
    }
    times();
    encryptions();
    key_version();
    names();
    if (fault_) return;
    tell(kAccountHolds, Level::Ok,
         {cat("the account ", account_.name, " has ", asked_.service),
          cat("das Konto ", account_.name, " hat ", asked_.service)},
         {}, "");
  }

 private:
  void tell(const Check& check, Level level, Message seen, Message remedy, std::string command) {
    fault_ = fault_ || level >= Level::Warning;
    path_.tell({.check = check,
                .level = level,
                .hop = hop_,
                .seen = std::move(seen),
                .remedy = std::move(remedy),
                .command = std::move(command),
                .evidence = {{.name = {"service", "Dienst"}, .value = asked_.service},
                             {.name = {"account", "Konto"}, .value = account_.dn}}});
  }

  // A controller may act for anybody in its domain as it is.
  void flag(const FlagRule& rule) {
    if (rule.flag == kTrustedForDelegation && account_.has(kControllerAccount)) return;
    const std::string& name = account_.name;
    tell(rule.check, rule.level, {filled(rule.seen.en, name), filled(rule.seen.de, name)},
         {std::string(rule.remedy.en), std::string(rule.remedy.de)}, filled(rule.command, word_));
  }

  void times() {
    const std::string& name = account_.name;
    if (account_.expires && *account_.expires <= asked_.now) {
      std::string since = rfc3339(*account_.expires);
      tell(kAccountExpired, Level::Error,
           {cat("the account ", name, " has expired: ", since), cat("das Konto ", name, " ist abgelaufen: ", since)},
           {"let it never expire", "es nie ablaufen lassen"}, cat("Clear-ADAccountExpiration ", word_));
    }
    if (account_.must_change_password) {
      tell(kAccountMustChange, Level::Warning,
           {cat("the account ", name, " must change its password at the next logon"),
            cat("das Konto ", name, " muss bei der nächsten Anmeldung sein Passwort ändern")},
           {"set a password that need not be changed, and make the keytab again",
            "ein Passwort setzen, das nicht zu ändern ist, und die Keytab neu erzeugen"},
           cat("Set-ADUser ", word_, " -ChangePasswordAtLogon $false"));
    }
    if (account_.password_set && *account_.password_set < kFirstAes) {
      std::string since = rfc3339(*account_.password_set);
      tell(kAccountOldPassword, Level::Error,
           {cat("the password of ", name, " is from before there was AES: ", since),
            cat("das Passwort von ", name, " ist älter als AES: ", since)},
           {"set the password again and make the keytab again", "das Passwort neu setzen und die Keytab neu erzeugen"},
           cat("Set-ADAccountPassword ", word_, " -Reset"));
    }
  }

  void encryptions() {
    const std::string& name = account_.name;
    std::string command = cat(account_.is_computer() ? "Set-ADComputer " : "Set-ADUser ", word_,
                              " -KerberosEncryptionType AES128,AES256");
    if (account_.refuses_aes()) {
      tell(kAccountNoAes, asked_.allows_rc4 ? Level::Warning : Level::Error,
           {cat("the account ", name,
                " says that it takes no AES: msDS-SupportedEncryptionTypes = ", *account_.encryptions),
            cat("das Konto ", name,
                " sagt, es könne kein AES: msDS-SupportedEncryptionTypes = ", *account_.encryptions)},
           {"allow AES, set the password again, and make the keytab again with AES",
            "AES erlauben, das Passwort neu setzen und die Keytab mit AES neu erzeugen"},
           std::move(command));
    } else if (account_.control != 0 && account_.encryptions.value_or(0) == 0) {
      tell(kAccountNothingSaid, Level::Warning,
           {cat("the account ", name, " does not say what encryption it takes (msDS-SupportedEncryptionTypes)"),
            cat("das Konto ", name, " sagt nicht, welche Verschlüsselung es kann (msDS-SupportedEncryptionTypes)")},
           {"say it: AES", "es sagen: AES"}, std::move(command));
    }
  }

  // As `pforte keytab create` takes it: by which of its names the KDC salts the password.
  std::string account_option() const {
    if (account_.is_computer()) return cat("computer:", account_.name);
    const std::string& upn = account_.user_principal;
    return upn.empty() ? cat("user:", account_.name) : cat("upn:", upn);
  }

  // A read-only domain controller writes a number of its own into the upper half.
  void key_version() {
    if (!account_.key_version || asked_.key_versions.empty()) return;
    int version = *account_.key_version & 0xffff;
    auto fits = [&](int one) { return kerberos::key_version_fits(std::uint32_t(one), std::uint32_t(version)); };
    if (std::ranges::any_of(asked_.key_versions, fits)) return;
    int newest = std::ranges::max(asked_.key_versions);
    tell(kAccountVersion, Level::Error,
         {cat("the account ", account_.name, " has key version ", version, ", the keytab ", newest),
          cat("das Konto ", account_.name, " hat Schlüsselversion ", version, ", die Keytab ", newest)},
         newest < version ? Message{"the password was changed: make the keytab again",
                                    "das Passwort wurde geändert: die Keytab neu erzeugen"}
                          : Message{"the keytab is of another account, or this directory is behind: make it again",
                                    "die Keytab gehört zu einem anderen Konto, oder dieses Verzeichnis hinkt nach: neu "
                                    "erzeugen"},
         cat("pforte keytab create ", shell_word(asked_.keytab), " --principal ",
             shell_word(cat(asked_.service, "@", asked_.realm)), " --kvno ", version, " --account ",
             shell_word(account_option())));
  }

  void names() {
    if (account_.is_computer()) {
      tell(kAccountComputer, Level::Warning,
           {cat(asked_.service, " is a name of the computer account ", account_.name),
            cat(asked_.service, " ist ein Name des Computerkontos ", account_.name)},
           {"give the name to an account of its own, or let the machine write the keytab anew (adcli update)",
            "den Namen einem eigenen Konto geben oder den Rechner die Keytab neu schreiben lassen (adcli update)"},
           cat("setspn -D ", powershell_word(asked_.service), " ", word_));
    } else if (!equals_ignoring_case(account_.user_principal, cat(asked_.service, "@", asked_.realm))) {
      const std::string& upn = account_.user_principal;
      tell(kAccountUpn, Level::Note,
           {cat("the account ", account_.name, " signs in itself as ", upn.empty() ? account_.name : upn,
                ", not as its service"),
            cat("das Konto ", account_.name, " meldet sich selbst als ", upn.empty() ? account_.name : upn,
                " an, nicht als sein Dienst")},
           {}, cat("kinit -kt ", shell_word(asked_.keytab), " ", shell_word(cat(account_.name, "@", asked_.realm))));
    }
    auto is_protected = [](const std::string& dn) { return identity::group_name(dn) == "Protected Users"; };
    if (std::ranges::none_of(account_.groups, is_protected)) return;
    tell(kAccountProtected, Level::Warning,
         {cat("the account ", account_.name, " is in Protected Users"),
          cat("das Konto ", account_.name, " ist in Protected Users")},
         {"take it out of the group", "es aus der Gruppe nehmen"},
         cat("Remove-ADGroupMember 'Protected Users' ", word_));
  }

  const AccountQuestion& asked_;
  const Account& account_;
  std::string word_;  // its name in commands
  std::size_t hop_;
  Path& path_;
  bool fault_ = false;
};

}  // namespace

void judge_account(const AccountQuestion& asked, std::size_t hop, Path& path) {
  AccountJudge(asked, hop, path).judge();
}

}  // namespace pforte::doctor
