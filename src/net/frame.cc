#include "net/frame.h"

#include <array>
#include <new>

namespace pforte::net::detail {

namespace {

constexpr std::size_t kGrain = 64;
constexpr std::size_t kClasses = 32;  // frames of up to 2 KiB
constexpr unsigned kMostKept = 1024;  // of each class

struct Free {
  Free* next;
};

// Free frames of one thread, by size.
class Shelves {
 public:
  Shelves() = default;
  Shelves(const Shelves&) = delete;
  Shelves& operator=(const Shelves&) = delete;
  ~Shelves() {
    for (Shelf& shelf : shelves_) {
      while (shelf.first) ::operator delete(take_from(shelf));
    }
  }

  void* take(std::size_t bytes) {
    std::size_t number = (bytes - 1) / kGrain;
    if (number >= kClasses) return ::operator new(bytes);
    Shelf& shelf = shelves_[number];
    return shelf.first ? take_from(shelf) : ::operator new((number + 1) * kGrain);
  }

  void give_back(void* frame, std::size_t bytes) noexcept {
    std::size_t number = (bytes - 1) / kGrain;
    if (number >= kClasses || shelves_[number].count == kMostKept) return ::operator delete(frame);
    Shelf& shelf = shelves_[number];
    shelf.first = new (frame) Free{shelf.first};
    ++shelf.count;
  }

 private:
  struct Shelf {
    Free* first = nullptr;
    unsigned count = 0;
  };

  static void* take_from(Shelf& shelf) {
    Free* frame = shelf.first;
    shelf.first = frame->next;
    __builtin_prefetch(shelf.first, 1);  // who takes it may not have to wait until it is in the cache
    --shelf.count;
    return frame;
  }

  std::array<Shelf, kClasses> shelves_;
};

// AddressSanitizer finds the use of a frame that is gone only if the frame is really freed.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PFORTE_PLAIN_FRAMES
#endif
#endif

#ifndef PFORTE_PLAIN_FRAMES
thread_local Shelves shelves;
#endif

}  // namespace

void* take_frame(std::size_t bytes) {
#ifdef PFORTE_PLAIN_FRAMES
  return ::operator new(bytes);
#else
  return shelves.take(bytes);
#endif
}

void give_frame_back(void* frame, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef PFORTE_PLAIN_FRAMES
  ::operator delete(frame);
#else
  shelves.give_back(frame, bytes);
#endif
}

}  // namespace pforte::net::detail
