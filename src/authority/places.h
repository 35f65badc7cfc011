#pragma once

#include <string>

namespace pforte::authority {

// The files of an authority, in a folder that its owner alone may enter. Keys are encrypted; root_key() is there only
// until somebody takes it away, and is needed only to sign another intermediate.
struct Places {
  std::string folder;  // STATE_DIR/ca

  std::string root() const { return folder + "/root.pem"; }
  std::string root_key() const { return folder + "/root.key"; }
  std::string root_crl() const { return folder + "/root.crl"; }
  std::string intermediate() const { return folder + "/intermediate.pem"; }
  std::string intermediate_key() const { return folder + "/intermediate.key"; }
  std::string intermediate_request() const { return folder + "/intermediate.csr"; }
};

// Where clients ask for what they need to judge our certificates: below a site or a listener of the gate. Plain HTTP:
// what is signed needs no TLS, and asking for it over TLS could ask again (RFC 5280, 8).
struct Addresses {
  std::string base;  // "http://pki.example.com"; empty: certificates name none

  std::string crl() const { return under("/.pforte/ca/intermediate.crl"); }
  std::string root_crl() const { return under("/.pforte/ca/root.crl"); }
  std::string ocsp() const { return under("/.pforte/ca/ocsp"); }
  std::string intermediate() const { return under("/.pforte/ca/intermediate.cer"); }
  std::string root() const { return under("/.pforte/ca/root.cer"); }

 private:
  std::string under(const char* path) const { return base.empty() ? std::string() : base + path; }
};

}  // namespace pforte::authority
