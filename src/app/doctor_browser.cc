#include "app/doctor_browser.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/browser_policy.h"
#include "app/complaint.h"
#include "app/output_end.h"
#include "app/unread_configuration.h"
#include "base/printable.h"
#include "base/text.h"
#include "gate/config.h"

namespace pforte::app {
namespace {

std::vector<PolicyBrowser> all_browsers() {
  return {PolicyBrowser::Edge, PolicyBrowser::Chrome, PolicyBrowser::Firefox, PolicyBrowser::InternetExplorer,
          PolicyBrowser::MacOs};
}

Answer<std::vector<PolicyBrowser>> browsers_in(const CommandLine& line) {
  std::optional<std::string> asked = line.value_of("--for");
  if (!asked) return all_browsers();
  std::vector<PolicyBrowser> browsers;
  std::string_view rest = *asked;
  while (!rest.empty()) {
    std::string_view word = rest.substr(0, rest.find(','));
    std::optional<PolicyBrowser> browser = policy_browser(word);
    if (!browser)
      return std::unexpected(
          Complaint(kInvalidInput, {cat("--for knows no ", printable(word)), cat("--for kennt kein ", printable(word))},
                    {"there are: edge, chrome, firefox, ie, macos", "es gibt: edge, chrome, firefox, ie, macos"}));
    browsers.push_back(*browser);
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  }
  return browsers;
}

bool has_form(PolicyBrowser browser, PolicyForm form) {
  const std::vector<PolicyForm> forms = forms_for(browser);
  return std::ranges::find(forms, form) != forms.end();
}

std::vector<PolicyBrowser> those_with(const std::vector<PolicyBrowser>& browsers, PolicyForm form) {
  std::vector<PolicyBrowser> some;
  for (PolicyBrowser browser : browsers) {
    if (has_form(browser, form)) some.push_back(browser);
  }
  return some;
}

Answer<std::string> one_file(const CommandLine& line, const BrowserNeeds& needs,
                             const std::vector<PolicyBrowser>& browsers, const std::string& asked) {
  std::optional<PolicyForm> form = policy_form(asked);
  if (!form)
    return std::unexpected(Complaint(
        kInvalidInput, {cat("--form knows no ", printable(asked)), cat("--form kennt kein ", printable(asked))},
        {"there are: registry, json, gpo, policies.json, plist, mobileconfig",
         "es gibt: registry, json, gpo, policies.json, plist, mobileconfig"}));
  std::vector<PolicyBrowser> some = those_with(browsers, *form);
  bool lacks_one = line.has("--for") && some.size() != browsers.size();
  if (some.empty() || lacks_one)
    return std::unexpected(
        Complaint(kInvalidInput,
                  {cat("not all of these browsers have policies as ", asked),
                   cat("nicht alle diese Browser haben Richtlinien als ", asked)},
                  {"name the browsers with --for one by one", "die Browser mit --for einzeln nennen"}));
  if (*form == PolicyForm::Plist && some.size() > 1)
    return std::unexpected(Complaint(kInvalidInput, {"a plist is for one browser", "eine plist gilt für einen Browser"},
                                     {"name it: --for edge, --for chrome or --for firefox",
                                      "ihn nennen: --for edge, --for chrome oder --for firefox"}));
  return policy_text(needs, some, *form, line.language);
}

std::string section(const BrowserNeeds& needs, PolicyBrowser browser, PolicyForm form, Language language) {
  std::string text =
      cat("== ", word_of(browser), ", ", word_of(form), " ==\n", place_of(browser, form).in(language), "\n\n");
  std::string file = policy_text(needs, {browser}, form, language);
  std::erase(file, '\r');
  return cat(text, file, "\n");
}

std::string all_files(const CommandLine& line, const BrowserNeeds& needs, const std::vector<PolicyBrowser>& browsers) {
  std::string text;
  for (PolicyBrowser browser : browsers) text += section(needs, browser, forms_for(browser).front(), line.language);
  for (const Message& note : policy_notes(needs)) text += cat("- ", note.in(line.language), "\n");
  bool german = line.language == Language::German;
  text += german ? "\nEine Datei allein: pforte doctor browser --for firefox --form policies.json > policies.json\n"
                   "Der Mensch vor dem Browser prüft es unter https://HOST/.pforte/selftest\n"
                 : "\nOne file alone: pforte doctor browser --for firefox --form policies.json > policies.json\n"
                   "Whoever sits in front of the browser checks it at https://HOST/.pforte/selftest\n";
  return text;
}

std::string as_json(const CommandLine& line, const BrowserNeeds& needs, const std::vector<PolicyBrowser>& browsers) {
  nlohmann::ordered_json document = {{"hosts", needs.hosts},
                                     {"delegated", needs.delegated},
                                     {"port_in_principal", needs.port_in_principal},
                                     {"policies", nlohmann::ordered_json::array()},
                                     {"notes", nlohmann::ordered_json::array()}};
  for (PolicyBrowser browser : browsers) {
    for (PolicyForm form : forms_for(browser))
      document["policies"].push_back({{"for", word_of(browser)},
                                      {"form", word_of(form)},
                                      {"place", place_of(browser, form).in(line.language)},
                                      {"content", policy_text(needs, {browser}, form, line.language)}});
  }
  for (const Message& note : policy_notes(needs)) document["notes"].push_back(note.in(line.language));
  return document.dump(2) + "\n";
}

Complaint nobody_signs_in() {
  return {kDoesNotHold,
          {"no site with a known name signs anybody in by tickets, so browsers need nothing",
           "keine Site mit bekanntem Namen meldet jemanden mit Tickets an, also brauchen Browser nichts"},
          {"give the configuration [kerberos], and a site sign_in = \"required\" and its hosts",
           "der Konfiguration [kerberos] geben und einer Site sign_in = \"required\" und ihre hosts"}};
}

Answer<std::string> made(const CommandLine& line) {
  if (!line.more_operands.empty())
    return std::unexpected(Complaint(kInvalidInput,
                                     {cat("browser takes nothing behind it: ", printable(line.more_operands.front())),
                                      cat("browser nimmt nichts dahinter: ", printable(line.more_operands.front()))},
                                     {"name browsers with --for", "Browser mit --for nennen"}));
  std::vector<PolicyBrowser> browsers = TRY(browsers_in(line));
  conf::Problems problems;
  std::string file = config_file(line);
  std::optional<gate::Config> config = gate::read_draft(file, problems);
  if (!config) return std::unexpected(unread_configuration(file, problems));
  BrowserNeeds needs = browser_needs(*config);
  if (needs.hosts.empty()) return std::unexpected(nobody_signs_in());
  std::optional<std::string> form = line.value_of("--form");
  if (form) return one_file(line, needs, browsers, *form);
  return line.json ? as_json(line, needs, browsers) : all_files(line, needs, browsers);
}

Answer<void> print_made(const CommandLine& line, const Streams& streams) {
  std::string text = TRY(made(line));
  std::fwrite(text.data(), 1, text.size(), streams.out);
  return whole_output(streams);
}

}  // namespace

int make_browser_policies(const CommandLine& line, const Streams& streams) {
  Answer<void> done = print_made(line, streams);
  if (done) return kDone;
  std::string complaint = to_text(done.error(), line.language);
  std::fwrite(complaint.data(), 1, complaint.size(), streams.err);
  return done.error().exit;
}

}  // namespace pforte::app
