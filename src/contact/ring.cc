#include "contact/ring.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

#include "base/folder_owner.h"
#include "base/text.h"
#include "contact/record.h"
#include "contact/segment.h"

namespace pforte::contact {

namespace {

std::string because(int number) {
  return std::generic_category().message(number);
}

std::unexpected<Error> unwritable(const std::string& file, int number) {
  return fail(Kind::Unavailable, "contacts.unwritable", cat(file, ": ", because(number)));
}

// As much as there is; empty at the end and where it cannot be read.
std::string bytes_at(int descriptor, std::uint64_t place, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    ssize_t count = pread(descriptor, bytes.data() + have, size - have, off_t(place + have));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    have += std::size_t(count);
  }
  bytes.resize(have);
  return bytes;
}

struct FoundSegment {
  std::uint64_t number;
  std::uint64_t place;
};

// In the order in which they were begun.
std::vector<FoundSegment> segments_of(int descriptor, std::uint64_t size) {
  std::vector<FoundSegment> found;
  found.reserve(std::size_t(size / kSegmentBytes));
  for (std::uint64_t place = 0; place + kSegmentBytes <= size; place += kSegmentBytes) {
    auto number = number_of_segment(bytes_at(descriptor, place, kSegmentHeaderBytes));
    if (number) found.push_back({*number, place});
  }
  std::ranges::sort(found, {}, &FoundSegment::number);
  return found;
}

// A ring in which nothing stands yet is all zeros, and whole segments long.
bool is_untouched(int descriptor, std::uint64_t size) {
  std::string begin = bytes_at(descriptor, 0, kSegmentHeaderBytes);
  return size >= kSegmentBytes && begin == std::string(kSegmentHeaderBytes, '\0');
}

// Each byte against the one before: a comparison that the C library does in wide steps, where a ring of megabytes is
// read at each start.
bool is_all_zeros(std::string_view bytes) {
  return bytes.empty() || (bytes.front() == '\0' && bytes.substr(1) == bytes.substr(0, bytes.size() - 1));
}

std::uint64_t whole_segments(std::uint64_t size) {
  return std::max<std::uint64_t>(size / kSegmentBytes, 2) * kSegmentBytes;
}

}  // namespace

Ring::Ring(std::string file, int descriptor, std::uint64_t size)
    : file_(std::move(file)), descriptor_(descriptor), size_(size), ages_(size / kSegmentBytes) {}

