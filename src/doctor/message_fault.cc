#include "doctor/message_fault.h"

#include <algorithm>

namespace pforte::doctor {

Words words_for(Overridable overridable) {
  switch (overridable) {
    case Overridable::InBrowser:
      return {
          "browser: a person can go on where it offers that (\"Advanced\"), never where the host has sent HSTS; "
          "app, Java and other programs: no",
          "Browser: ein Mensch kann fortfahren, wo er es anbietet („Erweitert“), nie wo der Host HSTS gesandt hat; "
          "App, Java und andere Programme: nein"};
    case Overridable::Nowhere:
      return {"nobody can go on, not even in a browser", "niemand kann fortfahren, auch nicht im Browser"};
    case Overridable::DoesNotApply:
      break;
  }
  return {};
}

const MessageFault* fault_named(std::string_view id) {
  for (std::span<const MessageFault> faults :
       {certificate_faults(), handshake_faults(), connection_faults(), kerberos_faults(), gate_faults()}) {
    auto found = std::ranges::find(faults, id, &MessageFault::id);
    if (found != faults.end()) return &*found;
  }
  return nullptr;
}

}  // namespace pforte::doctor
