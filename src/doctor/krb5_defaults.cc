#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "conf/nearest.h"
#include "doctor/krb5_lint.h"

namespace pforte::doctor {
namespace {

using kerberos::Krb5Relation;

constexpr std::string_view kManual = "krb5.conf(5) of MIT krb5 1.20, [libdefaults]";

constexpr Check kNoDefaultRealm{
    .id = "krb5.no-default-realm",
    .source = kManual,
    .why = {"a name without a realm, at kinit or in a configuration, belongs to nobody then",
            "ein Name ohne Realm, bei kinit oder in einer Konfiguration, gehört dann niemandem"}};
constexpr Check kWeakListed{.id = "krb5.weak-encryption",
                            .source = "RFC 6649, RFC 8429",
                            .why = {"RC4, DES and DES3 keep nobody out; AES is there as well",
                                    "RC4, DES und DES3 halten niemanden ab; AES gibt es daneben"}};
constexpr Check kUnknownEncryption{.id = "krb5.encryption-unknown",
                                   .source = kManual,
                                   .why = {"the library passes over a name that it does not know, without a word",
                                           "die Bibliothek übergeht einen Namen, den sie nicht kennt, ohne ein Wort"}};
constexpr Check kUdpLimit{
    .id = "krb5.udp-limit",
    .source = kManual,
    .why = {"a request or ticket with many groups does not fit into one UDP packet: firewalls drop the pieces",
            "eine Anfrage oder ein Ticket mit vielen Gruppen passt nicht in ein UDP-Paket: Firewalls verwerfen die "
            "Teile"}};
constexpr Check kCanonical{
    .id = "krb5.canonical-names",
    .source = kManual,
    .why = {"programs on this machine ask for a ticket of the name that DNS leads to, not of the one that was typed",
            "Programme auf diesem Rechner holen ein Ticket für den Namen, auf den DNS führt, nicht für den getippten"}};
constexpr Check kSkewWide{
    .id = "krb5.clock-skew",
    .source = "RFC 4120, 1.6 and 8.2",
    .why = {"for as long as clocks may differ, who sees a ticket may use it again, and each must be remembered",
            "so lange, wie Uhren abweichen dürfen, lässt sich ein gesehenes Ticket wieder verwenden, und jedes muss "
            "gemerkt werden"}};
constexpr Check kForwardable{
    .id = "krb5.forwardable",
    .source = kManual,
    .why = {"a ticket-granting ticket that may be forwarded lets a server act as the person everywhere",
            "mit einem weitergebbaren Ticket-Granting-Ticket kann ein Server überall als diese Person auftreten"}};
constexpr Check kAddresses{
    .id = "krb5.addresses",
    .source = "RFC 4120, 5.2.5; krb5.conf(5)",
    .why = {"a ticket that is bound to addresses does not hold behind NAT, in containers, or after a change of network",
            "ein an Adressen gebundenes Ticket gilt nicht hinter NAT, in Containern oder nach einem Netzwechsel"}};
constexpr Check kObsolete{.id = "krb5.obsolete",
                          .source = "MIT krb5, doc/admin/conf_files, and its release notes",
                          .why = {"nothing reads it any more: who changes it changes nothing",
                                  "niemand liest es mehr: wer es ändert, ändert nichts"}};
constexpr Check kUnknownSetting{.id = "krb5.unknown-setting",
                                .source = kManual,
                                .why = {"the library passes over a name that it does not know, without a word",
                                        "die Bibliothek übergeht einen Namen, den sie nicht kennt, ohne ein Wort"}};
constexpr Check kSaidTwice{.id = "krb5.said-twice",
                           .source = "krb5.conf(5): the first value counts",
                           .why = {"the second has no effect, whoever wrote it", "das zweite wirkt nicht"}};

constexpr auto kKnownSettings = std::to_array<std::string_view>({"allow_des3",
                                                                 "allow_rc4",
                                                                 "allow_weak_crypto",
                                                                 "canonicalize",
                                                                 "ccache_type",
                                                                 "client_aware_channel_bindings",
                                                                 "clockskew",
                                                                 "default_ccache_name",
                                                                 "default_client_keytab_name",
                                                                 "default_keytab_name",
                                                                 "default_rcache_name",
                                                                 "default_realm",
                                                                 "default_tgs_enctypes",
                                                                 "default_tkt_enctypes",
                                                                 "dns_canonicalize_hostname",
                                                                 "dns_lookup_kdc",
                                                                 "dns_lookup_realm",
                                                                 "dns_uri_lookup",
                                                                 "enforce_ok_as_delegate",
                                                                 "err_fmt",
                                                                 "extra_addresses",
                                                                 "forwardable",
                                                                 "ignore_acceptor_hostname",
                                                                 "k5login_authoritative",
                                                                 "k5login_directory",
                                                                 "kcm_mach_service",
                                                                 "kcm_socket",
                                                                 "kdc_default_options",
                                                                 "kdc_timesync",
                                                                 "noaddresses",
                                                                 "permitted_enctypes",
                                                                 "plugin_base_dir",
                                                                 "preferred_preauth_types",
                                                                 "proxiable",
                                                                 "qualify_shortname",
                                                                 "rdns",
                                                                 "realm_try_domains",
                                                                 "renew_lifetime",
                                                                 "request_timeout",
                                                                 "spake_preauth_groups",
                                                                 "ticket_lifetime",
                                                                 "udp_preference_limit",
                                                                 "verify_ap_req_nofail",
                                                                 "pkinit_anchors",
                                                                 "pkinit_identities",
                                                                 "pkinit_pool",
                                                                 "pkinit_eku_checking",
                                                                 "pkinit_kdc_hostname",
                                                                 "pkinit_cert_match",
                                                                 "pkinit_dh_min_bits"});
// Once settings of MIT krb5, of version 4, or of Solaris.
constexpr auto kDeadSettings = std::to_array<std::string_view>(
    {"ap_req_checksum_type", "dns_fallback", "kdc_req_checksum_type", "kdc_timeout", "krb4_config", "krb4_convert",
     "krb4_get_tickets", "krb4_realms", "krb4_srvtab", "krb5_get_tickets", "krb5_run_aklog", "max_retries",
     "realm_kdcs", "safe_checksum_type", "v4_instance_convert", "v4_name_convert", "v4_realm"});

constexpr auto kEncryptionLists =
    std::to_array<std::string_view>({"default_tkt_enctypes", "default_tgs_enctypes", "permitted_enctypes"});
constexpr auto kEncryptionNames = std::to_array<std::string_view>({"des",
                                                                   "des3",
                                                                   "aes",
                                                                   "rc4",
                                                                   "camellia",
                                                                   "default",
                                                                   "des-cbc-crc",
                                                                   "des-cbc-md5",
                                                                   "des-cbc-md4",
                                                                   "des-cbc-raw",
                                                                   "des-hmac-sha1",
                                                                   "des3-cbc-raw",
                                                                   "des3-cbc-sha1",
                                                                   "des3-hmac-sha1",
                                                                   "des3-cbc-sha1-kd",
                                                                   "aes256-cts-hmac-sha1-96",
                                                                   "aes256-cts",
                                                                   "aes256-sha1",
                                                                   "aes128-cts-hmac-sha1-96",
                                                                   "aes128-cts",
                                                                   "aes128-sha1",
                                                                   "aes256-cts-hmac-sha384-192",
                                                                   "aes256-sha2",
                                                                   "aes128-cts-hmac-sha256-128",
                                                                   "aes128-sha2",
                                                                   "arcfour-hmac",
                                                                   "rc4-hmac",
                                                                   "arcfour-hmac-md5",
                                                                   "arcfour-hmac-exp",
                                                                   "rc4-hmac-exp",
                                                                   "arcfour-hmac-md5-exp",
                                                                   "camellia256-cts-cmac",
                                                                   "camellia256-cts",
                                                                   "camellia128-cts-cmac",
                                                                   "camellia128-cts"});

std::vector<std::string> words_in_list(std::string_view list) {
  constexpr std::string_view kSeparators = " \t,";
  std::vector<std::string> words;
  while (!list.empty()) {
    std::size_t end = std::min(list.find_first_of(kSeparators), list.size());
    if (end > 0) words.push_back(lowered(list.substr(0, end)));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return words;
}

bool is_weak_name(std::string_view name) {
  return name.starts_with("des") || name.starts_with("rc4") || name.starts_with("arcfour");
}

bool is_strong_name(std::string_view name) {
  return name.starts_with("aes") || name.starts_with("camellia") || name == "default";
}

class DefaultsLint {
 public:
  DefaultsLint(const KerberosFacts& facts, std::size_t hop, Path& path)
      : facts_(facts), file_(facts.krb5), hop_(hop), path_(path) {}

  void judge() {
    default_realm();
    for (std::string_view list : kEncryptionLists) encryption_list(list);
    weak_switches();
    udp_limit();
    canonical_names();
    clock_skew();
    tickets();
    names();
  }

 private:
  const Krb5Relation* setting(std::string_view name) const { return file_.find({"libdefaults", name}); }

  void tell(const Krb5Relation& relation, const Check& check, Level level, Message seen, Message remedy) {
    Finding finding = about(relation, check, level, hop_);
    finding.seen = std::move(seen);
    finding.remedy = std::move(remedy);
    path_.tell(std::move(finding));
  }

  void default_realm() {
    if (setting("default_realm")) return;
    std::vector<std::string> realms = facts_.realms();
    std::string line = cat("default_realm = ", realms.empty() ? "EXAMPLE.COM" : realms.front());
    path_.tell(
        {.check = kNoDefaultRealm,
         .level = Level::Warning,
         .hop = hop_,
         .seen = {cat(facts_.krb5_name, " has no default_realm"), cat(facts_.krb5_name, " hat kein default_realm")},
         .remedy = {cat("write into [libdefaults]: ", line), cat("in [libdefaults] schreiben: ", line)},
         .evidence = {evidence_of({facts_.krb5_name, 0, 0})}});
  }

  void encryption_list(std::string_view name) {
    const Krb5Relation* relation = setting(name);
    if (!relation) return;
    std::vector<std::string> words = words_in_list(relation->value);
    for (const std::string& word : words) unknown_encryption(*relation, word);
    // One that has nothing else is told of by whoever reads the file.
    if (std::ranges::none_of(words, is_strong_name) || std::ranges::none_of(words, is_weak_name)) return;
    tell(*relation, kWeakListed, Level::Note,
         {cat(name, " lists RC4, DES or DES3 beside AES"), cat(name, " nennt RC4, DES oder DES3 neben AES")},
         {"remove the line: the library's own list is AES", "die Zeile entfernen: die eigene Liste ist AES"});
  }

  void unknown_encryption(const Krb5Relation& relation, const std::string& word) {
    std::string_view name = word;
    if (name.starts_with('-') || name.starts_with('+')) name.remove_prefix(1);
    if (std::ranges::find(kEncryptionNames, name) != kEncryptionNames.end()) return;
    std::optional<std::string_view> meant = conf::nearest(name, kEncryptionNames);
    tell(relation, kUnknownEncryption, Level::Warning,
         {cat(word, " in ", relation.path.back(), " is no encryption type"),
          cat(word, " in ", relation.path.back(), " ist kein Verschlüsselungstyp")},
         {meant ? cat("write ", *meant) : "remove it: the library's own list is AES",
          meant ? cat("schreiben: ", *meant) : "entfernen: die eigene Liste der Bibliothek ist AES"});
  }

  void weak_switches() {
    for (std::string_view name : {"allow_weak_crypto", "allow_rc4", "allow_des3"}) {
      const Krb5Relation* relation = setting(name);
      if (!relation || !is_on(file_, name, false)) continue;
      tell(*relation, kWeakListed, Level::Note,
           {cat(name, " lets programs of this machine use encryption that can be broken"),
            cat(name, " lässt Programme dieses Rechners brechbare Verschlüsselung verwenden")},
           {"remove the line once the RC4 report names nobody: pforte doctor kerberos --rc4",
            "die Zeile entfernen, sobald der RC4-Bericht niemanden nennt: pforte doctor kerberos --rc4"});
    }
  }

  void udp_limit() {
    constexpr long kDefault = 1465;
    const Krb5Relation* relation = setting("udp_preference_limit");
    if (!relation) return;
    long limit = 0;
    const std::string& text = relation->value;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (failure == std::errc() && end == text.data() + text.size() && limit <= kDefault) return;
    tell(*relation, kUdpLimit, Level::Warning,
         {cat("up to ", text, " bytes are sent by UDP first"), cat("bis zu ", text, " Bytes gehen zuerst über UDP")},
         {"udp_preference_limit = 1, for TCP always", "udp_preference_limit = 1, also immer TCP"});
  }

  void canonical_names() {
    const Krb5Relation* canonical = setting("dns_canonicalize_hostname");
    bool by_forward =
        !canonical || (lowered(canonical->value) != "fallback" && is_on(file_, "dns_canonicalize_hostname", true));
    if (!by_forward) return;
    bool by_reverse = is_on(file_, "rdns", true);
    path_.tell({.check = kCanonical,
                .level = Level::Note,
                .hop = hop_,
                .seen = {cat("names are made canonical by DNS (dns_canonicalize_hostname",
                             by_reverse ? " and rdns, address to name as well" : "", ")"),
                         cat("Namen werden über DNS kanonisch (dns_canonicalize_hostname",
                             by_reverse ? " und rdns, auch von der Adresse zum Namen" : "", ")")},
                .remedy = {"dns_canonicalize_hostname = false and rdns = false, as browsers on Windows do",
                           "dns_canonicalize_hostname = false und rdns = false, wie es Browser unter Windows tun"}});
  }

  void clock_skew() {
    const Krb5Relation* relation = setting("clockskew");
    if (!relation) return;
    // "300", "5m", "0:05:00" and more; only the plain ones are judged.
    constexpr long kUsual = 300;
    const std::string& text = relation->value;
    long amount = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), amount);
    std::string_view unit(end, std::size_t(text.data() + text.size() - end));
    if (failure != std::errc() || (!unit.empty() && unit != "s" && unit != "m" && unit != "h")) return;
    long seconds = amount * (unit == "m" ? 60 : unit == "h" ? 3600 : 1);
    if (seconds == kUsual || (seconds < kUsual && seconds >= 60)) return;
    bool wide = seconds > kUsual;
    tell(*relation, kSkewWide, Level::Warning,
         wide ? Message{cat("clocks may differ by ", seconds, " s"), cat("Uhren dürfen um ", seconds, " s abweichen")}
              : Message{cat("clocks may differ by only ", seconds, " s: people are refused for less"),
                        cat("Uhren dürfen nur um ", seconds, " s abweichen: schon bei wenig wird abgewiesen")},
         {"remove the line (5 minutes), and let NTP set the clocks",
          "die Zeile entfernen (5 Minuten) und die Uhren durch NTP stellen lassen"});
  }

