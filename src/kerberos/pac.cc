#include "kerberos/pac.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/text.h"

namespace pforte::kerberos {
namespace {

// More groups than a ticket can carry.
constexpr std::uint32_t kMostGroups = 16384;
// MS-DTYP, 2.4.2.2.
constexpr std::uint8_t kMostSubauthorities = 15;
// SE_GROUP_USE_FOR_DENY_ONLY: MS-PAC, 2.2.1.
constexpr std::uint32_t kOnlyDenies = 0x10;

// Little-endian numbers, each aligned to its size from the beginning, as NDR has them. Once something does not fit, all
// further ones are 0 and ok() is false.
class NdrReader {
 public:
  explicit NdrReader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::size_t left() const { return bytes_.size() - at_; }

  std::uint8_t u8() { return std::uint8_t(number(1)); }
  std::uint16_t u16() { return std::uint16_t(number(2)); }
  std::uint32_t u32() { return number(4); }
  // A pointer: whether there is something behind it.
  bool pointer() { return u32() != 0; }

  void skip(std::size_t count) {
    if (!fits(count)) return;
    at_ += count;
  }
  void give_up() {
    ok_ = false;
    at_ = bytes_.size();
  }

 private:
  bool fits(std::size_t count) {
    if (count > left()) give_up();
    return ok_;
  }

  std::uint32_t number(std::size_t size) {
    skip((size - at_ % size) % size);
    if (!fits(size)) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = size; i > 0; --i) value = (value << 8) | std::uint8_t(bytes_[at_ + i - 1]);
    at_ += size;
    return value;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

struct Group {
  std::uint32_t id = 0;
  std::uint32_t attributes = 0;
};

// The fixed part of KERB_VALIDATION_INFO, as far as we need it: which of the deferred parts follow.
struct Info {
  std::array<bool, 6> names{};  // of the account, of the person, and four paths
  std::uint32_t primary_group = 0;
  bool groups = false;
  bool server = false;
  bool domain = false;
  bool domain_sid = false;
  bool extra = false;
  bool resource_sid = false;
  bool resource_groups = false;
};

// RPC_UNICODE_STRING: two lengths and a pointer.
bool has_text(NdrReader& ndr) {
  ndr.u16();
  ndr.u16();
  return ndr.pointer();
}

Info read_fixed_part(NdrReader& ndr) {
  Info info;
  ndr.skip(48);  // six times: of logon, logoff, kickoff, and of the password
  for (bool& name : info.names) name = has_text(ndr);
  ndr.skip(2 + 2);  // counts of logons and bad passwords
  ndr.u32();        // id of the user
  info.primary_group = ndr.u32();
  ndr.u32();  // count of the groups: stands before them once more
  info.groups = ndr.pointer();
  ndr.u32();     // user flags
  ndr.skip(16);  // session key
  info.server = has_text(ndr);
  info.domain = has_text(ndr);
  info.domain_sid = ndr.pointer();
  ndr.skip(8);              // reserved
  ndr.skip(4 + 4);          // control of the account, status of the sub authentication
  ndr.skip(8 + 8 + 4 + 4);  // last logons, count of failed ones, reserved
  ndr.u32();                // count of the extra SIDs
  info.extra = ndr.pointer();
  info.resource_sid = ndr.pointer();
  ndr.u32();  // count of the resource groups
  info.resource_groups = ndr.pointer();
  return info;
}

// A conformant and varying array of UTF-16: its size, offset and length, then the letters.
std::u16string read_text(NdrReader& ndr) {
  ndr.u32();
  ndr.u32();
  std::uint32_t count = ndr.u32();
  std::u16string text;
  if (count > ndr.left() / 2) {
    ndr.give_up();
    return text;
  }
  text.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) text += char16_t(ndr.u16());
  return text;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += char(c);
    return;
  }
  int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr std::array<unsigned, 4> kFirst = {0, 0xc0, 0xe0, 0xf0};
  out += char(kFirst.at(std::size_t(more)) | (c >> (6 * more)));
  for (int i = more - 1; i >= 0; --i) out += char(0x80 | ((c >> (6 * i)) & 0x3f));
}

// Half a surrogate pair becomes U+FFFD.
std::string to_utf8(std::u16string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char32_t c = text[i];
    bool high = c >= 0xd800 && c < 0xdc00;
    bool low_next = i + 1 < text.size() && text[i + 1] >= 0xdc00 && text[i + 1] < 0xe000;
    if (high && low_next) {
      c = 0x10000 + ((c - 0xd800) << 10) + (text[++i] - 0xdc00U);
    } else if (c >= 0xd800 && c < 0xe000) {
      c = 0xfffd;
    }
    append_utf8(out, c);
  }
  return out;
}

