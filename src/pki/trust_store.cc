#include "pki/trust_store.h"

#include <filesystem>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "pki/trust_folder.h"
#include "pki/trust_store_content.h"

namespace pforte::pki {

namespace {

Result<TrustStore> read_file_of(const std::string& name, const std::optional<Secret>& password) {
  std::string bytes = TRY(read_store_file(name));
  std::unique_ptr<StoreContent> content = TRY(read_store_content(std::move(bytes), name, password));
  return content->list(name);
}

Result<TrustStore> read_folder(const std::string& name, const std::string& folder, StoreForm form) {
  TrustStore store{.name = name, .form = form};
  std::unordered_set<std::string> known;
  for (const std::string& file : TRY(names_in_trust_folder(folder))) {
    Result<TrustStore> part = read_file_of(cat(folder, '/', file), std::nullopt);
    if (!part) {
      store.unreadable.push_back(std::move(part).error());
      continue;
    }
    for (TrustEntry& entry : part->entries) {
      if (known.insert(entry.der).second) store.entries.push_back({.alias = file, .der = std::move(entry.der)});
    }
    for (KeyEntry& key : part->keys) store.keys.push_back({.alias = file, .chain = std::move(key.chain)});
  }
  return store;
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
