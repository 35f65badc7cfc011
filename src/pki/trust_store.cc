#include "pki/trust_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <unordered_set>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/pem.h"
#include "crypto/pem_blocks.h"

namespace pforte::pki {

namespace {

constexpr const char* kSystemFolder = "/etc/ssl/certs";

// Room for more than 10,000 certificates.
constexpr std::size_t kMostStoreMib = 64;

std::unexpected<Error> no_store(const std::string& name, std::string_view why) {
  return fail(Kind::Invalid, "trust.form", cat(name, ": ", why));
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

// "4042bcee.0".
bool is_hashed_name(std::string_view name) {
  std::size_t dot = name.find('.');
  bool hex = name.find_first_not_of("0123456789abcdef") == dot;
  return dot == 8 && hex && name.size() > 9 && name.find_first_not_of("0123456789", 9) == name.npos;
}

bool holds_certificates(std::string_view name) {
  std::string small = lowered(name);
  return is_hashed_name(name) || std::ranges::any_of(std::to_array({".pem", ".crt", ".cer", ".der"}),
                                                     [&](const char* ending) { return small.ends_with(ending); });
}

// "friendlyName: X", which OpenSSL writes before a block, also as a comment.
std::string alias_before(std::string_view lead) {
  constexpr std::string_view kKey = "friendlyName: ";
  std::size_t at = lead.rfind(kKey);
  if (at == lead.npos) return {};
  std::string_view alias = lead.substr(at + kKey.size());
  return std::string(alias.substr(0, alias.find_first_of("\r\n")));
}

std::unexpected<Error> damaged(const std::string& name, std::size_t number) {
  return fail(Kind::Invalid, "certificate.damaged", cat(name, ": certificate ", number, " is damaged"));
}

Result<> read_pem(std::string_view text, TrustStore& store) {
  std::size_t lead = 0;
  for (crypto::PemBlock& block : TRY(crypto::read_pem_blocks(text, store.name))) {
    std::string alias = alias_before(text.substr(lead, block.begin - lead));
    lead = block.end;
    if (block.is_private_key()) store.keys.push_back({.alias = alias});
    if (!block.is_certificate()) continue;
    if (!crypto::outline_of(block.content)) return damaged(store.name, store.entries.size() + 1);
    store.entries.push_back({.alias = std::move(alias), .der = std::move(block.content)});
  }
  return {};
}

Result<> read_content(const std::string& content, TrustStore& store) {
  bool pem = content.find("-----BEGIN ") != content.npos;
  if (pem || is_blank(content)) return read_pem(content, store);
  if (!crypto::outline_of(content)) return no_store(store.name, "holds neither certificates nor a trust store");
  store.form = StoreForm::Der;
  store.entries.push_back({.alias = {}, .der = content});
  return {};
}

Result<TrustStore> read_file_of(const std::string& name) {
  TrustStore store{.name = name};
  std::string content = TRY(crypto::read_file(name, kMostStoreMib));
  TRY(read_content(content, store));
  return store;
}

std::vector<std::string> names_in(const std::string& folder, std::error_code& error) {
  std::vector<std::string> names;
  std::filesystem::directory_iterator files(folder, error);
  for (; !error && files != std::filesystem::directory_iterator(); files.increment(error)) {
    std::string name = files->path().filename().string();
    std::error_code nowhere;
    if (holds_certificates(name) && files->is_regular_file(nowhere)) names.push_back(std::move(name));
  }
  // A link by hash leads to a file with a better name, which therefore comes first.
  std::ranges::sort(names, {}, [](const std::string& name) { return std::pair(is_hashed_name(name), name); });
  return names;
}

Result<TrustStore> read_folder(const std::string& name, const std::string& folder, StoreForm form) {
  std::error_code error;
  TrustStore store{.name = name, .form = form};
  std::unordered_set<std::string> known;
  for (const std::string& file : names_in(folder, error)) {
    TrustStore part = TRY(read_file_of(cat(folder, '/', file)));
    for (TrustEntry& entry : part.entries) {
      if (!known.insert(entry.der).second) continue;
      store.entries.push_back({.alias = file, .der = std::move(entry.der)});
    }
    for (KeyEntry& key : part.keys) store.keys.push_back({.alias = file, .chain = std::move(key.chain)});
  }
  if (!error) return store;
  Kind kind = error == std::errc::no_such_file_or_directory ? Kind::NotFound : Kind::Denied;
  return fail(kind, "file.unreadable", cat(folder, ": ", error.message()));
}

}  // namespace

std::string_view name_of(StoreForm form) {
  constexpr std::string_view kNames[] = {"pem", "der", "dir", "system", "pkcs12", "jks", "jceks"};
  return kNames[std::size_t(form)];
}

Result<TrustStore> read_trust_store(const std::string& store, const std::optional<Secret>&) {
  if (store == "system") return read_folder(store, kSystemFolder, StoreForm::System);
  std::error_code error;
  if (std::filesystem::is_directory(store, error)) return read_folder(store, store, StoreForm::Directory);
  return read_file_of(store);
}

}  // namespace pforte::pki
