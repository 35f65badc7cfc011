#include "crypto/certificate.h"

#include <arpa/inet.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/ascii.h"

namespace pforte::crypto {

namespace {

using Names = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

std::string_view view_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), std::size_t(ASN1_STRING_length(text))};
}

std::string ip_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  int family = bytes.size() == 4 ? AF_INET : AF_INET6;
  if (bytes.size() != 4 && bytes.size() != 16) return {};
  inet_ntop(family, bytes.data(), text.data(), text.size());
  return text.data();
}

}  // namespace

std::vector<std::string> names_of(const X509& certificate) {
  std::vector<std::string> names;
  Names all(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    int type = 0;
    void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all.get(), i), &type);
    std::string_view bytes = type == GEN_DNS || type == GEN_IPADD ? view_of(static_cast<ASN1_STRING*>(value)) : "";
    if (type == GEN_DNS) names.emplace_back(bytes);
    if (type == GEN_IPADD) names.push_back(ip_text(bytes));
  }
  return names;
}

bool covers(const X509& certificate, std::string_view host) {
  return covers(names_of(certificate), host);
}

bool covers(const std::vector<std::string>& names, std::string_view host) {
  std::array<unsigned char, 16> address;
  std::string text(host);
  bool is_address = inet_pton(AF_INET, text.c_str(), &address) == 1 || inet_pton(AF_INET6, text.c_str(), &address) == 1;
  for (const std::string& name : names) {
    if (equals_ignoring_case(name, host)) return true;
    std::size_t dot = host.find('.');
    bool wildcard = name.starts_with("*.") && !is_address && !host.starts_with("*");
    if (wildcard && dot != 0 && dot != std::string_view::npos && equals_ignoring_case(name.substr(1), host.substr(dot)))
      return true;
  }
  return false;
}

bool is_authority(const X509& certificate) {
  return X509_check_ca(const_cast<X509*>(&certificate)) == 1;
}

bool fits_servers(const X509& certificate) {
  return X509_check_purpose(const_cast<X509*>(&certificate), X509_PURPOSE_SSL_SERVER, 0) == 1;
}

bool issued_by(const X509& certificate, const X509& issuer) {
  // OpenSSL reads its extensions into the object the first time, so neither is const for it.
  auto* upper = const_cast<X509*>(&issuer);
  auto* lower = const_cast<X509*>(&certificate);
  bool fits = X509_check_issued(upper, lower) == X509_V_OK && X509_verify(lower, X509_get0_pubkey(upper)) == 1;
  ERR_clear_error();
  return fits;
}

std::string subject_of(const X509& certificate) {
  return text_of(*X509_get_subject_name(&certificate));
}

std::string text_of(const X509_NAME& name) {
  Bytes out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), &name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* data = nullptr;
  long size = BIO_get_mem_data(out.get(), &data);
  return {data, std::size_t(size)};
}

UtcTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts)));
}

UtcTime not_before(const X509& certificate) {
  return time_of(X509_get0_notBefore(&certificate));
}

UtcTime not_after(const X509& certificate) {
  return time_of(X509_get0_notAfter(&certificate));
}

}  // namespace pforte::crypto
