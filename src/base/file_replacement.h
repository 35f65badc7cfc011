#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

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
  FileReplacement(std::string file, int descriptor) : file_(std::move(file)), next_(descriptor) {}
  bool write(std::string_view content, std::optional<mode_t> mode);

  std::string file_;  // no link
  Descriptor next_;   // FILE.new, locked; negative: it is FILE now
};

// Both in one, for a file that does not depend on what it was.
Result<> replace_file(const std::string& file, std::string_view content, std::optional<mode_t> mode = std::nullopt);

// Makes the names in the folder of `file` last: those that were made, changed or removed.
Result<> sync_folder_of(const std::string& file);

}  // namespace pforte
