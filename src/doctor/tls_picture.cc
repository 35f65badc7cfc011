#include "doctor/tls_picture.h"

#include <utility>

namespace pforte::doctor {

std::string_view name_of(TlsVersion version) {
  switch (version) {
    case TlsVersion::Ssl3:
      return "SSL 3.0";
    case TlsVersion::Tls10:
      return "TLS 1.0";
    case TlsVersion::Tls11:
      return "TLS 1.1";
    case TlsVersion::Tls12:
      return "TLS 1.2";
    case TlsVersion::Tls13:
      return "TLS 1.3";
  }
  std::unreachable();
}

}  // namespace pforte::doctor