Result<std::unique_ptr<Ring>> Ring::open(const std::string& file, std::uint64_t size) {
  std::uint64_t wanted = whole_segments(size);
  Descriptor existing(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (existing.number() < 0) {
    if (errno != ENOENT) return unwritable(file, errno);
    return make(file, wanted, existing);
  }
  struct stat about{};
  if (fstat(existing.number(), &about) != 0) return unwritable(file, errno);
  if (!S_ISREG(about.st_mode)) return fail(Kind::Unavailable, "contacts.unwritable", cat(file, ": it is no file"));
  if (int refused = give_to_owner_of_folder(file, existing.number())) return unwritable(file, refused);
  bool fits = std::uint64_t(about.st_size) == wanted && fchmod(existing.number(), 0600) == 0;
  if (!fits) return make(file, wanted, existing);
  std::unique_ptr<Ring> ring(new Ring(file, existing.take(), wanted));
  TRY(ring->take_up());
  return ring;
}

// Beside the old one, whose place it takes when it has its records.
Result<std::unique_ptr<Ring>> Ring::make(const std::string& file, std::uint64_t size, const Descriptor& old) {
  std::string next = file + ".new";
  ::unlink(next.c_str());
  Descriptor made(::open(next.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (made.number() < 0) return unwritable(file, errno);
  // Blocks come as they are written.
  int refused = ftruncate(made.number(), off_t(size)) == 0 ? give_to_owner_of_folder(next, made.number()) : errno;
  std::unique_ptr<Ring> ring(new Ring(file, made.take(), size));
  Result<> carried = refused == 0 && old.number() >= 0 ? ring->carry_over(old) : Result<>();
  if (refused == 0 && carried && std::rename(next.c_str(), file.c_str()) != 0) refused = errno;
  if (refused == 0 && carried) return ring;
  ::unlink(next.c_str());
  if (!carried) return std::unexpected(std::move(carried).error());
  return unwritable(file, refused);
}

Result<> Ring::carry_over(const Descriptor& old) {
  struct stat about{};
  if (fstat(old.number(), &about) != 0) return unwritable(file_, errno);
  for (const FoundSegment& one : segments_of(old.number(), std::uint64_t(about.st_size))) {
    std::vector<Contact> contacts;
    read_segment(bytes_at(old.number(), one.place, kSegmentBytes),
                 [&](Contact contact) { contacts.push_back(std::move(contact)); });
    TRY(add(contacts));
  }
  return {};
}

// Finds the end of what an earlier process has written.
Result<> Ring::take_up() {
  ::unlink(cat(file_, ".new").c_str());  // of one that was killed while it made the file larger or smaller
  for (std::size_t i = 0; i < ages_.size(); ++i) TRY(take_up_segment(i));
  return {};
}

// What nobody can read in it goes: neither would it ever be found too old.
Result<> Ring::take_up_segment(std::size_t segment) {
  std::string bytes = bytes_at(descriptor_.number(), segment * kSegmentBytes, kSegmentBytes);
  std::size_t taken = read_segment(bytes, [&](const Contact& contact) { note_age(segment, contact); });
  std::size_t readable = ages_[segment].empty() ? 0 : taken;
  if (!is_all_zeros(std::string_view(bytes).substr(readable))) {
    std::fill(bytes.begin() + std::ptrdiff_t(readable), bytes.end(), '\0');
    TRY(write_at(bytes, segment * kSegmentBytes));
  }
  std::uint64_t number = number_of_segment(bytes).value_or(0);
  if (number <= number_) return {};
  number_ = number;
  segment_ = segment;
  taken_ = taken;
  return {};
}

void Ring::note_age(std::size_t segment, const Contact& contact) {
  Ages& ages = ages_[segment];
  Time end = contact.begin + contact.lasted;
  ages.oldest = std::min(ages.oldest, end);
  ages.newest = std::max(ages.newest, end);
}

Result<> Ring::add(const std::vector<Contact>& contacts) {
  for (const Contact& contact : contacts) {
    std::string record = to_record(contact);
    if (taken_ == 0 || taken_ + waiting_.size() + framed("", 0).size() + record.size() > kSegmentBytes)
      TRY(next_segment());
    waiting_ += framed(record, number_);
    note_age(segment_, contact);
  }
  return write_out();
}

// Over what an earlier round has left there, all of it: it may be as old as the ring is long.
Result<> Ring::next_segment() {
  TRY(write_out());
  if (number_ > 0) segment_ = (segment_ + 1) % ages_.size();
  ++number_;
  ages_[segment_] = {};
  taken_ = kSegmentHeaderBytes;
  std::string fresh = segment_header(number_);
  fresh.resize(kSegmentBytes);
  return write_at(fresh, segment_ * kSegmentBytes);
}

Result<> Ring::write_out() {
  if (waiting_.empty()) return {};
  Result<> written = write_at(waiting_, segment_ * kSegmentBytes + taken_);
  // What could not be written is gone, and the next record takes its place.
  if (written) taken_ += waiting_.size();
  waiting_.clear();
  return written;
}

Result<> Ring::forget_before(Time time) {
  for (std::size_t i = 0; i < ages_.size(); ++i) {
    if (ages_[i].empty() || ages_[i].oldest >= time) continue;
    if (ages_[i].newest < time) {
      TRY(wipe_segment(i));
      continue;
    }
    std::string bytes = bytes_at(descriptor_.number(), i * kSegmentBytes, kSegmentBytes);
    bytes = without(std::move(bytes), [&](const Contact& contact) { return contact.begin + contact.lasted < time; });
    TRY(write_at(bytes, i * kSegmentBytes));
    ages_[i] = {};
    read_segment(bytes, [&](const Contact& contact) { note_age(i, contact); });
  }
  return {};
}

Result<> Ring::wipe_segment(std::size_t segment) {
  TRY(write_at(std::string(kSegmentBytes, '\0'), segment * kSegmentBytes));
  ages_[segment] = {};
  if (segment == segment_) taken_ = 0;
  return {};
}

Result<> Ring::write_at(std::string_view bytes, std::uint64_t place) const {
  while (!bytes.empty()) {
    ssize_t count = pwrite(descriptor_.number(), bytes.data(), bytes.size(), off_t(place));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unwritable(file_, errno);
    bytes.remove_prefix(std::size_t(count));
    place += std::uint64_t(count);
  }
  return {};
}

Result<RingOutline> read_ring(const std::string& file, const std::function<void(Contact)>& tell) {
  Descriptor ring(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (ring.number() < 0) {
    Kind kind = errno == ENOENT ? Kind::NotFound : errno == EACCES ? Kind::Denied : Kind::Unavailable;
    return fail(kind, "contacts.unreadable", cat(file, ": ", because(errno)));
  }
  struct stat about{};
  if (fstat(ring.number(), &about) != 0 || !S_ISREG(about.st_mode))
    return fail(Kind::Unavailable, "contacts.unreadable", cat(file, ": it is no file"));
  RingOutline outline{.size = std::uint64_t(about.st_size)};
  // In this order: a gate may begin the first segment in between.
  bool untouched = is_untouched(ring.number(), outline.size);
  std::vector<FoundSegment> segments = segments_of(ring.number(), outline.size);
  if (segments.empty() && !untouched)
    return fail(Kind::Invalid, "contacts.unreadable", cat(file, ": it holds something else than contacts"));
  for (const FoundSegment& one : segments) {
    read_segment(bytes_at(ring.number(), one.place, kSegmentBytes), [&](Contact contact) {
      outline.oldest = std::min(outline.oldest, contact.begin);
      ++outline.contacts;
      tell(std::move(contact));
    });
  }
  return outline;
}

}  // namespace pforte::contact
