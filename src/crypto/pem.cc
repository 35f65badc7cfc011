#include "crypto/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/file_access.h"
#include "base/text.h"
#include "crypto/failure.h"
#include "crypto/private_key.h"

namespace pforte::crypto {

namespace {

std::unexpected<Error> unreadable(const std::string& file, int number) {
  return fail(kind_of_unreadable(number), "file.unreadable", cat(file, ": ", std::generic_category().message(number)));
}

Bytes view_of(std::string_view text) {
  return Bytes(BIO_new_mem_buf(text.data(), int(text.size())));
}

// Certificates are not encrypted; without this, OpenSSL would ask on the terminal.
int give_no_password(char*, int, int, void*) {
  return -1;
}

}  // namespace

Result<std::string> read_file(const std::string& file, std::size_t most_mib) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) return unreadable(file, errno == 0 ? EIO : errno);
  std::string text;
  char block[16384];
  while (in.read(block, sizeof block), in.gcount() > 0) {
    text.append(block, std::size_t(in.gcount()));
    if (text.size() > most_mib << 20)
      return fail(Kind::Limit, "file.too-large", cat(file, ": larger than ", most_mib, " MiB"));
  }
  if (in.bad()) return unreadable(file, errno == 0 ? EIO : errno);
  return text;
}

Result<Secret> read_password(const std::string& file) {
  std::string text = TRY(read_file(file));
  Secret password(std::string_view(text).substr(0, text.find_first_of("\r\n")));
  explicit_bzero(text.data(), text.size());
  return password;
}

Result<std::vector<Certificate>> read_certificates(const std::string& file) {
  std::string text = TRY(read_file(file));
  Bytes bytes = view_of(text);
  std::vector<Certificate> chain;
  ERR_clear_error();
  while (X509* next = PEM_read_bio_X509_AUX(bytes.get(), nullptr, give_no_password, nullptr)) chain.emplace_back(next);
  bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  std::string reason = openssl_reason();
  if (chain.empty() && at_end) {
    return fail(Kind::Invalid, "certificate.none", cat(file, ": holds no certificate in PEM form"));
  }
  if (!at_end) {
    return fail(Kind::Invalid, "certificate.damaged",
                cat(file, ": certificate ", chain.size() + 1, " is damaged: ", reason));
  }
  return chain;
}

Result<PrivateKey> read_private_key(const std::string& file, const std::optional<Secret>& password) {
  std::string text = TRY(read_file(file));
  Result<PrivateKey> key = private_key_from_pem(text, file, password);
  explicit_bzero(text.data(), text.size());
  return key;
}

bool belong_together(const X509& certificate, const EVP_PKEY& key) {
  bool together = X509_check_private_key(&certificate, &key) == 1;
  ERR_clear_error();
  return together;
}

}  // namespace pforte::crypto
