#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"

namespace pforte {

// The right to replace a file, which one process at a time has: who reads it, changes it and writes it back loses no
// change of another. Whoever looks, also after a crash at any moment, finds the old content or the new, whole: it is
// written into FILE.new, which takes the place of FILE when it lies on the disk. One that a crash left behind is used
// again.
class FileReplacement {
 public:
  // Waits while another process has it, 10 s at most. Where `file` is a link, what it leads to will be replaced.
  // A device or a pipe stays what it is, and is written to.
  //
  // Fails with Kind::Denied or Kind::Unavailable (file.unwritable).
  static Result<FileReplacement> begin(const std::string& file);

  FileReplacement(FileReplacement&& other) noexcept;
  FileReplacement& operator=(FileReplacement&&) = delete;
  ~FileReplacement();

  // The file keeps its owner and group, and its rights unless `mode` is given; a new one gets `mode`, else 0644. Only
  // we may read it before. Fails as above, and then nothing has changed. To be called once.
  Result<> commit(std::string_view content, std::optional<mode_t> mode = std::nullopt);

  // The file that will be replaced, no link.
  const std::string& file() const { return file_; }

 private:
  FileReplacement(std::string file, int descriptor, bool in_place)
      : file_(std::move(file)), next_(descriptor), in_place_(in_place) {}
  bool write(std::string_view content, std::optional<mode_t> mode);

  std::string file_;  // no link
  Descriptor next_;   // FILE.new, locked; negative: it is FILE now
  bool in_place_;     // a device or a pipe: next_ is FILE itself
};

// Both in one, for a file that does not depend on what it was.
Result<> replace_file(const std::string& file, std::string_view content, std::optional<mode_t> mode = std::nullopt);

// A file that was not there before, for what must not take the place of anything, as a private key. It goes again
// unless it is kept.
class NewFile {
 public:
  // On the disk, with these rights. Fails with Kind::Invalid (file.exists), and with Kind::Denied or Kind::Unavailable
  // (file.unwritable), and then nothing has changed.
  static Result<NewFile> write(const std::string& file, std::string_view content, mode_t mode);

  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  void keep() { file_.clear(); }

 private:
  explicit NewFile(std::string file) : file_(std::move(file)) {}

  std::string file_;  // empty: it stays
};

// Makes the names in the folder of `file` last: those that were made, changed or removed.
Result<> sync_folder_of(const std::string& file);

}  // namespace pforte
