#include "app/contact_sides.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "app/contact_search.h"
#include "base/printable.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "contact/alert.h"
#include "contact/client_kind.h"
#include "doctor/shown_command.h"

namespace pforte::app {
namespace {

using contact::Contact;

struct KnownProgram {
  std::string_view mark, name;
};

// Those that pretend to be others come first (MDN, Browser detection using the user agent).
constexpr auto kBrowsers = std::to_array<KnownProgram>({
    {"Edg", "Edge"},
    {"OPR/", "Opera"},
    {"Firefox/", "Firefox"},
    {"FxiOS/", "Firefox"},
    {"CriOS/", "Chrome"},
    {"Chrome/", "Chrome"},
    {"Safari/", "Safari"},
});

// A WebView is an app's, although it says Mozilla (Android, WebView: "; wv)").
bool is_web_view(std::string_view user_agent) {
  return user_agent.contains("; wv)") || (user_agent.contains("iPhone") && !user_agent.contains("Safari/"));
}

void name_by_user_agent(ClientSide& side) {
  std::string_view agent = side.last.user_agent;
  if (agent.starts_with("Mozilla/5.0") && !is_web_view(agent)) {
    const auto* found =
        std::ranges::find_if(kBrowsers, [&](const KnownProgram& one) { return agent.contains(one.mark); });
    side.is_browser = found != kBrowsers.end();
    if (side.is_browser) side.program = found->name;
  }
  if (side.program.empty()) side.program = is_web_view(agent) ? "WebView" : agent.substr(0, agent.find(' '));
}

void name_by_hello(ClientSide& side) {
  switch (contact::kind_of_client(side.last.fingerprint)) {
    case contact::ClientKind::Chromium:
      side.program = "Chrome";
      side.is_browser = true;
      break;
    case contact::ClientKind::Firefox:
      side.program = "Firefox";
      side.is_browser = true;
      break;
    case contact::ClientKind::Unknown:
      break;
    default:
      side.program = contact::name_of(contact::kind_of_client(side.last.fingerprint)).en;
  }
}

ClientSide side_of(const Contact& contact) {
  ClientSide side{.program = {}, .count = contact.times, .last = contact};
  if (!contact.user_agent.empty()) {
    name_by_user_agent(side);
  } else {
    name_by_hello(side);
  }
  return side;
}

std::string host_asked(const Contact& contact) {
  return contact.server_name.empty() ? contact.host : contact.server_name;
}

bool is_same_side(const ClientSide& a, const ClientSide& b) {
  return a.program == b.program && a.last.client.ip_text() == b.last.client.ip_text() &&
         host_asked(a.last) == host_asked(b.last);
}

std::string name_of_side(const ClientSide& side, Language language) {
  bool german = language == Language::German;
  if (side.program.empty()) return german ? "nicht erkannt" : "not recognised";
  std::string_view kind = side.is_browser ? "Browser " : german ? "Programm " : "program ";
  return cat(side.is_browser && !german ? "browser " : kind, printable(side.program));
}

std::string how_it_ended(const Contact& contact, Language language) {
  bool german = language == Language::German;
  if (contact.client_alert > 0)
    return cat(german ? "hat uns abgewiesen: " : "refused us: ", contact::alert_text(contact.client_alert));
  if (contact.our_alert > 0)
    return cat(german ? "abgewiesen: " : "was refused: ", contact::alert_text(contact.our_alert));
  if (contact.last_status > 0) return cat(german ? "bedient, zuletzt " : "served, last ", contact.last_status);
  return std::string(contact::name_of(contact.ending));
}

std::string side_line(const ClientSide& side, Language language) {
  bool german = language == Language::German;
  const Contact& last = side.last;
  std::string text = cat("  ", is_at_fault(last) ? "✗ " : "✓ ", name_of_side(side, language),
                         german ? " von " : " from ", last.client.ip_text());
  if (!host_asked(last).empty()) text += cat(german ? ", zu " : ", to ", printable(host_asked(last)));
  if (!last.tls_version.empty()) text += cat(", ", last.tls_version);
  return text + cat(", ", how_it_ended(last, language), " (", side.count, ")\n");
}

using Side = const ClientSide*;

Side first_of(const std::vector<ClientSide>& sides, bool browser) {
  auto found = std::ranges::find_if(
      sides, [&](const ClientSide& one) { return !one.program.empty() && one.is_browser == browser; });
  return found == sides.end() ? nullptr : &*found;
}

Message of_browser_alone(const ClientSide& browser, const std::string& config) {
  std::string host = host_asked(browser.last);
  std::string look = doctor::command_by(
      config, cat("pforte doctor client ", host.empty() ? std::string("HOST") : printable(shell_word(host))));
  return {
      cat("Only a browser came this way. An app of the same device that does not get through goes another: a per-app "
          "VPN, a proxy, another host, port or name server. Look for it by the host: ",
          look),
      cat("Auf diesem Weg kam nur ein Browser. Eine App desselben Geräts, die nicht durchkommt, geht einen anderen: "
          "Per-App-VPN, Proxy, anderer Host, Port oder Nameserver. Nach dem Host suchen: ",
          look)};
}

Message of_program_alone() {
  return {
      "No browser came this way. Open the web client on the same device: whether it gets through tells network and "
      "app apart.",
      "Auf diesem Weg kam kein Browser. Den Webclient auf demselben Gerät öffnen: Ob er durchkommt, trennt Netz und "
      "App."};
}

Message of_both(const ClientSide& browser, const ClientSide& program) {
  std::string from = browser.last.client.ip_text(), other = program.last.client.ip_text();
  if (from != other)
    return {cat("Browser and app came from different addresses, ", from, " and ", other,
                ": different ways (VPN, per-app VPN, proxy)."),
            cat("Browser und App kamen von verschiedenen Adressen, ", from, " und ", other,
                ": verschiedene Wege (VPN, Per-App-VPN, Proxy).")};
  std::string host = host_asked(browser.last), asked = host_asked(program.last);
  if (host != asked)
    return {cat("Browser and app asked for different hosts: ", printable(host), " and ",
                asked.empty() ? "none (an IP address)" : printable(asked), '.'),
            cat("Browser und App haben verschiedene Hosts verlangt: ", printable(host), " und ",
                asked.empty() ? "keinen (eine IP-Adresse)" : printable(asked), '.')};
  bool browser_fails = is_at_fault(browser.last), program_fails = is_at_fault(program.last);
  if (!browser_fails && program_fails)
    return {
        "Both came the same way, and the browser gets through: it is not the network. An app accepts no certificate "
        "that a person could override in a browser, and trusts its own store.",
        "Beide kamen auf demselben Weg, und der Browser kommt durch: Es ist nicht das Netz. Eine App nimmt kein "
        "Zertifikat an, das ein Mensch im Browser übersteuern kann, und vertraut ihrem eigenen Speicher."};
  if (browser_fails && !program_fails)
    return {"Both came the same way, and the app gets through: look at the browser's own settings.",
            "Beide kamen auf demselben Weg, und die App kommt durch: die Einstellungen des Browsers ansehen."};
  if (browser_fails)
    return {
        "Both came the same way, and both fail: what is wrong is common to them, certificate or network.",
        "Beide kamen auf demselben Weg, und beide scheitern: Der Fehler ist ihnen gemeinsam, Zertifikat oder Netz."};
  return {"Both came the same way, and both get through.", "Beide kamen auf demselben Weg, und beide kommen durch."};
}

}  // namespace

std::vector<ClientSide> sides_of(const std::deque<contact::Contact>& contacts) {
  std::vector<ClientSide> sides;
  for (const Contact& contact : contacts) {
    if (!is_decisive(contact)) continue;
    ClientSide side = side_of(contact);
    auto known = std::ranges::find_if(sides, [&](const ClientSide& one) { return is_same_side(one, side); });
    if (known != sides.end()) {
      side.count += known->count;
      sides.erase(known);
    }
    sides.insert(sides.begin(), std::move(side));  // the last that came first
  }
  return sides;
}

Message what_sides_tell(const std::vector<ClientSide>& sides, const std::string& config) {
  Side browser = first_of(sides, true);
  Side program = first_of(sides, false);
  if (browser && program) return of_both(*browser, *program);
  if (browser) return of_browser_alone(*browser, config);
  return program ? of_program_alone() : Message();
}

std::string sides_text(const std::vector<ClientSide>& sides, const std::string& config, Language language) {
  constexpr std::size_t kMostSides = 8;
  bool nothing_beside = sides.size() == 1 && !sides.front().is_browser;
  if (sides.empty() || nothing_beside) return "";
  bool german = language == Language::German;
  std::string text = german ? "Browser und Apps nebeneinander:\n" : "Browsers and apps side by side:\n";
  for (std::size_t i = 0; i < std::min(sides.size(), kMostSides); ++i) text += side_line(sides[i], language);
  if (sides.size() > kMostSides)
    text += cat(german ? "  … und " : "  … and ", sides.size() - kMostSides, german ? " weitere\n" : " more\n");
  Message together = what_sides_tell(sides, config);
  if (!together.en.empty()) text += cat("  ", together.in(language), '\n');
  return text;
}

}  // namespace pforte::app
