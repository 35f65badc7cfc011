#include "doctor/spn_check.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "conf/nearest.h"
#include "doctor/krb5_lint.h"

namespace pforte::doctor {
namespace {

using kerberos::KeytabConfig;

constexpr std::string_view kBrowsersAsk = "RFC 4559, 4; Chromium, HttpAuthHandlerNegotiate::CreateSPN";

constexpr Check kSpnForm{.id = "spn.form",
                         .source = "RFC 4120, 6.2",
                         .why = {"browsers ask for HTTP/ and a host; a ticket of another form never comes",
                                 "Browser fragen nach HTTP/ und einem Rechner; anders geformte Tickets kommen nie"}};
constexpr Check kSpnService{.id = "spn.service",
                            .source = kBrowsersAsk,
                            .why = {"browsers ask for a ticket of HTTP/, in capitals, for https as well",
                                    "Browser fragen nach einem Ticket für HTTP/, groß geschrieben, auch bei https"}};
constexpr Check kSpnPort{
    .id = "spn.port",
    .source = "Chromium policy EnableAuthNegotiatePort",
    .why = {"browsers leave the port out of the name unless a policy says otherwise, which is off by default",
            "Browser lassen den Port im Namen weg, wenn keine Richtlinie es anders sagt, die ab Werk aus ist"}};
constexpr Check kSpnDot{.id = "spn.trailing-dot",
                        .source = kBrowsersAsk,
                        .why = {"browsers ask without the dot, and the domain takes both for different names",
                                "Browser fragen ohne den Punkt, und die Domäne hält beides für verschiedene Namen"}};
constexpr Check kSpnAddress{
    .id = "spn.address",
    .source = "Microsoft, Kerberos clients allow IPv4 and IPv6 address hostnames in SPNs (TryIPSPN, off by default)",
    .why = {"for an address browsers ask for no ticket: NTLM or the login page follows",
            "für eine Adresse fragen Browser nach keinem Ticket: es folgt NTLM oder die Anmeldeseite"}};
constexpr Check kSpnCase{
    .id = "spn.host-case",
    .source = "RFC 4120, 6.2.1: hosts in small letters; WHATWG URL, 3.5",
    .why = {"browsers ask in small letters; MIT finds no other spelling, and neither do most servers",
            "Browser fragen in Kleinbuchstaben; MIT findet keine andere Schreibweise, die meisten Server auch nicht"}};
constexpr Check kSpnRealmCase{
    .id = "spn.realm-case",
    .source = "RFC 4120, 6.1: realm names are case-sensitive",
    .why = {"the domain controller writes its realm in capitals, so that no ticket has this name",
            "der Domänen-Controller schreibt seinen Realm groß; kein Ticket trägt also diesen Namen"}};
constexpr Check kSpnShort{
    .id = "spn.short-name",
    .source = kBrowsersAsk,
    .why = {"who types the short name is sent to the full one before a ticket is asked for",
            "wer den kurzen Namen eintippt, wird vor der Frage nach einem Ticket zum vollen geschickt"}};
constexpr Check kSpnMisspelt{.id = "spn.host-misspelt",
                             .source = kBrowsersAsk,
                             .why = {"the browser asks for the host in its address bar, and nobody has that name",
                                     "der Browser fragt nach dem Rechner in der Adresszeile, und den hat niemand"}};
constexpr Check kSpnNotServed{.id = "spn.host-not-served",
                              .source = "",
                              .why = {"a key that nobody needs is a key that can be stolen",
                                      "ein Schlüssel, den niemand braucht, kann nur gestohlen werden"}};
constexpr Check kSpnNoKey{
    .id = "spn.no-key",
    .source = kBrowsersAsk,
    .why = {"who comes to this host with a ticket is refused, and sees the login page",
            "wer mit einem Ticket zu diesem Rechner kommt, wird abgewiesen und sieht die Anmeldeseite"}};
constexpr Check kSpnRealms{
    .id = "spn.several-realms",
    .source = "",
    .why = {"each domain's people are let in by its own key; both keytabs must be kept up",
            "jede Domäne kommt mit ihrem eigenen Schlüssel herein; beide Keytabs sind zu pflegen"}};
constexpr Check kSpnHolds{.id = "spn.holds", .source = "", .why = {"", ""}};

class ServiceNames {
 public:
  ServiceNames(const KerberosFacts& facts, std::size_t hop, Path& path) : facts_(facts), hop_(hop), path_(path) {}

