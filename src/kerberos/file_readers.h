#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace pforte::kerberos {

// Who may read a file: by its mode, and by its POSIX ACL where it has one. Where it has one, the bits of the group in
// the mode are the mask of the ACL, and say nothing of the group. Source: acl(5); Linux,
// include/uapi/linux/posix_acl_xattr.h.
struct FileReaders {
  uid_t owner = 0;
  gid_t group = 0;
  bool by_owner = false;
  bool by_group = false;
  bool by_everybody = false;

  // Named by the ACL beside owner and group.
  struct Named {
    unsigned id = 0;
    bool reads = false;
  };
  std::vector<Named> users;
  std::vector<Named> groups;

  // Whether somebody in these groups may; root may everything.
  bool may_read(uid_t user, const std::vector<gid_t>& groups_of_user) const;
};

// `acl`: the value of system.posix_acl_access; empty: there is none. What it cannot be is passed over.
FileReaders readers_by(const struct stat& about, std::string_view acl);

// Of a file that was looked at.
FileReaders readers_of(const std::string& file, const struct stat& about);

}  // namespace pforte::kerberos
