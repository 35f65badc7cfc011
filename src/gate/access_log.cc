#include "gate/access_log.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace pforte::gate {

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// How long a line may wait for company, so that a write has many.
constexpr auto kRest = 100ms;
// A lane with this much wakes the writer.
constexpr std::size_t kMuch = AccessLog::kMostWaiting / 4;
// A pipe that can be written to takes this much without blocking (pipe(7)).
constexpr std::size_t kPipeBytes = PIPE_BUF;
constexpr std::size_t kFileBytes = std::size_t{256} * 1024;

constexpr auto kComplaintInterval = 1min;
constexpr auto kFarewell = 1s;

std::string_view remedy_for(int error_number, bool regular) {
  switch (error_number) {
    case 0:
      return regular ? "the disk does not keep up: log to a faster one"
                     : "the reader does not keep up: make it faster, or log to a file";
    case ENOSPC:
    case EDQUOT:
      return "make room on the disk of this file";
    case EPIPE:
      return "start the reader again, then the gate; or log to a file";
    default:
      return "put the cause right; a reload opens the file again";
  }
}

std::uint64_t lines_in(std::string_view text) {
  return std::uint64_t(std::ranges::count(text, '\n'));
}

// Signals are for other threads; and a closed pipe must be an error, not the end of the process.
void take_no_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

Result<LogFile> LogFile::open(const std::string& target) {
  if (target == "off") return LogFile(target, -1, false);
  if (target == "-") return LogFile("standard output", STDOUT_FILENO, false);
  int descriptor = ::open(target.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0640);
  if (descriptor >= 0) return LogFile(target, descriptor, true);
  int number = errno;
  std::string why = number == ENXIO ? "nobody reads this pipe" : std::generic_category().message(number);
  return fail(Kind::Unavailable, "access-log.open", cat("cannot open the access log ", target, ": ", why));
}

LogFile::LogFile(std::string name, int descriptor, bool ours)
    : name_(std::move(name)), descriptor_(descriptor), ours_(ours) {
  struct stat about{};
  regular_ = descriptor_ >= 0 && fstat(descriptor_, &about) == 0 && S_ISREG(about.st_mode);
}

