#pragma once

#include <unistd.h>

#include <utility>

namespace pforte {

// A file descriptor that is closed unless it is taken; negative: none.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }
  int take() { return std::exchange(number_, -1); }

 private:
  int number_;
};

}  // namespace pforte
