#include "pki/trust_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <unordered_set>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "crypto/pem.h"
#include "pki/trust_store_content.h"

namespace pforte::pki {

namespace {

constexpr const char* kSystemFolder = "/etc/ssl/certs";

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

Result<TrustStore> read_file_of(const std::string& name, const std::optional<Secret>& password) {
  std::string bytes = TRY(crypto::read_file(name, kMostStoreMib));
  std::unique_ptr<StoreContent> content = TRY(read_store_content(std::move(bytes), name, password));
  return content->list(name);
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
    TrustStore part = TRY(read_file_of(cat(folder, '/', file), std::nullopt));
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

Result<TrustStore> read_trust_store(const std::string& store, const std::optional<Secret>& password) {
  if (store == "system") return read_folder(store, kSystemFolder, StoreForm::System);
  std::error_code error;
  if (std::filesystem::is_directory(store, error)) return read_folder(store, store, StoreForm::Directory);
  return read_file_of(store, password);
}

}  // namespace pforte::pki
