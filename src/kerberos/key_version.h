#pragma once

#include <cstdint>

namespace pforte::kerberos {

// Whether a key of a keytab is that of a ticket, or of an account, with this version. Where a keytab has versions of 8
// bits, as ktpass writes them, it is their lowest bits alone, and the library takes them so. Version 0 stands for any.
// Source: RFC 4120, 5.2.9 (kvno, 32 bits); MIT krb5, doc/formats/keytab_file_format and krb5_ktfile_get_entry().
constexpr bool key_version_fits(std::uint32_t in_keytab, std::uint32_t wanted) {
  bool any = in_keytab == 0 || wanted == 0;
  return any || in_keytab == wanted || in_keytab == (wanted & 0xff);
}

}  // namespace pforte::kerberos