  void judge() {
    for (const KeytabConfig& one : facts_.config.keytabs) {
      if (facts_.concerns(one.principal)) service(one);
    }
    for (const conf::Text& host : facts_.hosts) served(host);
    if (told_) return;
    std::size_t count = facts_.config.keytabs.size();
    path_.tell({.check = kSpnHolds,
                .level = Level::Ok,
                .hop = hop_,
                .seen = {cat("the names of the services fit: ", count), cat("die Namen der Dienste passen: ", count)}});
  }

 private:
  bool concerns(const std::string& host) const {
    return !facts_.alone || equals_ignoring_case(*facts_.alone, cat("HTTP/", host));
  }

  // Whether there is a service of just this name.
  bool has_service(std::string_view host) const {
    return std::ranges::any_of(facts_.config.keytabs, [&](const KeytabConfig& one) {
      const std::vector<std::string>& parts = one.principal.components;
      return parts.size() == 2 && parts[0] == "HTTP" && parts[1] == host;
    });
  }

  // As bad as it is that the host which was meant has no ticket: not at all when another service has its name.
  Level level_for(std::string_view host) const { return has_service(host) ? Level::Warning : Level::Error; }

  void tell(const KeytabConfig& one, const Check& check, Level level, Message seen, Message remedy) {
    if (one.principal.components.size() == 2) mentioned_.insert(meant_host(one));
    told_ = true;
    path_.tell(
        {.check = check,
         .level = level,
         .hop = hop_,
         .seen = std::move(seen),
         .remedy = std::move(remedy),
         .evidence = {{.name = {"service", "Dienst"}, .value = one.principal.to_text()}, evidence_of(one.place)}});
  }

  // The host of a service as a browser would write it.
  static std::string meant_host(const KeytabConfig& one) {
    return kerberos::as_browsers_ask(one.principal).components.back();
  }

  static Message rename(const std::string& to, const std::string& realm) {
    return {cat("give the account the name and make the keytab again for HTTP/", to, "@", realm),
            cat("dem Konto den Namen geben und die Keytab neu erzeugen für HTTP/", to, "@", realm)};
  }

  void service(const KeytabConfig& one) {
    const std::vector<std::string>& parts = one.principal.components;
    std::string name = one.principal.to_text();
    if (parts.size() != 2) {
      tell(one, kSpnForm, Level::Error,
           {cat(name, " is no service of a host"), cat(name, " ist kein Dienst eines Rechners")},
           {"write HTTP/crm.example.com@EXAMPLE.COM", "HTTP/crm.example.com@EXAMPLE.COM schreiben"});
      return;
    }
    std::string host = meant_host(one);
    realm(one);
    if (parts[0] != "HTTP") {
      // A domain controller and the gate take any case of it, MIT does not.
      Level level = equals_ignoring_case(parts[0], "HTTP") ? Level::Warning : level_for(host);
      tell(one, kSpnService, level, {cat(name, " is not HTTP/"), cat(name, " ist nicht HTTP/")},
           rename(host, one.principal.realm));
    } else if (is_address(parts[1])) {
      tell(one, kSpnAddress, Level::Error, {cat(parts[1], " is an address"), cat(parts[1], " ist eine Adresse")},
           {"serve the site under a name, and give the service that name",
            "die Site unter einem Namen anbieten und den Dienst so nennen"});
    } else if (parts[1].contains(':')) {
      tell(one, kSpnPort, level_for(host), {cat(name, " has a port"), cat(name, " hat einen Port")},
           rename(host, one.principal.realm));
    } else if (parts[1].ends_with('.')) {
      tell(one, kSpnDot, level_for(host),
           {cat(name, " has a dot at the end of its host"), cat(name, " hat am Ende des Rechners einen Punkt")},
           rename(host, one.principal.realm));
    } else {
      host_of(one, host);
    }
  }

  void realm(const KeytabConfig& one) {
    const std::string& realm = one.principal.realm;
    if (!has_lower_case(realm) || has_kdc(facts_.krb5, realm)) return;
    tell(one, kSpnRealmCase, Level::Error,
         {cat("the realm ", realm, " has small letters"), cat("der Realm ", realm, " hat Kleinbuchstaben")},
         {cat("write ", capitals(realm)), cat("schreiben: ", capitals(realm))});
  }

