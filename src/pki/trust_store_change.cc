#include "pki/trust_store_change.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
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

bool has_alias(const TrustStore& store, std::string_view alias) {
  auto same = [&](const auto& entry) { return lowered_alias(entry.alias) == lowered_alias(alias); };
  return std::ranges::any_of(store.entries, same) || std::ranges::any_of(store.keys, same);
}

// Gives each certificate its alias.
class Naming {
 public:
  Naming(const TrustStore& store, const std::optional<std::string>& wanted) : store_(store), wanted_(wanted) {}

  Result<std::string> next(const std::string& der) {
    ++number_;
    bool anonymous = store_.form == StoreForm::Pem && !wanted_;
    if (anonymous) return "";
    std::string base = TRY(canonical_alias(wanted_ ? *wanted_ : alias_by_subject(der), store_.form));
    if (wanted_ && number_ > 1) base += cat('-', number_);
    std::string alias = in_folder(base);
    if (wanted_ && is_taken(alias)) return refused("trust.alias-taken", cat("there is already an alias ", alias));
    for (int more = 2; is_taken(alias); ++more) alias = in_folder(cat(base, '-', more));
    taken_.push_back(lowered_alias(alias));
    return alias;
  }

 private:
  std::string in_folder(const std::string& alias) const {
    bool has_ending = alias.ends_with(".pem") || alias.ends_with(".crt") || alias.ends_with(".cer");
    return store_.form == StoreForm::Directory && !has_ending ? alias + ".pem" : alias;
  }
  bool is_taken(std::string_view alias) const {
    return has_alias(store_, alias) || std::ranges::find(taken_, lowered_alias(alias)) != taken_.end();
  }

  const TrustStore& store_;
  const std::optional<std::string>& wanted_;
  int number_ = 0;
  std::vector<std::string> taken_;
};

// What is there already, what comes in which alias.
Result<std::vector<Added>> plan_additions(const TrustStore& store, const std::vector<std::string>& certificates,
                                          const std::optional<std::string>& alias) {
  Naming naming(store, alias);
  std::vector<Added> planned;
  for (const std::string& der : certificates) {
    if (!crypto::certificate_from(der))
      return refused("certificate.damaged", "OpenSSL cannot read a certificate that is to be added");
    auto there = std::ranges::find(store.entries, der, &TrustEntry::der);
    bool was_there = there != store.entries.end();
    bool twice = std::ranges::find(planned, der, &Added::der) != planned.end();
    if (was_there) planned.push_back({.alias = there->alias, .der = der, .was_there = true});
    if (!was_there && !twice) planned.push_back({.alias = TRY(naming.next(der)), .der = der});
  }
  return planned;
}

Result<std::vector<Added>> add_to_folder(const std::string& folder, const std::vector<std::string>& certificates,
                                         const std::optional<std::string>& alias) {
  std::error_code none;
  TrustStore store{.name = folder, .form = StoreForm::Directory};
  if (std::filesystem::exists(folder, none)) store = TRY(read_trust_store(folder));
  std::vector<Added> planned = TRY(plan_additions(store, certificates, alias));
  for (const Added& added : planned) {
    if (!added.was_there) TRY(add_to_trust_folder(folder, added.alias, added.der));
  }
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
  bool changed = opened.is_new();
  for (const Added& added : planned) {
    if (added.was_there) continue;
    TRY(opened.content().add(added.alias, added.der));
    changed = true;
  }
  if (changed) TRY(opened.save());
  return planned;
}

Result<std::size_t> find_entry(const TrustStore& store, std::string_view meant) {
  std::vector<std::size_t> by_alias, by_digest;
  std::string digits = lowered(meant), alias = lowered_alias(meant);
  std::erase(digits, ':');
  bool is_digest = digits.size() >= kFewestDigits && digits.find_first_not_of("0123456789abcdef") == digits.npos;
  for (std::size_t i = 0; i < store.entries.size(); ++i) {
    const TrustEntry& entry = store.entries[i];
    if (lowered_alias(entry.alias) == alias) by_alias.push_back(i);
    if (is_digest && sha256_of(entry.der).starts_with(digits)) by_digest.push_back(i);
  }
  const std::vector<std::size_t>& found = by_alias.empty() ? by_digest : by_alias;
  if (found.size() == 1) return found.front();
  if (found.size() > 1)
    return refused("trust.ambiguous", cat(store.name, ": ", found.size(), " certificates are ", meant));
  bool is_key = std::ranges::any_of(store.keys, [&](const KeyEntry& key) { return lowered_alias(key.alias) == alias; });
  if (is_key) return refused("trust.is-key", cat(store.name, ": ", meant, " is a private key"));
  return fail(Kind::NotFound, "trust.no-entry", cat(store.name, ": has no certificate ", meant));
}

Result<TrustEntry> remove_from_trust_store(const StoreToChange& store, std::string_view meant) {
  TRY(check_not_system(store.path));
  if (is_folder(store)) {
    TrustStore folder = TRY(read_trust_store(store.path));
    TrustEntry entry = folder.entries[TRY(find_entry(folder, meant))];
    TRY(remove_from_trust_folder(store.path, entry.der));
    return entry;
  }
  // A store that is not there is not made, not even for a moment.
  TRY(read_trust_store(store.path, store.password));
  OpenStore opened = TRY(OpenStore::open(store));
  TrustStore list = opened.list();
  std::size_t place = TRY(find_entry(list, meant));
  TRY(opened.content().remove(place));
  TRY(opened.save());
  return list.entries[place];
}

std::string sha256_of(std::string_view der) {
  crypto::Sha256 digest = crypto::sha256(der);
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace pforte::pki
