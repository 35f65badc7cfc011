#include "doctor/tls_unknown_check.h"

#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "doctor/tls_client_check.h"
#include "doctor/tls_finding.h"

namespace pforte::doctor {
namespace {

constexpr Check kAnswersSlowly{
    .id = "tls.slow",
    .source = "",
    .why = {"what was not answered is not known", "was nicht beantwortet wurde, ist nicht bekannt"}};

// Texts in both languages that make a list.
struct Gaps {
  std::vector<std::string> en, de;
  bool of_today = false;  // not only about versions that nobody should take any more

  void add(Message gap, bool is_of_today) {
    en.push_back(std::move(gap.en));
    de.push_back(std::move(gap.de));
    of_today |= is_of_today;
  }
};

void add_offers(const TlsPicture& picture, Gaps& gaps) {
  for (TlsVersion version : picture.unknown) {
    std::string name(name_of(version));
    gaps.add({name, name}, version >= TlsVersion::Tls12);
  }
  for (const VersionOffer& offer : picture.versions) {
    bool is_of_today = offer.version >= TlsVersion::Tls12;
    std::string_view name = name_of(offer.version);
    if (!offer.all_suites) gaps.add({cat("all suites of ", name), cat("alle Suites von ", name)}, is_of_today);
    if (is_of_today && !offer.all_groups)
      gaps.add({cat("all groups of ", name), cat("alle Gruppen von ", name)}, is_of_today);
  }
}

Gaps gaps_of(const TlsSubject& subject, const TlsPicture& picture) {
  Gaps gaps;
  add_offers(picture, gaps);
  if (!picture.negotiated && picture.broken_off.empty())
    gaps.add({"whether a handshake comes to its end", "ob ein Handshake zu Ende kommt"}, true);
  if (picture.negotiated && !picture.all_protocols) gaps.add({"http/1.1 by ALPN", "http/1.1 per ALPN"}, true);
  std::string clients = joined(clients_in_doubt(subject, picture), ", ");
  if (!clients.empty())
    gaps.add({cat("whether these come in: ", clients), cat("ob diese hineinkommen: ", clients)}, true);
  return gaps;
}

}  // namespace

void tell_unknown(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  Gaps gaps = gaps_of(subject, picture);
  if (gaps.en.empty()) return;
  Finding finding = finding_on(
      subject, kAnswersSlowly, gaps.of_today ? Level::Warning : Level::Note,
      {cat("the server has not answered all that it was asked; not known: ", joined(gaps.en, "; ")),
       cat("der Server hat nicht alles beantwortet, was er gefragt wurde; nicht bekannt: ", joined(gaps.de, "; "))},
      {"look at the load of the server, and at what stands between and may have had enough of so many connections",
       "Last des Servers ansehen, und was dazwischen steht und so viele Verbindungen vielleicht nicht mehr "
       "durchlässt"});
  path.tell(std::move(finding));
}

}  // namespace pforte::doctor
