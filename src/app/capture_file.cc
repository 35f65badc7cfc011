#include "app/capture_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/german.h"
#include "base/printable.h"
#include "base/text.h"

namespace pforte::app {
namespace {

constexpr mode_t kOwnerAlone = 0600;

Complaint not_made(const std::string& name, int number) {
  std::string shown = printable(name);
  if (number == EEXIST) {
    return {kInvalidInput,
            {cat(shown, " is there already, and is not replaced"), cat(shown, " gibt es schon und wird nicht ersetzt")},
            {"name another file, or delete that one", "eine andere Datei nennen oder diese löschen"}};
  }
  std::string cause = std::generic_category().message(number);
  return {kSystemRefused,
          {cat(shown, " cannot be made: ", cause), cat(shown, " lässt sich nicht anlegen: ", german_or_same(cause))},
          {"name a file in a folder that you may write to", "eine Datei in einem beschreibbaren Ordner nennen"}};
}

Complaint not_written(const std::string& name, int number) {
  std::string cause = std::generic_category().message(number), shown = printable(name);
  return {kSystemRefused,
          {cat("writing ", shown, ": ", cause), cat(shown, " schreiben: ", german_or_same(cause))},
          {"the capture has ended; what was written before can be read",
           "die Aufzeichnung ist beendet; was zuvor geschrieben wurde, ist lesbar"}};
}

}  // namespace

Answer<CaptureFile> CaptureFile::create(const std::string& name) {
  if (name == "-") return CaptureFile({}, std::make_unique<Descriptor>(dup(STDOUT_FILENO)));
  int number = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerAlone);
  if (number < 0) return std::unexpected(not_made(name, errno));
  return CaptureFile(name, std::make_unique<Descriptor>(number));
}

CaptureFile::~CaptureFile() {
  if (file_ && size_ == 0 && !name_.empty()) unlink(name_.c_str());
}

Answer<void> CaptureFile::write(std::string_view blocks) {
  std::string_view rest = blocks;
  while (!rest.empty()) {
    ssize_t count = ::write(file_->number(), rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      int cause = errno;
      if (!name_.empty() && ftruncate(file_->number(), off_t(size_)) != 0) cause = errno;
      return std::unexpected(not_written(name_.empty() ? "-" : name_, cause));
    }
    rest.remove_prefix(std::size_t(count));
  }
  size_ += blocks.size();
  return {};
}

}  // namespace pforte::app
