#include "kerberos/keytab_records.h"

#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/descriptor.h"
#include "base/german.h"
#include "base/text.h"
#include "kerberos/keytab_file.h"

namespace pforte::kerberos {
namespace {

constexpr off_t kMostFileBytes = off_t(16) << 20;
constexpr std::string_view kHead("\x05\x02", 2);
constexpr std::size_t kLengthBytes = 4;

// Fields of a record one after the other. Once one is not there, none is.
class RecordReader {
 public:
  RecordReader(std::string_view bytes, bool big_endian) : rest_(bytes), big_endian_(big_endian) {}

  std::uint32_t number(std::size_t size) {
    std::string_view bytes = take(size);
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
      value = (value << 8) | std::uint8_t(bytes[big_endian_ ? i : bytes.size() - 1 - i]);
    return value;
  }
  std::string_view counted() { return take(number(2)); }
  std::size_t left() const { return rest_.size(); }
  bool good() const { return good_; }

 private:
  std::string_view take(std::size_t size) {
    good_ = good_ && size <= rest_.size();
    if (!good_) return {};
    std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  bool big_endian_;
  bool good_ = true;
};

void append_number(std::string& out, std::uint32_t value, std::size_t size) {
  for (std::size_t i = size; i-- > 0;) out += char(value >> (8 * i));
}

void append_counted(std::string& out, std::string_view text) {
  append_number(out, std::uint32_t(text.size()), 2);
  out += text;
}

// The text becomes a secret and leaves nothing behind.
Secret sealed(std::string& text) {
  Secret secret(text);
  explicit_bzero(text.data(), text.size());
  return secret;
}

std::optional<KeytabRecord> parse_record(std::string_view bytes, int format) {
  RecordReader reader(bytes, format == 2);
  std::uint32_t components = reader.number(2);
  if (format == 1 && components == 0) return std::nullopt;
  if (format == 1) --components;  // it counts the realm
  Principal principal;
  principal.realm = reader.counted();
  for (std::uint32_t i = 0; i < components && reader.good(); ++i) principal.components.emplace_back(reader.counted());
  if (principal.components.empty()) principal.components.emplace_back();
  std::uint32_t name_type = format == 2 ? reader.number(4) : 1;
  std::uint32_t written = reader.number(4), key_version = reader.number(1);
  int encryption = std::int16_t(reader.number(2));
  std::string_view key = reader.counted();
  if (!reader.good()) return std::nullopt;
  // Newer files have all of the version behind the key. Of 0 the old one counts.
  if (reader.left() >= 4) {
    if (std::uint32_t whole = reader.number(4)) key_version = whole;
  }
  if (format == 1) return keytab_record(principal, written, key_version, encryption, key);
  return KeytabRecord{std::move(principal), name_type, written, key_version, encryption, Secret(key), Secret(bytes)};
}

std::unexpected<Fault> cannot_read(const std::string& file, int number) {
  std::string why = std::generic_category().message(number);
  return std::unexpected(Fault{"kerberos.keytab-form",
                               {cat("the keytab ", file, " cannot be read: ", why),
                                cat("die Keytab ", file, " lässt sich nicht lesen: ", german_or_same(why))},
                               {"is it the right file?", "ist es die richtige Datei?"}});
}

}  // namespace

bool KeytabRecord::is_same_identity(const KeytabRecord& other) const {
  return principal == other.principal && key_version == other.key_version && encryption == other.encryption;
}

KeytabRecord keytab_record(const Principal& principal, std::uint32_t written, std::uint32_t key_version, int encryption,
                           std::string_view key) {
  constexpr std::uint32_t kPrincipalName = 1;
  std::size_t names = principal.realm.size();
  for (const std::string& component : principal.components) names += component.size() + 2;
  std::string out;
  out.reserve(names + key.size() + 32);  // so that no key is left behind in what was too small
  append_number(out, std::uint32_t(principal.components.size()), 2);
  append_counted(out, principal.realm);
  for (const std::string& component : principal.components) append_counted(out, component);
  append_number(out, kPrincipalName, 4);
  append_number(out, written, 4);
  append_number(out, key_version, 1);
  append_number(out, std::uint32_t(encryption), 2);
  append_counted(out, key);
  append_number(out, key_version, 4);
  return {principal, kPrincipalName, written, key_version, encryption, Secret(key), sealed(out)};
}

KeytabRecord copy_of(const KeytabRecord& record) {
  return {record.principal,
          record.name_type,
          record.written,
          record.key_version,
          record.encryption,
          Secret(record.key.reveal()),
          Secret(record.bytes.reveal())};
}

std::optional<KeytabRecords> parse_keytab(std::string_view bytes) {
  if (bytes.size() < kHead.size() || bytes[0] != 5 || (bytes[1] != 1 && bytes[1] != 2)) return std::nullopt;
  KeytabRecords all;
  all.format = std::uint8_t(bytes[1]);
  std::size_t at = kHead.size();
  while (at < bytes.size()) {
    std::string_view rest = bytes.substr(at);
    if (rest.size() < kLengthBytes) {
      all.flaw = {.cut_off = true, .at = at};
      return all;
    }
    auto length = std::int64_t(std::int32_t(RecordReader(rest, all.format == 2).number(kLengthBytes)));
    if (length == 0) return all;
    rest.remove_prefix(kLengthBytes);
    auto size = std::size_t(length < 0 ? -length : length);
    if (length > 0 && size > rest.size()) {
      all.flaw = {.cut_off = true, .at = at};
      return all;
    }
    if (length < 0) {
      ++all.holes;
    } else if (auto record = parse_record(rest.substr(0, size), all.format)) {
      all.records.push_back(*std::move(record));
    } else {
      all.flaw = {.cut_off = false, .at = at};
      return all;
    }
    at += kLengthBytes + size;
  }
  return all;
}

Secret keytab_bytes(std::span<const KeytabRecord> records) {
  std::size_t size = kHead.size();
  for (const KeytabRecord& record : records) size += kLengthBytes + record.bytes.reveal().size();
  std::string out;
  out.reserve(size);
  out += kHead;
  for (const KeytabRecord& record : records) {
    append_number(out, std::uint32_t(record.bytes.reveal().size()), kLengthBytes);
    out += record.bytes.reveal();
  }
  return sealed(out);
}

std::expected<KeytabRecords, Fault> read_keytab_records(const std::string& file) {
  std::optional<Fault> fault = check_keytab_form(file).fault;
  if (fault && fault->code != "kerberos.keytab-cut" && fault->code != "kerberos.keytab-empty")
    return std::unexpected(*std::move(fault));
  Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat about{};
  if (opened.number() < 0 || ::fstat(opened.number(), &about) != 0) return cannot_read(file, errno);
  if (about.st_size > kMostFileBytes) return cannot_read(file, EFBIG);
  if (about.st_size == 0) return KeytabRecords();
  WipedBytes bytes{std::string(std::size_t(about.st_size), '\0')};
  ssize_t count = ::pread(opened.number(), bytes.text.data(), bytes.text.size(), 0);
  if (count != about.st_size) return cannot_read(file, count < 0 ? errno : EIO);
  std::optional<KeytabRecords> all = parse_keytab(bytes.text);
  if (!all) return cannot_read(file, EINVAL);
  return *std::move(all);
}

Fault fault_of(const KeytabFlaw& flaw, const std::string& file) {
  if (flaw.cut_off) {
    return {"kerberos.keytab-cut",
            {cat("the keytab ", file, " is cut off in the entry at byte ", flaw.at),
             cat("die Keytab ", file, " ist im Eintrag bei Byte ", flaw.at, " abgeschnitten")},
            {"copy it again, in binary mode, under another name, then rename it",
             "noch einmal binär unter anderem Namen kopieren, dann umbenennen"}};
  }
  return {"kerberos.keytab-form",
          {cat("the keytab ", file, " is damaged in the entry at byte ", flaw.at),
           cat("die Keytab ", file, " ist im Eintrag bei Byte ", flaw.at, " beschädigt")},
          {"fetch it again, or make it anew", "sie noch einmal holen oder neu erzeugen"}};
}

}  // namespace pforte::kerberos
