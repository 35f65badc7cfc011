#include "authority/distribution.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "authority/ca_folder.h"
#include "authority/distribution_text.h"
#include "base/ascii.h"
#include "base/bytes.h"
#include "base/file_replacement.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "pki/trust_store_content.h"

namespace pforte::authority {
namespace {

constexpr std::string_view kAlias = "company-root";
constexpr std::string_view kPlain = "text/plain; charset=utf-8";

std::string with_colons(std::string_view bytes) {
  std::string text;
  for (char digit : to_hex(bytes)) {
    if (text.size() % 3 == 2) text += ':';
    text += capital(digit);
  }
  return text;
}

template <class Digest>
std::string_view view_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Of version 8: made from a digest in a way of our own (RFC 9562, 5.8), so that a profile that is installed again
// replaces itself.
std::string uuid_from(std::string_view seed) {
  crypto::Sha256 digest = crypto::sha256(seed);
  std::string bytes(view_of(digest).substr(0, 16));
  bytes[6] = char((bytes[6] & 0x0f) | 0x80);
  bytes[8] = char((bytes[8] & 0x3f) | 0x80);
  std::string hex = to_hex(bytes);
  return cat(hex.substr(0, 8), '-', hex.substr(8, 4), '-', hex.substr(12, 4), '-', hex.substr(16, 4), '-',
             hex.substr(20));
}

// A name may have been written by somebody else, and what has a meaning in XML, in a script or on a terminal is not
// needed to recognise it.
std::string harmless(std::string_view name) {
  std::string text;
  for (char c : name) {
    bool control = static_cast<unsigned char>(c) < ' ' || c == 0x7f;
    text += control || std::string_view("<>&\"'%^|!`$\\").contains(c) ? ' ' : c;
  }
  return text;
}

using Facts = std::vector<std::pair<std::string_view, std::string>>;

Facts facts_of(const CaCertificate& root) {
  const pki::Certificate& judged = root.judged;
  std::string name = judged.subject.common_names.empty() ? judged.subject.text() : judged.subject.common_names.back();
  return {{"@NAME@", harmless(name)},
          {"@SHA256@", sha256_fingerprint(root)},
          {"@SHA1@", sha1_fingerprint(root)},
          {"@UNTIL@", rfc3339(*judged.not_after).substr(0, 10)},
          {"@BASE64@", to_base64(judged.der)},
          {"@UUID@", uuid_from("profile" + judged.der)},
          {"@UUID2@", uuid_from("payload" + judged.der)}};
}

std::string filled(std::string_view text, const Facts& facts) {
  std::string made(text);
  for (const auto& [mark, value] : facts) {
    for (std::size_t at = 0; (at = made.find(mark, at)) != std::string::npos; at += value.size())
      made.replace(at, mark.size(), value);
  }
  return made;
}

// As Windows has lines.
std::string with_crlf(std::string text) {
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, 1, '\r');
  return text;
}

Result<std::string> trust_store(pki::StoreForm form, const CaCertificate& root) {
  std::unique_ptr<pki::StoreContent> store = pki::empty_store_content(form);
  std::optional<Secret> password{Secret(kStorePassword)};
  TRY(store->add({{.alias = std::string(kAlias), .der = root.judged.der}}));
  return store->write(password);
}

}  // namespace

std::string sha256_fingerprint(const CaCertificate& certificate) {
  return with_colons(view_of(crypto::sha256(certificate.judged.der)));
}

std::string sha1_fingerprint(const CaCertificate& certificate) {
  return with_colons(view_of(crypto::sha1({certificate.judged.der})));
}

Result<std::vector<PackageFile>> distribution_package(const CaCertificate& root) {
  Facts facts = facts_of(root);
  std::vector<PackageFile> files = {
      {"README.txt", std::string(kPlain), filled(kReadmeEnglish, facts)},
      {"LIESMICH.txt", std::string(kPlain), filled(kReadmeGerman, facts)},
      {"company-root.pem", "application/x-pem-file", root.pem()},
      {"company-root.crt", "application/x-x509-ca-cert", root.judged.der},
      {"windows/install-root.cmd", "application/octet-stream", with_crlf(filled(kWindowsScript, facts))},
      {"windows/GPO.txt", std::string(kPlain), with_crlf(filled(kWindowsPolicy, facts))},
      {"firefox/policies.json", "application/json", filled(kFirefoxPolicies, facts)},
      {"apple/company-root.mobileconfig", "application/x-apple-aspen-config", filled(kAppleProfile, facts)},
      {"android/network_security_config.xml", "application/xml", std::string(kAndroidConfig)},
      {"linux/install-root.sh", std::string(kPlain), std::string(kLinuxScript)},
  };
  std::string pkcs12 = TRY(trust_store(pki::StoreForm::Pkcs12, root));
  std::string jks = TRY(trust_store(pki::StoreForm::Jks, root));
  files.push_back({"java/company-root.p12", "application/x-pkcs12", std::move(pkcs12)});
  files.push_back({"java/company-root.jks", "application/octet-stream", std::move(jks)});
  return files;
}

Result<> write_package(const std::vector<PackageFile>& files, const std::string& folder) {
  NewFolder made = TRY(NewFolder::begin(folder, 0755));
  for (const PackageFile& file : files) {
    std::filesystem::path path = std::filesystem::path(made.path()) / file.name;
    std::error_code told_by_replace_file;
    std::filesystem::create_directories(path.parent_path(), told_by_replace_file);
    TRY(replace_file(path.string(), file.content, file.name.ends_with(".sh") ? 0755 : 0644));
  }
  return made.commit();
}

}  // namespace pforte::authority
