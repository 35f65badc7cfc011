#pragma once

#include <sys/types.h>

#include <string>

#include "base/descriptor.h"
#include "base/error.h"

namespace pforte::authority {

// A folder that is filled under another name and becomes visible as a whole. One process at a time does it; what a
// crash left behind is removed by the next.
class NewFolder {
 public:
  // Fails with Kind::Invalid (authority.exists) where there is one with something in it, and with Kind::Unavailable
  // (file.unwritable).
  static Result<NewFolder> begin(const std::string& folder, mode_t mode = 0700);

  NewFolder(NewFolder&& other) noexcept;
  NewFolder& operator=(NewFolder&&) = delete;
  ~NewFolder();

  // Where to write.
  std::string path() const { return folder_ + ".new"; }

  // Fails as begin(). To be called once; without it nothing stays.
  Result<> commit();

 private:
  NewFolder(std::string folder, int lock) : folder_(std::move(folder)), lock_(lock) {}

  std::string folder_;
  Descriptor lock_;  // of the folder above; negative: moved away
};

// Does nothing where it exists. Fails with Kind::Unavailable (file.unwritable).
Result<> make_private_folder(const std::string& folder);

// When root works on what belongs to the gate's user, it is theirs: the folder and what is in it get the owner of the
// folder above. Does nothing for anybody else. Fails with Kind::Unavailable (file.unwritable).
Result<> give_to_owner_of_parent(const std::string& folder);

}  // namespace pforte::authority
