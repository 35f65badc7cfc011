#include "doctor/typed_address.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "conf/nearest.h"
#include "policy/path_rules.h"

namespace pforte::doctor {
namespace {

constexpr Check kTypedOtherwise{
    .id = "path.typed-otherwise",
    .source = "pforte.toml(5)",
    .why = {"an app goes exactly where the person who set it up has said, and guesses nothing",
            "eine App geht genau dorthin, wohin sie eingerichtet wurde, und errät nichts"}};

std::string_view first_label(std::string_view host) {
  return host.substr(0, host.find('.'));
}

std::string_view behind_first_label(std::string_view host) {
  return host.substr(std::min(first_label(host).size() + 1, host.size()));
}

bool serves(const ServedAddress& served, std::string_view host) {
  if (!served.host.starts_with("*.")) return served.host == host;
  return behind_first_label(host) == std::string_view(served.host).substr(2);
}

bool is_near(std::string_view word, std::string_view meant) {
  return conf::nearest(word, std::array{meant}).has_value();
}

// One of its two parts is right, and the other nearly.
bool is_misspelt(std::string_view host, std::string_view meant) {
  std::string_view label = first_label(host), rest = behind_first_label(host);
  std::string_view meant_label = first_label(meant), meant_rest = behind_first_label(meant);
  return (rest == meant_rest && is_near(label, meant_label)) || (label == meant_label && is_near(rest, meant_rest));
}

// Collects what is wrong, and joins it.
class Mistakes {
 public:
  void add(std::string en, std::string de) {
    english_.push_back(std::move(en));
    german_.push_back(std::move(de));
  }
  bool none() const { return english_.empty(); }
  Message text() const { return {joined(english_, "; "), joined(german_, "; ")}; }

 private:
  std::vector<std::string> english_, german_;
};

// Whom a typed host means, with what is wrong about it; null: nobody here.
const ServedAddress* meant_by(const Destination& typed, const std::vector<ServedAddress>& served, bool is_own_address,
                              Mistakes& mistakes) {
  auto find = [&](auto is_it) {
    auto found = std::ranges::find_if(served, is_it);
    return found == served.end() ? nullptr : &*found;
  };
  // A host may be served at several ports: that which was typed first.
  auto exactly = [&](const ServedAddress& one) { return serves(one, typed.host) && one.port == typed.port; };
  if (const ServedAddress* meant = find(exactly)) return meant;
  if (const ServedAddress* meant = find([&](const ServedAddress& one) { return serves(one, typed.host); }))
    return meant;
  if (typed.is_address()) {
    if (!is_own_address || served.empty()) return nullptr;
    mistakes.add("an IP address was typed, and no site is served by it",
                 "es wurde eine IP-Adresse getippt, und unter ihr wird keine Site bedient");
    return &served.front();
  }
  auto completes = [&](const ServedAddress& one) {
    return !typed.host.contains('.') && first_label(one.host) == typed.host;
  };
  if (const ServedAddress* meant = find(completes)) {
    mistakes.add(cat(typed.host, " is short for ", meant->host), cat(typed.host, " steht kurz für ", meant->host));
    return meant;
  }
  const ServedAddress* meant = find([&](const ServedAddress& one) { return is_misspelt(typed.host, one.host); });
  if (meant != nullptr)
    mistakes.add(cat(typed.host, " is served nowhere, ", meant->host, " is"),
                 cat(typed.host, " wird nirgends bedient, aber ", meant->host));
  return meant;
}

bool allows_path(const ServedAddress& served, std::string_view path) {
  path = path.substr(0, path.find_first_of("?#"));
  auto is_below = [&](const std::string& allowed) {
    return policy::is_within(path, allowed, policy::PathProfile::Generic);
  };
  return served.paths.empty() || path == "/" || std::ranges::any_of(served.paths, is_below);
}

// "/", where that leads nowhere: the URL of the site has a path, and no rule allows the root.
bool misses_path(const ServedAddress& served, std::string_view path) {
  constexpr std::string_view kSiteScheme = "https://";
  std::size_t slash = std::min(served.url.find('/', kSiteScheme.size()), served.url.size());
  bool has_path = served.url.size() > slash + 1;
  return path == "/" && has_path && !served.paths.empty() && std::ranges::find(served.paths, "/") == served.paths.end();
}

}  // namespace

std::optional<Finding> judge_typed(const Destination& typed, const std::vector<ServedAddress>& served,
                                   bool is_own_address) {
  Mistakes mistakes;
  const ServedAddress* meant = meant_by(typed, served, is_own_address, mistakes);
  if (meant == nullptr) return std::nullopt;
  if (typed.scheme == Scheme::Http)
    mistakes.add("http:// was typed, and the gate serves https:// there",
                 "es wurde http:// getippt, und das Tor bedient dort https://");
  // Port 80 of http:// is the default of the scheme, not of the person.
  bool typed_no_port = typed.scheme == Scheme::Http && typed.port == 80;
  if (typed.port != meant->port && !typed_no_port)
    mistakes.add(cat("port ", typed.port, " was typed, or none; the gate listens at ", meant->port),
                 cat("es wurde Port ", typed.port, " oder keiner getippt; das Tor lauscht an ", meant->port));
  // That no path was typed is no proof of a mistake: what is typed may be the host alone, and an app adds the rest.
  bool is_otherwise_right = mistakes.none();
  bool is_without_path = typed.scheme != Scheme::Tls && misses_path(*meant, typed.path);
  if (is_without_path)
    mistakes.add("no path was typed, and the site does not allow /",
                 "es wurde kein Pfad getippt, und / erlaubt die Site nicht");
  else if (typed.scheme != Scheme::Tls && !allows_path(*meant, typed.path))
    mistakes.add(cat("the path ", typed.path, " is not one that the site allows"),
                 cat("den Pfad ", typed.path, " erlaubt die Site nicht"));
  if (mistakes.none()) return std::nullopt;
  return Finding{.check = kTypedOtherwise,
                 .level = is_without_path && is_otherwise_right ? Level::Warning : Level::Error,
                 .hop = 0,
                 .seen = mistakes.text(),
                 .remedy = {cat("did you mean ", meant->url, "?"), cat("gemeint war wohl ", meant->url)},
                 .command = "pforte doctor sheet"};
}

}  // namespace pforte::doctor
