#include "pki/trust_store_change.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/file_replacement.h"
#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/digest.h"
#include "pki/alias.h"
#include "pki/trust_folder.h"
#include "pki/trust_store_content.h"

namespace pforte::pki {

namespace {

constexpr std::size_t kFewestDigits = 8;
constexpr mode_t kOthers = 07;

std::unexpected<Error> refused(std::string_view code, std::string text) {
  return fail(Kind::Invalid, code, std::move(text));
}

bool is_folder(const StoreToChange& store) {
  std::error_code none;
  if (std::filesystem::exists(store.path, none)) return std::filesystem::is_directory(store.path, none);
  return store.form.value_or(form_of_name(store.path).value_or(StoreForm::Pem)) == StoreForm::Directory;
}

// The system's folder is made by a program of its own.
Result<> check_not_system(const std::string& store) {
  if (store != "system") return {};
  return refused("trust.read-only",
                 "the system's store is made by update-ca-certificates from /usr/local/share/ca-certificates");
}

// A store's file between reading and writing.
class OpenStore {
 public:
  static Result<OpenStore> open(const StoreToChange& store) {
    OpenStore opened(store, TRY(FileReplacement::begin(store.path)));
    Result<std::string> bytes = read_store_file(store.path);
    if (!bytes && bytes.error().kind() != Kind::NotFound) return std::unexpected(std::move(bytes).error());
    if (bytes) {
      opened.before_ = *std::move(bytes);
      opened.content_ = TRY(read_store_content(*opened.before_, store.path, store.password));
      TRY(opened.check_form());
    } else {
      std::optional<StoreForm> form = store.form ? store.form : form_of_name(store.path);
      if (!form) return refused("trust.form", cat(store.path, ": its name does not tell which form it is to have"));
      opened.content_ = empty_store_content(*form);
    }
    if (opened.content_->needs_password() && !store.password)
      return refused("trust.password-missing", cat(store.path, ": can be changed only with its password"));
    return opened;
  }

  // A store that is not there is not made, not even for a moment.
  static Result<OpenStore> open_existing(const StoreToChange& store) {
    TRY(read_trust_store(store.path, store.password));
    return open(store);
  }

  bool is_new() const { return !before_; }
  StoreContent& content() { return *content_; }
  TrustStore list() const { return content_->list(store_.path); }

  Result<> save() {
    std::string after = TRY(content_->write(store_.password));
    std::optional<mode_t> rights;
    struct stat about{};
    bool keeps_keys = !list().keys.empty();
    if (keeps_keys && ::stat(replacement_.file().c_str(), &about) == 0) rights = about.st_mode & ~kOthers;
    if (before_) TRY(keep_backup(rights));
    return replacement_.commit(after, rights);
  }

 private:
  OpenStore(const StoreToChange& store, FileReplacement replacement)
      : store_(store), replacement_(std::move(replacement)) {}

  Result<> check_form() const {
    StoreForm found = list().form;
    if (!store_.form || *store_.form == found) return {};
    return refused("trust.form", cat(store_.path, ": is ", name_of(found), ", not ", name_of(*store_.form)));
  }

  Result<> keep_backup(std::optional<mode_t> rights) const {
    struct stat about{};
    if (!rights && ::stat(replacement_.file().c_str(), &about) == 0) rights = about.st_mode;
    return replace_file(cat(replacement_.file(), ".bak"), *before_, rights);
  }

  const StoreToChange& store_;
  FileReplacement replacement_;
  std::optional<std::string> before_;
  std::unique_ptr<StoreContent> content_;
};

// Gives each certificate its alias.
class Naming {
 public:
  Naming(const TrustStore& store, const std::optional<std::string>& wanted) : form_(store.form), wanted_(wanted) {
    for (const TrustEntry& entry : store.entries) taken_.insert(lowered_alias(entry.alias));
    for (const KeyEntry& key : store.keys) taken_.insert(lowered_alias(key.alias));
    if (form_ != StoreForm::Directory) return;
    // Whatever lies there is not written over.
    std::error_code none;
    for (std::filesystem::directory_iterator file(store.name, none), end; !none && file != end; file.increment(none))
      taken_.insert(lowered_alias(file->path().filename().string()));
  }

