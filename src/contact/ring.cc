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

std::uint64_t whole_segments(std::uint64_t size) {
  return std::max<std::uint64_t>(size / kSegmentBytes, 2) * kSegmentBytes;
}

}  // namespace

Result<std::unique_ptr<Ring>> Ring::open(const std::string& file, std::uint64_t size) {
  std::uint64_t wanted = whole_segments(size);
  int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) {
    if (errno != ENOENT) return unwritable(file, errno);
    return make(file, wanted);
  }
  Descriptor existing(descriptor);
  struct stat about{};
  bool fits = fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) && std::uint64_t(about.st_size) == wanted;
  if (fits && fchmod(descriptor, 0600) == 0) {
    std::unique_ptr<Ring> ring(new Ring(file, existing.take(), wanted));
    TRY(ring->take_up());
    return ring;
  }
  if (!S_ISREG(about.st_mode)) return fail(Kind::Unavailable, "contacts.unwritable", cat(file, ": it is no file"));
  std::unique_ptr<Ring> ring = TRY(make(file, wanted));
  for (const FoundSegment& one : segments_of(existing.number(), std::uint64_t(about.st_size))) {
    std::vector<Contact> contacts;
    read_segment(bytes_at(existing.number(), one.place, kSegmentBytes),
                 [&](Contact contact) { contacts.push_back(std::move(contact)); });
    TRY(ring->add(contacts));
  }
  return ring;
}

// Beside the old one, whose place it takes.
Result<std::unique_ptr<Ring>> Ring::make(const std::string& file, std::uint64_t size) {
  std::string next = file + ".new";
  ::unlink(next.c_str());
  Descriptor made(::open(next.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (made.number() < 0) return unwritable(file, errno);
  // Blocks come as they are written.
  int refused = ftruncate(made.number(), off_t(size)) == 0 ? 0 : errno;
  if (refused == 0 && std::rename(next.c_str(), file.c_str()) != 0) refused = errno;
  if (refused != 0) {
    ::unlink(next.c_str());
    return unwritable(file, refused);
  }
  return std::unique_ptr<Ring>(new Ring(file, made.take(), size));
}

// Finds the end of what an earlier process has written.
Result<> Ring::take_up() {
  for (const FoundSegment& one : segments_of(descriptor_.number(), size_)) {
    Time& newest = newest_[std::size_t(one.place / kSegmentBytes)];
    number_ = one.number;
    segment_ = std::size_t(one.place / kSegmentBytes);
    taken_ = read_segment(bytes_at(descriptor_.number(), one.place, kSegmentBytes),
                          [&](const Contact& contact) { newest = std::max(newest, contact.begin + contact.lasted); });
  }
  return {};
}

Result<> Ring::add(const std::vector<Contact>& contacts) {
  for (const Contact& contact : contacts) {
    std::string record = to_record(contact);
    if (taken_ == 0 || taken_ + waiting_.size() + framed("", 0).size() + record.size() > kSegmentBytes)
      TRY(next_segment());
    waiting_ += framed(record, number_);
    newest_[segment_] = std::max(newest_[segment_], contact.begin + contact.lasted);
  }
  return write_out();
}

Result<> Ring::next_segment() {
  TRY(write_out());
  if (number_ > 0) segment_ = (segment_ + 1) % newest_.size();
  ++number_;
  newest_[segment_] = Time();
  taken_ = kSegmentHeaderBytes;
  return write_at(segment_header(number_), segment_ * kSegmentBytes);
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
  const std::string nothing(kSegmentBytes, '\0');
  for (std::size_t i = 0; i < newest_.size(); ++i) {
    if (newest_[i] == Time() || newest_[i] >= time) continue;
    TRY(write_at(nothing, i * kSegmentBytes));
    newest_[i] = Time();
    if (i == segment_) taken_ = 0;
  }
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
  for (const FoundSegment& one : segments_of(ring.number(), outline.size)) {
    read_segment(bytes_at(ring.number(), one.place, kSegmentBytes), [&](Contact contact) {
      outline.oldest = std::min(outline.oldest, contact.begin);
      ++outline.contacts;
      tell(std::move(contact));
    });
  }
  return outline;
}

}  // namespace pforte::contact
