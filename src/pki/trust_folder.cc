#include "pki/trust_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <ranges>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/ascii.h"
#include "base/file_access.h"
#include "base/file_replacement.h"
#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/pem_blocks.h"
#include "pki/trust_store_content.h"

namespace pforte::pki {

namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unwritable(const std::string& file, const std::error_code& why) {
  bool denied = why == std::errc::permission_denied || why == std::errc::operation_not_permitted;
  return fail(denied ? Kind::Denied : Kind::Unavailable, "file.unwritable", cat("writing ", file, ": ", why.message()));
}

bool holds_certificates(std::string_view name) {
  std::string small = lowered(name);
  return is_hashed_name(name) || std::ranges::any_of(std::to_array({".pem", ".crt", ".cer", ".der"}),
                                                     [&](const char* ending) { return small.ends_with(ending); });
}

// A link by hash leads to a file with a better name, so that most of a folder need not be read twice.
void leave_out_second_names(const std::string& folder, std::vector<std::string>& names) {
  std::unordered_set<std::string> better;
  for (const std::string& name : names) {
    if (!is_hashed_name(name)) better.insert(name);
  }
  std::erase_if(names, [&](const std::string& name) {
    std::error_code no_link;
    return is_hashed_name(name) && better.contains(fs::read_symlink(cat(folder, '/', name), no_link).string());
  });
}

std::string link_name(const std::string& folder, const std::string& hash, std::size_t number) {
  return cat(folder, '/', hash, '.', number);
}

// How many there are in a row, from 0.
std::size_t links_of(const std::string& folder, const std::string& hash) {
  std::size_t count = 0;
  std::error_code none;
  while (fs::exists(fs::symlink_status(link_name(folder, hash, count), none))) ++count;
  return count;
}

// What is being added to a folder. It goes again unless it is kept.
class Addition {
 public:
  explicit Addition(const std::string& folder) : folder_(folder) {}
  Addition(const Addition&) = delete;
  Addition& operator=(const Addition&) = delete;
  ~Addition() {
    std::error_code left;
    for (const std::string& path : made_ | std::views::reverse) fs::remove(path, left);
  }

  void keep() { made_.clear(); }

  Result<> make_folder() {
    std::error_code error;
    if (fs::exists(folder_, error)) return {};
    if (!fs::create_directory(folder_, error)) return unwritable(folder_, error);
    made_.push_back(folder_);
    return {};
  }

  Result<> add(const std::string& file, const std::string& der) {
    crypto::Certificate certificate = crypto::certificate_from(der);
    if (!certificate) return fail(Kind::Invalid, "certificate.damaged", "OpenSSL cannot read the certificate");
    std::string path = cat(folder_, '/', file);
    std::error_code none;
    if (fs::exists(fs::symlink_status(path, none)))
      return fail(Kind::Invalid, "file.exists", cat(path, ": exists already"));
    // The link first: without its file it means nothing, but a file without its link would be found by some alone.
    TRY(link_by_hash(file, crypto::hashed_name(*certificate)));
    TRY(replace_file(path, crypto::pem_block(der)));
    made_.push_back(std::move(path));
    return {};
  }

 private:
  // A link that leads nowhere is one that somebody did not get to fill.
  Result<> link_by_hash(const std::string& file, const std::string& hash) {
    std::error_code error;
    for (std::size_t& number = next_number_[hash];; ++number) {
      std::string link = link_name(folder_, hash, number);
      if (fs::is_symlink(link, error) && !fs::exists(link, error)) fs::remove(link, error);
      fs::create_symlink(file, link, error);
      if (error == std::errc::file_exists) continue;
      if (error) return unwritable(link, error);
      made_.push_back(std::move(link));
      ++number;
      return {};
    }
  }

