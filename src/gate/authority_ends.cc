#include "gate/authority_ends.h"

#include <algorithm>

#include "authority/ends.h"
#include "base/text.h"
#include "base/time.h"

namespace pforte::gate {
namespace {

using authority::End;

constexpr std::chrono::seconds kNotice = std::chrono::days(30);

Message what_ends(const End& end, bool ended) {
  std::string when = rfc3339(end.when);
  if (end.of == End::Of::RootCrl) {
    return ended ? Message{cat(end.file, " was good until ", when, ": clients that check all of a chain refuse it"),
                           cat(end.file, " galt bis ", when, ": Clients, die die ganze Kette prüfen, lehnen sie ab")}
                 : Message{cat(end.file, " is good until ", when, ", and is not renewed by itself"),
                           cat(end.file, " gilt bis ", when, " und erneuert sich nicht von selbst")};
  }
  return ended ? Message{cat(end.file, " expired at ", when, ": nothing can be issued, and what was is refused"),
                         cat(end.file, " ist seit ", when,
                             " abgelaufen: Es kann nichts ausgestellt werden, und was es gibt, wird abgelehnt")}
               : Message{cat(end.file, " ends at ", when, ": what is issued now ends with it"),
                         cat(end.file, " endet am ", when, ": Was jetzt ausgestellt wird, endet mit ihm")};
}

Message what_to_do(End::Of of) {
  switch (of) {
    case End::Of::RootCrl:
      return {"pforte ca crl --root --root-key FILE, with the root's key",
              "pforte ca crl --root --root-key DATEI, mit dem Schlüssel der Wurzel"};
    case End::Of::Intermediate:
      return {
          "renew it: pforte ca init --intermediate-only, pforte ca sign-intermediate where the root is, pforte ca "
          "import",
          "erneuern: pforte ca init --intermediate-only, pforte ca sign-intermediate, wo die Wurzel ist, pforte ca "
          "import"};
    case End::Of::Root:
      return {
          "make another CA in a folder of its own (pforte ca init --folder), and let clients trust its root before "
          "this one ends",
          "eine neue CA in einem eigenen Ordner machen (pforte ca init --folder) und die Clients ihrer Wurzel "
          "vertrauen lassen, bevor diese endet"};
  }
  std::unreachable();
}

}  // namespace

void check_authority_ends(const Config& config, std::chrono::sys_seconds now, conf::Problems& problems) {
  std::chrono::seconds lifetime = std::max(config.ca.server_lifetime, kNotice);
  for (const End& end : authority::ends_of({config.state_dir + "/ca"})) {
    bool is_list = end.of == End::Of::RootCrl;
    if (is_list && config.ca.url.empty()) continue;
    if (now + (is_list ? kNotice : lifetime) < end.when) continue;
    problems.warning(config.ca.place, "authority.ends", what_ends(end, end.when <= now), what_to_do(end.of));
  }
}

}  // namespace pforte::gate