  void tickets() {
    const Krb5Relation* forwardable = setting("forwardable");
    if (forwardable && is_on(file_, "forwardable", false)) {
      tell(*forwardable, kForwardable, Level::Note,
           {"kinit asks for tickets that may be forwarded", "kinit holt weitergebbare Tickets"},
           {"remove the line, unless something on this machine delegates",
            "die Zeile entfernen, wenn hier nichts delegiert"});
    }
    const Krb5Relation* addresses = setting("noaddresses");
    if (!addresses || is_on(file_, "noaddresses", true)) return;
    tell(*addresses, kAddresses, Level::Warning,
         {"tickets are bound to this machine's addresses", "Tickets werden an die Adressen dieses Rechners gebunden"},
         {"remove the line", "die Zeile entfernen"});
  }

  void names() {
    std::set<std::string> seen;
    for (const Krb5Relation& relation : file_.relations) {
      if (relation.path.size() != 2 || relation.path[0] != "libdefaults") continue;
      const std::string& name = relation.path[1];
      if (!seen.insert(name).second) said_twice(relation);
      if (std::ranges::find(kDeadSettings, name) != kDeadSettings.end()) {
        tell(relation, kObsolete, Level::Note,
             {cat(name, " has no meaning today"), cat(name, " bedeutet heute nichts mehr")},
             {"remove the line", "die Zeile entfernen"});
      } else if (std::ranges::find(kKnownSettings, name) == kKnownSettings.end()) {
        unknown_setting(relation);
      }
    }
  }

