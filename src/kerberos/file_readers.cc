#include "kerberos/file_readers.h"

#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace pforte::kerberos {
namespace {

// e_tag, and the bit of e_perm that lets read.
constexpr std::uint32_t kUser = 0x02, kGroupItself = 0x04, kGroup = 0x08, kMask = 0x10;
constexpr std::uint32_t kReads = 0x04;

constexpr std::size_t kHeadBytes = 4, kEntryBytes = 8;  // a_version; e_tag, e_perm and e_id

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) number = (number << 8) | std::uint8_t(bytes[i]);
  return number;
}

bool is_among(gid_t group, const std::vector<gid_t>& groups) {
  return std::ranges::find(groups, group) != groups.end();
}

}  // namespace

bool FileReaders::may_read(uid_t user, const std::vector<gid_t>& groups_of_user) const {
  if (user == 0) return true;
  if (user == owner) return by_owner;
  auto named = std::ranges::find(users, user, &Named::id);
  if (named != users.end()) return named->reads;
  bool member = is_among(group, groups_of_user);
  bool reads = member && by_group;
  for (const Named& one : groups) {
    if (!is_among(one.id, groups_of_user)) continue;
    member = true;
    reads = reads || one.reads;
  }
  return member ? reads : by_everybody;
}

FileReaders readers_by(const struct stat& about, std::string_view acl) {
  FileReaders readers{.owner = about.st_uid,
                      .group = about.st_gid,
                      .by_owner = (about.st_mode & S_IRUSR) != 0,
                      .by_group = (about.st_mode & S_IRGRP) != 0,
                      .by_everybody = (about.st_mode & S_IROTH) != 0,
                      .users = {},
                      .groups = {}};
  bool masked_reads = true, group_reads = readers.by_group;
  for (std::size_t at = kHeadBytes; at + kEntryBytes <= acl.size(); at += kEntryBytes) {
    std::uint32_t tag = little_endian(acl.substr(at, 2)), id = little_endian(acl.substr(at + 4, 4));
    bool reads = (little_endian(acl.substr(at + 2, 2)) & kReads) != 0;
    if (tag == kUser) readers.users.push_back({id, reads});
    if (tag == kGroup) readers.groups.push_back({id, reads});
    if (tag == kGroupItself) group_reads = reads;
    if (tag == kMask) masked_reads = reads;
  }
  readers.by_group = group_reads && masked_reads;
  for (std::vector<FileReaders::Named>* named : {&readers.users, &readers.groups}) {
    for (FileReaders::Named& one : *named) one.reads = one.reads && masked_reads;
  }
  return readers;
}

FileReaders readers_of(const std::string& file, const struct stat& about) {
  std::array<char, 65536> acl{};  // XATTR_SIZE_MAX
  ssize_t size = ::getxattr(file.c_str(), "system.posix_acl_access", acl.data(), acl.size());
  return readers_by(about, std::string_view(acl.data(), size > 0 ? std::size_t(size) : 0));
}

}  // namespace pforte::kerberos
