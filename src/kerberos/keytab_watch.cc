#include "kerberos/keytab_watch.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace pforte::kerberos {
namespace {

constexpr std::chrono::seconds kLookEvery{1};

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::ranges::sort(names);
  return names;
}

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

KeytabWatch::KeytabWatch(std::string file, std::vector<std::string> principals)
    : file_(std::move(file)), principals_(sorted(std::move(principals))), next_look_(Clock::now() + kLookEvery) {
  stamp_ = stamp_of(file_);
  keys_ = KeyRing::read(file_, principals_);
  fault_ = keys_->fault();
}

KeytabWatch::Stamp KeytabWatch::stamp_of(const std::string& file) {
  struct stat about{};
  if (::stat(file.c_str(), &about) != 0) return {};
  return {about.st_dev, about.st_ino, about.st_size, nanoseconds(about.st_mtim), nanoseconds(about.st_ctim)};
}

std::shared_ptr<const KeyRing> KeytabWatch::keys() {
  Clock::time_point now = Clock::now();
  {
    std::lock_guard guard(lock_);
    if (now < next_look_) return keys_;
    next_look_ = now + kLookEvery;
  }
  // Whoever comes meanwhile goes on with what there is.
  if (std::unique_lock reading(reading_, std::try_to_lock); reading) {
    Stamp stamp = stamp_of(file_);
    if (stamp != stamp_) read(stamp);
  }
  std::lock_guard guard(lock_);
  return keys_;
}

std::optional<Fault> KeytabWatch::fault() const {
  std::lock_guard guard(lock_);
  return fault_;
}

void KeytabWatch::read(const Stamp& stamp) {
  std::shared_ptr<const KeyRing> fresh = KeyRing::read(file_, principals_);
  stamp_ = stamp;
  if (fresh->fault()) {
    log::warning("kerberos.keytab-kept", {{"keytab", file_},
                                          {"reason", fresh->fault()->what.en},
                                          {"remedy", fresh->fault()->remedy.en},
                                          {"effect", "keys that were read before stay in use"}});
  } else {
    log::info("kerberos.keytab-read", {{"keytab", file_}});
  }
  std::lock_guard guard(lock_);
  fault_ = fresh->fault();
  // Where there was nothing before, even a part is better.
  if (!fault_ || keys_->empty()) keys_ = std::move(fresh);
}

}  // namespace pforte::kerberos
