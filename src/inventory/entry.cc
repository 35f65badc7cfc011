#include "inventory/entry.h"

namespace pforte::inventory {

std::string_view name_of(Source source) {
  switch (source) {
    case Source::Imported:
      return "imported";
    case Source::Authority:
      return "authority";
    case Source::Acme:
      return "acme";
    case Source::Seen:
      return "seen";
    case Source::File:
      return "file";
  }
  return "";
}

std::string_view name_of(UseKind kind) {
  switch (kind) {
    case UseKind::Site:
      return "site";
    case UseKind::Backend:
      return "backend";
    case UseKind::Ldap:
      return "ldap";
    case UseKind::Trust:
      return "trust";
    case UseKind::Ca:
      return "ca";
  }
  return "";
}

}  // namespace pforte::inventory
