#pragma once

#include <memory>
#include <vector>

namespace pforte::net {

// An object that is expensive to grow (its strings and arrays keep their memory), lent by the thread that uses it and
// given back when done. It is cleared then, whatever became of its borrower: nobody finds another's words in it.
template <class T>
class Spare {
 public:
  static constexpr std::size_t kKept = 512;  // as many as one busy turn of HTTP/2 has under way

  // Takes one, or makes one.
  void take() {
    if (object_) return;
    if (free().empty()) {
      object_ = std::make_unique<T>();
    } else {
      object_ = std::move(free().back());
      free().pop_back();
    }
  }
  void give_back() {
    if (!object_) return;
    object_->clear();
    if (free().size() < kKept) free().push_back(std::move(object_));
    object_.reset();
  }

  Spare() = default;
  Spare(const Spare&) = delete;
  Spare& operator=(const Spare&) = delete;
  ~Spare() { give_back(); }

  explicit operator bool() const { return object_ != nullptr; }
  T* operator->() const { return object_.get(); }
  T& operator*() const { return *object_; }

 private:
  static std::vector<std::unique_ptr<T>>& free() {
    thread_local std::vector<std::unique_ptr<T>> spare;
    return spare;
  }

  std::unique_ptr<T> object_;
};

}  // namespace pforte::net
