#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "base/error.h"
#include "contact/contact.h"

namespace pforte::contact {

// The file of contacts, for its one writer: of a fixed size, whose oldest contacts make room for the newest. Everything
// here blocks.
class Ring {
 public:
  // Goes on in `file`, or makes it, for its owner alone (0600). `size` in bytes is rounded down to whole segments, two
  // at least. Where the file has another size, its newest records are carried over. Fails with Kind::Unavailable.
  static Result<std::unique_ptr<Ring>> open(const std::string& file, std::uint64_t size);

  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  std::uint64_t size() const { return size_; }

  // Writes them down as one, or as few, writes. Fails with Kind::Unavailable; what has been written until then stays.
  Result<> add(const std::vector<Contact>& contacts);

  // Overwrites what ended before that. Fails likewise.
  Result<> forget_before(Time time);

 private:
  Ring(std::string file, int descriptor, std::uint64_t size);
  static Result<std::unique_ptr<Ring>> make(const std::string& file, std::uint64_t size, const Descriptor& old);
  Result<> take_up();
  Result<> take_up_segment(std::size_t segment);
  Result<> carry_over(const Descriptor& old);
  void note_age(std::size_t segment, const Contact& contact);
  Result<> next_segment();
  Result<> write_out();
  Result<> write_at(std::string_view bytes, std::uint64_t place) const;
  Result<> wipe_segment(std::size_t segment);

  // When the contacts of a segment ended.
  struct Ages {
    Time oldest = Time::max();
    Time newest = Time::min();
    bool empty() const { return newest < oldest; }
  };

  std::string file_;
  Descriptor descriptor_;
  std::uint64_t size_;
  std::vector<Ages> ages_;    // of each segment
  std::uint64_t number_ = 0;  // of the current segment
  std::size_t segment_ = 0;   // its place in the file
  std::size_t taken_ = 0;     // bytes of it on the disk; 0: none is begun
  std::string waiting_;       // what comes behind those
};

// What a file of contacts says as a whole.
struct RingOutline {
  std::uint64_t size = 0;      // of the file, in bytes
  Time oldest = Time::max();   // contact; max: there is none
  std::uint64_t contacts = 0;  // in the file
};

// Gives all contacts in `file` to `tell`, in the order in which they were written down; also while a gate writes there.
// Fails with Kind::NotFound where there is no such file, with Kind::Denied, with Kind::Unavailable.
Result<RingOutline> read_ring(const std::string& file, const std::function<void(Contact)>& tell);

}  // namespace pforte::contact