LogFile::LogFile(LogFile&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      ours_(other.ours_),
      regular_(other.regular_) {}

LogFile& LogFile::operator=(LogFile&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(ours_, other.ours_);
  std::swap(regular_, other.regular_);
  return *this;
}

LogFile::~LogFile() {
  if (ours_ && descriptor_ >= 0) close(descriptor_);
}

bool LogFile::same_as(const LogFile& other) const {
  struct stat one{};
  struct stat two{};
  if (fstat(descriptor_, &one) != 0 || fstat(other.descriptor_, &two) != 0) return false;
  return one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

void AccessLog::Lane::write(const Record& record) {
  if (log_.off_.load(std::memory_order_relaxed)) return;
  bool much = false;
  {
    std::lock_guard lock(mutex_);
    std::size_t before = waiting_.size();
    if (before >= kMostWaiting) {
      log_.lost_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    line_.append(waiting_, record);
    much = before < kMuch && waiting_.size() >= kMuch;
  }
  if (much) log_.news_.notify_one();
}

AccessLog::AccessLog(LogFile file) : off_(file.off()), file_(std::move(file)), thread_([this] { serve(); }) {}

AccessLog::~AccessLog() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  news_.notify_one();
  thread_.join();
}

AccessLog::Lane& AccessLog::lane() {
  std::lock_guard lock(mutex_);
  return *lanes_.emplace_back(new Lane(*this));
}

void AccessLog::follow(LogFile file) {
  {
    std::lock_guard lock(mutex_);
    next_.emplace(std::move(file));
  }
  news_.notify_one();
}

void AccessLog::serve() {
  take_no_signals();
  std::optional<SteadyClock::time_point> farewell;
  for (;;) {
    std::optional<LogFile> next;
    {
      std::unique_lock lock(mutex_);
      if (!much_ && !ending_ && !next_) news_.wait_for(lock, kRest);
      next = std::exchange(next_, std::nullopt);
      if (ending_ && !farewell) farewell = SteadyClock::now() + kFarewell;
    }
    write_round();
    if (next) take_over(*std::move(next));
    bool done = written_ == lines_.size() && !much_;
    if (farewell && (done || SteadyClock::now() >= *farewell)) break;
    complain();
  }
  drop_lines();
  next_complaint_ = {};
  complain();
}

// Writes what every lane has now, as far as the file takes it.
void AccessLog::write_round() {
  std::vector<Lane*> lanes;
  {
    std::lock_guard lock(mutex_);
    for (const auto& lane : lanes_) lanes.push_back(lane.get());
  }
  much_ = false;
  if (write_lines() != Outcome::Done) return;
  for (Lane* lane : lanes) {
    if (!take_lines(*lane)) continue;
    if (lines_.size() >= kMuch) much_ = true;
    if (write_lines() != Outcome::Done) {
      much_ = false;
      return;
    }
  }
}

bool AccessLog::take_lines(Lane& lane) {
  lines_.clear();
  written_ = 0;
  std::lock_guard lock(lane.mutex_);
  lines_.swap(lane.waiting_);
  return !lines_.empty();
}

// Writes lines_ to its end, unless the reader is slow. What cannot be written is dropped.
AccessLog::Outcome AccessLog::write_lines() {
  if (file_.off()) lines_.clear();
  while (written_ < lines_.size()) {
    Outcome outcome = write_some();
    if (outcome == Outcome::Failed) drop_lines();
    if (outcome != Outcome::Done) return outcome;
  }
  return Outcome::Done;
}

AccessLog::Outcome AccessLog::write_some() {
  std::size_t most = kFileBytes;
  error_number_ = 0;
  if (!file_.regular()) {
    pollfd ready{.fd = file_.descriptor(), .events = POLLOUT, .revents = 0};
    if (poll(&ready, 1, int(std::chrono::milliseconds(kRest).count())) == 0) return Outcome::Slow;
    most = kPipeBytes;
  }
  std::string_view rest = std::string_view(lines_).substr(written_, most);
  ssize_t count = ::write(file_.descriptor(), rest.data(), rest.size());
  if (count < 0) {
    if (errno == EINTR) return Outcome::Done;
    if (errno == EAGAIN) return Outcome::Slow;
    error_number_ = errno;
    return Outcome::Failed;
  }
  written_ += std::size_t(count);
  if (count > 0) mid_line_ = lines_[written_ - 1] != '\n';
  return Outcome::Done;
}

// Counts and forgets what has not been written, but for the rest of a line that the file has the beginning of.
void AccessLog::drop_lines() {
  std::string_view rest = std::string_view(lines_).substr(written_);
  std::string torn;
  if (mid_line_) torn = rest.substr(0, rest.find('\n') + 1);
  lost_.fetch_add(lines_in(rest.substr(torn.size())), std::memory_order_relaxed);
  lines_ = std::move(torn);
  written_ = 0;
}

void AccessLog::take_over(LogFile file) {
  if (mid_line_ && !file.same_as(file_)) {
    written_ = std::min(lines_.size(), lines_.find('\n', written_) + 1);
    mid_line_ = false;
    lost_.fetch_add(1, std::memory_order_relaxed);
  }
  file_ = std::move(file);
  off_.store(file_.off(), std::memory_order_relaxed);
}

void AccessLog::complain() {
  std::uint64_t lost = lost_.load(std::memory_order_relaxed);
  auto now = SteadyClock::now();
  if (lost == complained_ || now < next_complaint_) return;
  log::error("access-log.lost",
             {{"file", file_.name()},
              {"lines", lost - complained_},
              {"cause", error_number_ == 0 ? "not written in time" : std::generic_category().message(error_number_)},
              {"remedy", remedy_for(error_number_, file_.regular())}});
  complained_ = lost;
  next_complaint_ = now + kComplaintInterval;
}

}  // namespace pforte::gate