  void host_of(const KeytabConfig& one, const std::string& host) {
    const std::string& written = one.principal.components[1];
    if (written != host) {
      tell(one, kSpnCase, Level::Warning, {cat(written, " has capitals"), cat(written, " hat Großbuchstaben")},
           rename(host, one.principal.realm));
    }
    if (is_served(facts_, host)) return;
    std::vector<std::string_view> served;
    served.reserve(facts_.hosts.size());
    for (const conf::Text& text : facts_.hosts) served.emplace_back(text.value);
    std::optional<std::string_view> meant = conf::nearest(host, served);
    if (meant) {
      mentioned_.insert(std::string(*meant));
      tell(one, kSpnMisspelt, level_for(*meant),
           {cat(host, " is served nowhere; the nearest name is ", *meant),
            cat(host, " wird nirgends angeboten; der nächste Name ist ", *meant)},
           rename(std::string(*meant), one.principal.realm));
    } else if (!host.contains('.')) {
      tell(one, kSpnShort, Level::Warning, {cat(host, " is no full name"), cat(host, " ist kein voller Name")},
           {"make the keytab for the full name of the site", "die Keytab für den vollen Namen der Site erzeugen"});
    } else if (!facts_.hosts.empty()) {
      tell(one, kSpnNotServed, Level::Warning,
           {cat("nobody signs in at ", host), cat("niemand meldet sich an ", host, " an")},
           {"remove the service, or serve the host with sign_in",
            "den Dienst entfernen oder den Rechner mit sign_in anbieten"});
    }
  }

  void served(const conf::Text& text) {
    const std::string& host = text.value;
    if (host.starts_with('*') || !concerns(host)) return;
    if (is_address(host)) {
      path_.tell({.check = kSpnAddress,
                  .level = Level::Note,
                  .hop = hop_,
                  .seen = {cat("the site is served under the address ", host),
                           cat("die Site wird unter der Adresse ", host, " angeboten")},
                  .remedy = {"tell people its name", "den Leuten ihren Namen nennen"},
                  .evidence = {evidence_of(text.place)}});
      return;
    }
    if (has_service(host)) return several_realms(text);
    // Short names are sent to the full one; what a service was meant for has been told.
    if (!host.contains('.') || mentioned_.contains(host)) return;
    without_key(text);
  }

  void several_realms(const conf::Text& text) {
    std::vector<std::string> realms;
    for (const KeytabConfig& one : facts_.config.keytabs) {
      const std::vector<std::string>& parts = one.principal.components;
      if (parts.size() == 2 && parts[0] == "HTTP" && parts[1] == text.value) realms.push_back(one.principal.realm);
    }
    if (realms.size() < 2) return;
    path_.tell({.check = kSpnRealms,
                .level = Level::Note,
                .hop = hop_,
                .seen = {cat(text.value, " has services in ", joined(realms, ", ")),
                         cat(text.value, " hat Dienste in ", joined(realms, ", "))},
                .evidence = {evidence_of(text.place)}});
  }

  // A key of another name opens its tickets where both names are of one account, which cannot be seen from here.
  void without_key(const conf::Text& text) {
    told_ = true;
    const std::string& host = text.value;
    bool others = std::ranges::any_of(facts_.config.keytabs,
                                      [](const KeytabConfig& one) { return one.principal.primary() == "HTTP"; });
    path_.tell(
        {.check = kSpnNoKey,
         .level = others ? Level::Warning : Level::Error,
         .hop = hop_,
         .seen = {cat("[kerberos.keytabs] has no HTTP/", host,
                      others ? ", which works only if an account that is there has that name as well" : ""),
                  cat("[kerberos.keytabs] hat kein HTTP/", host,
                      others ? "; das geht nur, wenn ein Konto von dort auch diesen Namen hat" : "")},
         .remedy = {"give an account the name, make a keytab and name it there: pforte check shows how",
                    "einem Konto den Namen geben, eine Keytab erzeugen und dort nennen: pforte check zeigt, wie"},
         .command = setspn_command(host),
         .evidence = {evidence_of(text.place)}});
  }

  const KerberosFacts& facts_;
  std::size_t hop_;
  Path& path_;
  std::set<std::string> mentioned_;  // hosts whose missing key is told of with the service that was meant for them
  bool told_ = false;
};

}  // namespace

void check_service_names(const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  ServiceNames(facts, hops.keytab, path).judge();
}

bool is_served(const KerberosFacts& facts, std::string_view host) {
  return std::ranges::any_of(facts.hosts, [&](const conf::Text& text) {
    std::string_view pattern = text.value;
    if (pattern == "*" || pattern == host) return true;
    if (!pattern.starts_with("*.")) return false;
    std::size_t dot = host.find('.');
    return dot != std::string_view::npos && host.substr(dot) == pattern.substr(1);
  });
}

std::string setspn_command(std::string_view host) {
  return cat("setspn -S ", powershell_word(cat("HTTP/", host)), " ACCOUNT");
}

}  // namespace pforte::doctor
