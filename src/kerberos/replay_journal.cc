#include "kerberos/replay_journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace pforte::kerberos {
namespace {

// As it stands in the file, in the machine's own order of bytes: it never leaves the machine.
struct Record {
  std::array<std::uint64_t, 2> digest;
  std::uint32_t time;
  std::uint32_t check;
};
static_assert(sizeof(Record) == 24);

std::uint32_t check_of(const Record& record) {
  std::uint64_t mixed = (record.digest[0] ^ (record.digest[1] * 0x9e3779b97f4a7c15U)) + record.time + 1;
  mixed *= 0xff51afd7ed558ccdU;
  return std::uint32_t(mixed >> 32);
}

std::unexpected<Error> unusable(const std::string& what) {
  return fail(Kind::Unavailable, "kerberos.replay-journal", cat(what, ": ", std::generic_category().message(errno)));
}

// Everything from `at` on, as far as it goes into `size` bytes.
ssize_t read_fully(int file, char* into, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    ssize_t count = ::read(file, into + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    if (count == 0) break;
    done += std::size_t(count);
  }
  return ssize_t(done);
}

}  // namespace

ReplayJournal::ReplayJournal(ReplayJournal&& other) noexcept
    : file_(std::exchange(other.file_, -1)), size_(other.size_) {}

ReplayJournal& ReplayJournal::operator=(ReplayJournal&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(size_, other.size_);
  return *this;
}

ReplayJournal::~ReplayJournal() {
  if (file_ >= 0) ::close(file_);
}

Result<ReplayJournal> ReplayJournal::create(const std::string& file) {
  ReplayJournal journal;
  journal.file_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (journal.file_ < 0) return unusable(file);
  return journal;
}

Result<std::vector<Seen>> ReplayJournal::read(const std::string& file) {
  std::vector<Seen> seen;
  int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (opened < 0 && errno == ENOENT) return seen;
  if (opened < 0) return unusable(file);

  std::vector<Record> block(4096);
  ssize_t count = 0;
  while ((count = read_fully(opened, reinterpret_cast<char*>(block.data()), block.size() * sizeof(Record))) > 0) {
    for (std::size_t i = 0; i < std::size_t(count) / sizeof(Record); ++i) {
      const Record& record = block[i];
      if (record.check == check_of(record)) seen.push_back({record.digest, record.time});
    }
  }
  int why = errno;
  ::close(opened);
  errno = why;
  if (count < 0) return unusable(file);
  return seen;
}

Result<> ReplayJournal::append(const Seen& seen) {
  Record record{seen.digest, seen.time, 0};
  record.check = check_of(record);
  errno = ENOSPC;  // what a short write means
  ssize_t count = ::pwrite(file_, &record, sizeof record, size_);
  if (count != sizeof record) return unusable("remembering a ticket against replays");
  size_ += sizeof record;
  return {};
}

}  // namespace pforte::kerberos