  Result<std::string> next(const std::string& der) {
    ++number_;
    bool anonymous = form_ == StoreForm::Pem && !wanted_;
    if (anonymous) return "";
    std::string base = TRY(canonical_alias(wanted_ ? *wanted_ : alias_by_subject(der), form_));
    if (wanted_ && number_ > 1) base += cat('-', number_);
    std::string alias = in_folder(base);
    if (wanted_ && taken_.contains(lowered_alias(alias)))
      return refused("trust.alias-taken", cat("there is already an alias ", alias));
    int& tried = tried_[base];
    while (!taken_.insert(lowered_alias(alias)).second) alias = in_folder(cat(base, '-', ++tried + 1));
    return alias;
  }

 private:
  std::string in_folder(const std::string& alias) const {
    bool has_ending = alias.ends_with(".pem") || alias.ends_with(".crt") || alias.ends_with(".cer");
    return form_ == StoreForm::Directory && !has_ending ? alias + ".pem" : alias;
  }

  StoreForm form_;
  const std::optional<std::string>& wanted_;
  int number_ = 0;
  std::unordered_set<std::string> taken_;       // in lower case
  std::unordered_map<std::string, int> tried_;  // how many numbers behind this name were
};

// What is there already, what comes in which alias.
Result<std::vector<Added>> plan_additions(const TrustStore& store, const std::vector<std::string>& certificates,
                                          const std::optional<std::string>& alias) {
  Naming naming(store, alias);
  std::unordered_map<std::string_view, const TrustEntry*> there;
  for (const TrustEntry& entry : store.entries) there.emplace(entry.der, &entry);
  std::unordered_set<std::string_view> planned_already;
  std::vector<Added> planned;
  planned.reserve(certificates.size());
  for (const std::string& der : certificates) {
    if (!crypto::certificate_from(der))
      return refused("certificate.damaged", "OpenSSL cannot read a certificate that is to be added");
    auto found = there.find(der);
    bool was_there = found != there.end();
    if (was_there) planned.push_back({.alias = found->second->alias, .der = der, .was_there = true});
    if (was_there || !planned_already.insert(der).second) continue;
    planned.push_back({.alias = TRY(naming.next(der)), .der = der});
  }
  return planned;
}

// Those that were not there.
std::vector<TrustEntry> new_among(const std::vector<Added>& planned) {
  std::vector<TrustEntry> entries;
  entries.reserve(planned.size());
  for (const Added& added : planned) {
    if (!added.was_there) entries.push_back({.alias = added.alias, .der = added.der});
  }
  return entries;
}

std::vector<TrustEntry> entries_at(const TrustStore& store, const std::vector<std::size_t>& places) {
  std::vector<TrustEntry> entries;
  entries.reserve(places.size());
  for (std::size_t place : places) entries.push_back(store.entries[place]);
  return entries;
}

Result<std::vector<Added>> add_to_folder(const std::string& folder, const std::vector<std::string>& certificates,
                                         const std::optional<std::string>& alias) {
  std::error_code none;
  TrustStore store{.name = folder, .form = StoreForm::Directory};
  if (std::filesystem::exists(folder, none)) store = TRY(read_trust_store(folder));
  std::vector<Added> planned = TRY(plan_additions(store, certificates, alias));
  TRY(add_to_trust_folder(folder, new_among(planned)));
  return planned;
}

}  // namespace

std::optional<StoreForm> form_of_name(std::string_view path) {
  if (path.ends_with('/')) return StoreForm::Directory;
  std::string name = lowered(path.substr(path.rfind('/') + 1));
  struct Row {
    std::string_view ending;
    StoreForm form;
  };
  constexpr auto kEndings = std::to_array<Row>({{".pem", StoreForm::Pem},
                                                {".crt", StoreForm::Pem},
                                                {".cer", StoreForm::Pem},
                                                {".p12", StoreForm::Pkcs12},
                                                {".pfx", StoreForm::Pkcs12},
                                                {".pkcs12", StoreForm::Pkcs12},
                                                {"cacerts", StoreForm::Pkcs12},
                                                {".jks", StoreForm::Jks},
                                                {".ks", StoreForm::Jks},
                                                {".jceks", StoreForm::Jceks}});
  auto found = std::ranges::find_if(kEndings, [&](const Row& row) { return name.ends_with(row.ending); });
  if (found == kEndings.end()) return std::nullopt;
  return found->form;
}

Result<std::vector<Added>> add_to_trust_store(const StoreToChange& store, const std::vector<std::string>& certificates,
                                              const std::optional<std::string>& alias) {
  TRY(check_not_system(store.path));
  if (is_folder(store)) return add_to_folder(store.path, certificates, alias);
  OpenStore opened = TRY(OpenStore::open(store));
  std::vector<Added> planned = TRY(plan_additions(opened.list(), certificates, alias));
  std::vector<TrustEntry> entries = new_among(planned);
  if (!entries.empty()) TRY(opened.content().add(entries));
  if (opened.is_new() || !entries.empty()) TRY(opened.save());
  return planned;
}

Result<std::vector<std::size_t>> find_entry(const TrustStore& store, std::string_view meant) {
  std::vector<std::size_t> by_alias, by_digest;
  std::string digits = lowered(meant), alias = lowered_alias(meant);
  std::erase(digits, ':');
  bool is_digest = digits.size() >= kFewestDigits && digits.find_first_not_of("0123456789abcdef") == digits.npos;
  for (std::size_t i = 0; i < store.entries.size(); ++i) {
    const TrustEntry& entry = store.entries[i];
    if (lowered_alias(entry.alias) == alias) by_alias.push_back(i);
    if (is_digest && sha256_of(entry.der).starts_with(digits)) by_digest.push_back(i);
  }
  std::vector<std::size_t>& found = by_alias.empty() ? by_digest : by_alias;
  auto der_at = [&](std::size_t place) -> const std::string& { return store.entries[place].der; };
  bool same = std::ranges::all_of(found, [&](std::size_t place) { return der_at(place) == der_at(found.front()); });
  if (!found.empty() && same) return std::move(found);
  if (!found.empty())
    return refused("trust.ambiguous", cat(store.name, ": ", found.size(), " certificates are ", meant));
  bool is_key = std::ranges::any_of(store.keys, [&](const KeyEntry& key) { return lowered_alias(key.alias) == alias; });
  if (is_key) return refused("trust.is-key", cat(store.name, ": ", meant, " is a private key"));
  return fail(Kind::NotFound, "trust.no-entry", cat(store.name, ": has no certificate ", meant));
}

Result<std::vector<TrustEntry>> remove_from_trust_store(const StoreToChange& store, std::string_view meant) {
  TRY(check_not_system(store.path));
  if (is_folder(store)) {
    TrustStore folder = TRY(read_trust_store(store.path));
    std::vector<TrustEntry> removed = entries_at(folder, TRY(find_entry(folder, meant)));
    TRY(remove_from_trust_folder(store.path, removed.front().der));
    return removed;
  }
  OpenStore opened = TRY(OpenStore::open_existing(store));
  TrustStore list = opened.list();
  std::vector<std::size_t> places = TRY(find_entry(list, meant));
  TRY(opened.content().remove(places));
  TRY(opened.save());
  return entries_at(list, places);
}

Result<std::vector<TrustEntry>> remove_duplicates(const StoreToChange& store) {
  TRY(check_not_system(store.path));
  // In a folder, what several files hold is one certificate.
  if (is_folder(store)) return std::vector<TrustEntry>();
  OpenStore opened = TRY(OpenStore::open_existing(store));
  TrustStore list = opened.list();
  std::unordered_set<std::string_view> known;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < list.entries.size(); ++i) {
    if (!known.insert(list.entries[i].der).second) places.push_back(i);
  }
  if (places.empty()) return std::vector<TrustEntry>();
  TRY(opened.content().remove(places));
  TRY(opened.save());
  return entries_at(list, places);
}

std::string sha256_of(std::string_view der) {
  crypto::Sha256 digest = crypto::sha256(der);
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace pforte::pki