  void said_twice(const Krb5Relation& relation) {
    const Krb5Relation* first = setting(relation.path[1]);
    if (first->value == relation.value) return;
    tell(relation, kSaidTwice, Level::Warning,
         {cat(relation.path[1], " was set before, at ", conf::to_text(first->place), ", which counts"),
          cat(relation.path[1], " ist schon gesetzt, bei ", conf::to_text(first->place), "; das gilt")},
         {"remove one of them", "eines davon entfernen"});
  }

  // A name near to none may be for another library.
  void unknown_setting(const Krb5Relation& relation) {
    std::optional<std::string_view> meant = conf::nearest(relation.path[1], kKnownSettings);
    tell(relation, kUnknownSetting, meant ? Level::Warning : Level::Note,
         {cat("[libdefaults] knows no ", relation.path[1]), cat("[libdefaults] kennt kein ", relation.path[1])},
         {meant ? cat("write ", *meant) : "remove it, unless it is for another Kerberos",
          meant ? cat("schreiben: ", *meant) : "entfernen, wenn es nicht für ein anderes Kerberos ist"});
  }

  const KerberosFacts& facts_;
  const kerberos::Krb5File& file_;
  std::size_t hop_;
  Path& path_;
};

}  // namespace

void lint_krb5_defaults(const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  DefaultsLint(facts, hops.krb5, path).judge();
}

}  // namespace pforte::doctor
