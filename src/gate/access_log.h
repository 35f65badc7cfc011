#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "gate/access_line.h"
#include "gate/record.h"

namespace pforte::gate {

// Where the access log goes, opened.
class LogFile {
 public:
  // `target` is a path, "-" for standard output, or "off". Opened for appending, made with mode 0640.
  // Fails with Kind::Unavailable, naming the file, the cause and what to do.
  static Result<LogFile> open(const std::string& target);

  LogFile(LogFile&& other) noexcept;
  LogFile& operator=(LogFile&& other) noexcept;
  ~LogFile();

  bool off() const { return descriptor_ < 0; }
  int descriptor() const { return descriptor_; }
  // On a disk, which takes what it is given; not a pipe or a terminal.
  bool regular() const { return regular_; }
  // Whether both are the same file, not merely of the same name.
  bool same_as(const LogFile& other) const;
  const std::string& name() const { return name_; }

 private:
  LogFile(std::string name, int descriptor, bool ours);

  std::string name_;
  int descriptor_ = -1;
  bool ours_ = false;  // to be closed by us
  bool regular_ = false;
};

// Writes the lines of all workers to one file, on a thread of its own, so that no request waits for a disk. Memory is
// bounded: lines that cannot be written are dropped and counted, and the event access-log.lost says so at once
// and then once a minute.
class AccessLog {
 public:
  // What a worker may have waiting, in bytes.
  static constexpr std::size_t kMostWaiting = 1024UZ * 1024;

  // One worker's way to the log. Used by one thread; the log must outlive it.
  class Lane {
   public:
    void write(const Record& record);

   private:
    friend class AccessLog;
    explicit Lane(AccessLog& log) : log_(log) {}

    AccessLog& log_;
    AccessLine line_;
    std::mutex mutex_;     // held for a line, or for the swap of the lines that wait
    std::string waiting_;  // under mutex_
  };

  explicit AccessLog(LogFile file);
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;
  // Writes what waits, for a second at most.
  ~AccessLog();

  // A new lane, for a worker. Lanes live as long as the log.
  Lane& lane();

  // Goes on with `file`: at a reload, the same path again after logrotate has moved the old file, or another one.
  void follow(LogFile file);

  // Lines dropped so far.
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  enum class Outcome : std::uint8_t { Done, Slow, Failed };

  void serve();
  void write_round();
  Outcome write_lines();
  Outcome write_some();
  bool take_lines(Lane& lane);
  void drop_lines();
  void take_over(LogFile file);
  void complain();

  std::atomic<bool> off_;
  std::atomic<std::uint64_t> lost_{0};
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // under mutex_
  std::optional<LogFile> next_;               // under mutex_; to be taken over
  bool ending_ = false;                       // under mutex_

  // Of the writer's thread alone.
  LogFile file_;
  std::string lines_;             // taken from a lane
  std::size_t written_ = 0;       // of them
  bool mid_line_ = false;         // the file ends in the middle of a line: the rest of it must come first
  bool much_ = false;             // a lane was filling up in the last round: do not rest before the next
  int error_number_ = 0;          // why the last attempt failed; 0: the reader is slow
  std::uint64_t complained_ = 0;  // lost lines that have been told
  std::chrono::steady_clock::time_point next_complaint_{};

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pforte::gate