// How many elements of `size` bytes follow. 0 when so many cannot.
std::uint32_t read_count(NdrReader& ndr, std::size_t size) {
  std::uint32_t count = ndr.u32();
  if (count <= kMostGroups && count <= ndr.left() / size) return count;
  ndr.give_up();
  return 0;
}

std::vector<Group> read_group_list(NdrReader& ndr) {
  std::vector<Group> groups(read_count(ndr, 8));
  for (Group& group : groups) {
    group.id = ndr.u32();
    group.attributes = ndr.u32();
  }
  return groups;
}

// MS-DTYP, 2.4.2.3, behind the count of its array.
std::string read_sid(NdrReader& ndr) {
  std::uint32_t size = ndr.u32();
  unsigned revision = ndr.u8();
  std::uint8_t count = ndr.u8();
  std::uint64_t authority = 0;
  for (int i = 0; i < 6; ++i) authority = (authority << 8) | ndr.u8();
  if (revision != 1 || count != size || count > kMostSubauthorities) {
    ndr.give_up();
    return {};
  }
  std::string sid = cat("S-1-", authority);
  for (int i = 0; i < count; ++i) sid += cat('-', ndr.u32());
  return sid;
}

std::vector<std::string> read_extra(NdrReader& ndr) {
  struct Extra {
    bool here = false;
    std::uint32_t attributes = 0;
  };
  std::vector<Extra> list(read_count(ndr, 8));
  for (Extra& extra : list) {
    extra.here = ndr.pointer();
    extra.attributes = ndr.u32();
  }
  std::vector<std::string> sids;
  for (const Extra& extra : list) {
    if (!extra.here || !ndr.ok()) continue;
    std::string sid = read_sid(ndr);
    if ((extra.attributes & kOnlyDenies) == 0) sids.push_back(std::move(sid));
  }
  return sids;
}

void add_groups(std::vector<std::string>& sids, const std::string& domain, const std::vector<Group>& groups) {
  if (domain.empty()) return;
  for (const Group& group : groups) {
    if ((group.attributes & kOnlyDenies) == 0) sids.push_back(cat(domain, '-', group.id));
  }
}

// The headers of a type that was serialized on its own: MS-RPCE, 2.2.6.
bool skip_headers(NdrReader& ndr) {
  constexpr std::uint8_t kVersion = 1, kLittleEndian = 0x10;
  constexpr std::uint16_t kHeaderBytes = 8;
  if (ndr.u8() != kVersion || ndr.u8() != kLittleEndian || ndr.u16() != kHeaderBytes) return false;
  ndr.skip(4 + 8);
  return ndr.pointer();
}

}  // namespace

std::optional<LogonInfo> read_logon_info(std::string_view bytes) {
  NdrReader ndr(bytes);
  if (!skip_headers(ndr)) return std::nullopt;
  Info info = read_fixed_part(ndr);

  std::array<std::u16string, 6> names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (info.names.at(i)) names.at(i) = read_text(ndr);
  }
  std::vector<Group> groups;
  if (info.groups) groups = read_group_list(ndr);
  if (info.server) read_text(ndr);
  if (info.domain) read_text(ndr);
  std::string domain = info.domain_sid ? read_sid(ndr) : "";
  std::vector<std::string> sids;
  if (info.extra) sids = read_extra(ndr);
  std::string resource = info.resource_sid ? read_sid(ndr) : "";
  std::vector<Group> resource_groups;
  if (info.resource_groups) resource_groups = read_group_list(ndr);
  if (!ndr.ok()) return std::nullopt;

  groups.insert(groups.begin(), Group{info.primary_group, 0});
  add_groups(sids, domain, groups);
  add_groups(sids, resource, resource_groups);
  std::ranges::sort(sids);
  auto doubles = std::ranges::unique(sids);
  sids.erase(doubles.begin(), doubles.end());
  return LogonInfo{.account = to_utf8(names[0]), .name = to_utf8(names[1]), .groups = std::move(sids)};
}

}  // namespace pforte::kerberos
