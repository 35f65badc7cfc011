#include "kerberos/pac.h"

#include <doctest/doctest.h>

#include <cstdint>

namespace pforte::kerberos {
namespace {

// Writes NDR as a domain controller does.
class NdrText {
 public:
  NdrText& u8(unsigned n) { return put(n, 1); }
  NdrText& u16(unsigned n) { return put(n, 2); }
  NdrText& u32(std::uint32_t n) { return put(n, 4); }
  NdrText& zeros(std::size_t count) {
    bytes_.append(count, '\0');
    return *this;
  }
  NdrText& name(std::u16string_view text) {
    u32(std::uint32_t(text.size())).u32(0).u32(std::uint32_t(text.size()));
    for (char16_t c : text) u16(c);
    return *this;
  }
  NdrText& sid(std::initializer_list<std::uint32_t> parts) {
    u32(std::uint32_t(parts.size())).u8(1).u8(unsigned(parts.size())).zeros(5).u8(5);
    for (std::uint32_t part : parts) u32(part);
    return *this;
  }
  NdrText& group(std::uint32_t id, std::uint32_t attributes = 7) { return u32(id).u32(attributes); }
  const std::string& bytes() const { return bytes_; }

 private:
  NdrText& put(std::uint32_t n, std::size_t size) {
    bytes_.append((size - bytes_.size() % size) % size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes_ += char(n >> (8 * i));
    return *this;
  }
  std::string bytes_;
};

// A reference to a name of `length` letters.
void name_reference(NdrText& ndr, unsigned length, std::uint32_t reference) {
  ndr.u16(2 * length).u16(2 * length).u32(reference);
}

// susan (1105) of the domain S-1-5-21-1-2-3.
std::string sample() {
  NdrText ndr;
  ndr.u8(1).u8(0x10).u16(8).u32(0xcccccccc).u32(0).u32(0).u32(0x20000);
  ndr.zeros(48);
  name_reference(ndr, 5, 0x20004);
  name_reference(ndr, 8, 0x20028);
  for (int i = 0; i < 4; ++i) name_reference(ndr, 0, 0);
  ndr.u16(7).u16(0).u32(1105).u32(513).u32(3).u32(0x20008).u32(0x20).zeros(16);
  name_reference(ndr, 3, 0x2000c);
  name_reference(ndr, 0, 0);
  ndr.u32(0x20010).zeros(8).u32(0x210).u32(0).zeros(16).u32(0).u32(0);
  ndr.u32(2).u32(0x20014).u32(0x20018).u32(1).u32(0x2001c);
  ndr.name(u"susan");
  ndr.name(u"S. \u00fc\u20ac\U0001f600\xd800");
  ndr.u32(3).group(513).group(1200).group(1300, 0x17);
  ndr.name(u"DC1");
  ndr.sid({21, 1, 2, 3});
  ndr.u32(2).u32(0x20020).u32(7).u32(0x20024).u32(7);
  ndr.sid({18, 1});
  ndr.sid({21, 9, 9, 9, 500});
  ndr.sid({21, 7, 7, 7});
  ndr.u32(1).group(4711);
  return ndr.bytes();
}

}  // namespace

TEST_CASE("groups are those of the domain, of the resource and the extra ones, without those that deny") {
  std::optional<LogonInfo> got = read_logon_info(sample());
  REQUIRE(got);
  CHECK(got->groups == std::vector<std::string>{"S-1-5-18-1", "S-1-5-21-1-2-3-1200", "S-1-5-21-1-2-3-513",
                                                "S-1-5-21-7-7-7-4711", "S-1-5-21-9-9-9-500"});
}

TEST_CASE("account and person are named in UTF-8, and half a letter is no letter") {
  std::optional<LogonInfo> got = read_logon_info(sample());
  REQUIRE(got);
  CHECK(got->account == "susan");
  CHECK(got->name == "S. \xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd");
}

TEST_CASE("a PAC that is cut anywhere says nothing") {
  std::string whole = sample();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(!read_logon_info(std::string_view(whole).substr(0, size)));
  }
}

TEST_CASE("counts that cannot be true are refused") {
  std::string whole = sample();
  for (std::size_t at = 0; at + 4 <= whole.size(); at += 4) {
    CAPTURE(at);
    std::string changed = whole;
    changed.replace(at, 4, "\xff\xff\xff\xff");
    read_logon_info(changed);
  }
  CHECK(!read_logon_info(std::string(4096, '\xff')));
}

}  // namespace pforte::kerberos