  const std::string& folder_;
  std::vector<std::string> made_;                             // in this order
  std::unordered_map<std::string, std::size_t> next_number_;  // of a link, by its hash
};

// The last of the row takes the place of one that leads nowhere.
Result<> drop_dead_links(const std::string& folder, const std::string& hash, const std::vector<std::string>& gone) {
  std::error_code error;
  for (std::size_t number = links_of(folder, hash); number-- > 0;) {
    std::string link = link_name(folder, hash, number);
    fs::path target = fs::read_symlink(link, error);
    if (error || std::ranges::find(gone, target.filename().string()) == gone.end()) continue;
    std::size_t last = links_of(folder, hash) - 1;
    if (last == number) fs::remove(link, error);
    if (last != number) fs::rename(link_name(folder, hash, last), link, error);
    if (error) return unwritable(link, error);
  }
  return {};
}

Result<bool> set_aside(const std::string& path) {
  std::error_code error;
  fs::rename(path, cat(path, ".bak"), error);
  if (error) return unwritable(path, error);
  return true;
}

// Takes a certificate out of one file. Whether the file is gone. What a link leads to is not changed.
Result<bool> remove_from_file(const std::string& path, const std::string& der) {
  std::string bytes = TRY(read_store_file(path));
  std::unique_ptr<StoreContent> content = TRY(read_store_content(bytes, path, std::nullopt));
  TrustStore store = content->list(path);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < store.entries.size(); ++i) {
    if (store.entries[i].der == der) places.push_back(i);
  }
  if (places.empty()) return false;
  std::error_code none;
  bool nothing_else = places.size() == store.entries.size() && store.keys.empty();
  if (fs::is_symlink(path, none) || nothing_else) return set_aside(path);
  FileReplacement replacement = TRY(FileReplacement::begin(path));
  TRY(content->remove(places));
  TRY(replace_file(cat(path, ".bak"), bytes));
  std::string after = TRY(content->write(std::nullopt));
  TRY(replacement.commit(after));
  return false;
}

}  // namespace

bool is_hashed_name(std::string_view name) {
  std::size_t dot = name.find('.');
  bool hex = name.find_first_not_of("0123456789abcdef") == dot;
  return dot == 8 && hex && name.size() > 9 && name.find_first_not_of("0123456789", 9) == name.npos;
}

Result<std::vector<std::string>> names_in_trust_folder(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator files(folder, error);
  for (; !error && files != fs::directory_iterator(); files.increment(error)) {
    std::string name = files->path().filename().string();
    std::error_code nowhere;
    if (holds_certificates(name) && files->is_regular_file(nowhere)) names.push_back(std::move(name));
  }
  if (error) {
    return fail(kind_of_unreadable(error.value()), "file.unreadable", cat(folder, ": ", error.message()));
  }
  leave_out_second_names(folder, names);
  std::ranges::sort(names, {}, [](const std::string& name) { return std::pair(is_hashed_name(name), name); });
  return names;
}

Result<> add_to_trust_folder(const std::string& folder, const std::vector<TrustEntry>& entries) {
  Addition addition(folder);
  TRY(addition.make_folder());
  for (const TrustEntry& entry : entries) TRY(addition.add(entry.alias, entry.der));
  addition.keep();
  return {};
}

Result<> remove_from_trust_folder(const std::string& folder, const std::string& der) {
  std::vector<std::string> gone;
  for (const std::string& name : TRY(names_in_trust_folder(folder))) {
    std::string path = cat(folder, '/', name);
    std::error_code error;
    if ((is_hashed_name(name) && fs::is_symlink(path, error)) || !fs::exists(path, error)) continue;
    Result<bool> removed = remove_from_file(path, der);
    // What cannot be read is not trusted either.
    if (!removed && removed.error().code() == "file.unwritable") return std::unexpected(std::move(removed).error());
    if (removed && *removed) gone.push_back(name);
  }
  crypto::Certificate certificate = crypto::certificate_from(der);
  if (certificate) TRY(drop_dead_links(folder, crypto::hashed_name(*certificate), gone));
  return sync_folder_of(cat(folder, "/x"));
}

}  // namespace pforte::pki
