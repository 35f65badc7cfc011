#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/complaint.h"
#include "base/descriptor.h"

namespace pforte::app {

// What a capture is written to: a new file that its owner alone can read, or standard output. A file into which nothing
// was written goes again.
class CaptureFile {
 public:
  // "-": standard output. A file that is there already is refused.
  static Answer<CaptureFile> create(const std::string& name);

  CaptureFile(CaptureFile&& other) noexcept = default;
  CaptureFile& operator=(CaptureFile&&) = delete;
  ~CaptureFile();

  // Whole blocks. Where the system refuses, the file ends with the last ones that were written.
  Answer<void> write(std::string_view blocks);

 private:
  CaptureFile(std::string name, std::unique_ptr<Descriptor> file) : name_(std::move(name)), file_(std::move(file)) {}

  std::string name_;                  // empty: standard output
  std::unique_ptr<Descriptor> file_;  // null once moved
  std::size_t size_ = 0;
};

}  // namespace pforte::app
