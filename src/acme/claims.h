#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace pforte::acme {

// What somebody works at right now, by its id, so that nobody else does. Kept in memory: after a start nobody works at
// anything. Any thread.
class Claims {
  struct Taken;

 public:
  struct Bounds {
    std::size_t of_one = SIZE_MAX;  // holder
    std::size_t of_all = SIZE_MAX;
  };

  // Given back when it goes. May outlive the claims.
  class Claim {
   public:
    Claim(Claim&&) = default;
    Claim& operator=(Claim&& other) noexcept {
      std::swap(taken_, other.taken_);
      std::swap(id_, other.id_);
      return *this;
    }
    ~Claim();

   private:
    friend class Claims;
    Claim(std::shared_ptr<Taken> taken, std::string id) : taken_(std::move(taken)), id_(std::move(id)) {}

    std::shared_ptr<Taken> taken_;  // null: it was moved away
    std::string id_;
  };

  Claims() : Claims(Bounds{}) {}
  explicit Claims(Bounds bounds) : bounds_(bounds), taken_(std::make_shared<Taken>()) {}

  // None: somebody has it, or `holder` or all together have as many as they may.
  std::optional<Claim> take(const std::string& id, const std::string& holder);

 private:
  // Shared with what was taken, which may end on another thread when the claims are gone.
  struct Taken {
    std::mutex mutex;
    std::map<std::string, std::string> holders;  // under mutex; by id
  };

  Bounds bounds_;
  std::shared_ptr<Taken> taken_;
};

}  // namespace pforte::acme
