#include "kerberos/keytab_file.h"

#include <fcntl.h>
#include <krb5/krb5.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/file_access.h"
#include "base/german.h"
#include "base/shell_word.h"
#include "base/text.h"

namespace pforte::kerberos {
namespace {

// A file descriptor with one owner.
class File {
 public:
  explicit File(const std::string& file) : file_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (file_ >= 0) ::close(file_);
  }
  bool is_open() const { return file_ >= 0; }
  bool stat(struct stat& into) const { return ::fstat(file_, &into) == 0; }

  // Exactly `size` bytes from there.
  bool read_at(std::int64_t offset, void* into, std::size_t size) const {
    return ::pread(file_, into, size, offset) == ssize_t(size);
  }

 private:
  int file_;
};

Fault missing(const std::string& file) {
  return {"kerberos.keytab-missing",
          {cat("the keytab ", file, " is not there"), cat("die Keytab ", file, " gibt es nicht")},
          {"copy it there; it is used from then on, without a restart",
           "dorthin kopieren; sie gilt von da an, ohne Neustart"}};
}

Fault unreadable(const std::string& file, int number) {
  std::string why = std::generic_category().message(number);
  std::string user = user_name(::geteuid());
  struct stat about{};
  bool reached = ::stat(file.c_str(), &about) == 0;
  std::string owner = reached ? user_name(about.st_uid) : "";
  std::string of = owner.empty() ? "" : cat(", and it belongs to ", owner);
  std::string von = owner.empty() ? "" : cat("; sie gehört ", owner);
  std::string word = shell_word(file), mode = cat("chmod 600 ", word);
  Message own = for_gate_user(cat("sudo chown ", user_word(::geteuid()), " ", word, " && sudo ", mode));
  if (reached && about.st_uid == ::geteuid()) own = forbidden_otherwise(about).value_or(Message{mode, mode});
  return {"kerberos.keytab-denied",
          {cat("the keytab ", file, " cannot be read by the user ", user, of, " (", why, ")"),
           cat("der Benutzer ", user, " darf die Keytab ", file, " nicht lesen", von, " (", german_or_same(why), ")")},
          reached ? own : remedy_for_denied(file, user)};
}

Fault no_keytab(const std::string& file) {
  return {"kerberos.keytab-form",
          {cat(file, " is no keytab"), cat(file, " ist keine Keytab")},
          {"make it with ktpass on the domain controller or with ktutil; it begins with the bytes 05 02",
           "mit ktpass auf dem Domänencontroller oder mit ktutil erzeugen; sie beginnt mit den Bytes 05 02"}};
}

Fault cut_off(const std::string& file, std::int64_t offset) {
  return {"kerberos.keytab-cut",
          {cat("the keytab ", file, " is cut off in the entry at byte ", offset),
           cat("die Keytab ", file, " ist im Eintrag bei Byte ", offset, " abgeschnitten")},
          {"copy it again, in binary mode, under another name, then rename it",
           "noch einmal binär unter anderem Namen kopieren, dann umbenennen"}};
}

Fault empty(const std::string& file) {
  return {"kerberos.keytab-empty",
          {cat("the keytab ", file, " holds no key"), cat("die Keytab ", file, " enthält keinen Schlüssel")},
          {"write the key of the service into it with ktpass or ktutil",
           "den Schlüssel des Dienstes mit ktpass oder ktutil hineinschreiben"}};
}

std::int32_t signed_number(const std::array<unsigned char, 4>& bytes, bool big_endian) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = (number << 8) | bytes[big_endian ? i : 3 - i];
  return std::int32_t(number);
}

// Goes from length to length.
KeytabForm walk(const std::string& name, const File& file, std::int64_t size) {
  KeytabForm form;
  std::array<unsigned char, 2> version{};
  if (!file.read_at(0, version.data(), 2) || version[0] != 5 || version[1] < 1 || version[1] > 2) {
    form.fault = no_keytab(name);
    return form;
  }
  std::int64_t at = 2;
  while (at < size) {
    std::array<unsigned char, 4> bytes{};
    std::int64_t length = 0;
    bool whole = file.read_at(at, bytes.data(), bytes.size());
    if (whole) length = signed_number(bytes, version[1] == 2);
    if (whole && length == 0) break;
    std::int64_t end = at + 4 + (length < 0 ? -length : length);
    // A hole at the end need not be there in full.
    if (!whole || (end > size && length > 0)) {
      form.fault = cut_off(name, at);
      return form;
    }
    if (length > 0) ++form.entries;
    at = end;
  }
  if (form.entries == 0) form.fault = empty(name);
  return form;
}

std::string_view view(const krb5_data& data) {
  return {data.data, data.length};
}

struct CloseKeytab {
  krb5_context library;
  void operator()(_krb5_kt* keytab) const { krb5_kt_close(library, keytab); }
};

}  // namespace

void FreeLibrary::operator()(_krb5_context* library) const {
  krb5_free_context(library);
}

Library open_library() {
  krb5_context library = nullptr;
  return krb5_init_context(&library) == 0 ? Library(library) : nullptr;
}

std::string library_text(_krb5_context* library, int code) {
  const char* text = krb5_get_error_message(library, code);
  std::string copy = text;
  krb5_free_error_message(library, text);
  return copy;
}

Principal principal_of(const krb5_principal_data& name) {
  Principal principal;
  for (krb5_int32 i = 0; i < name.length; ++i) principal.components.emplace_back(view(name.data[i]));
  if (principal.components.empty()) principal.components.emplace_back();
  principal.realm = view(name.realm);
  return principal;
}

std::chrono::system_clock::time_point time_of_entry(const krb5_keytab_entry& entry) {
  return std::chrono::system_clock::from_time_t(std::uint32_t(entry.timestamp));
}

KeytabForm check_keytab_form(const std::string& name) {
  errno = 0;
  File file(name);
  struct stat about{};
  if (!file.is_open()) return {errno == ENOENT || errno == ENOTDIR ? missing(name) : unreadable(name, errno), 0};
  if (!file.stat(about)) return {unreadable(name, errno), 0};
  if (!S_ISREG(about.st_mode)) return {no_keytab(name), 0};
  if (about.st_size == 0) return {empty(name), 0};
  return walk(name, file, about.st_size);
}

std::optional<Fault> visit_keytab(_krb5_context* library, const std::string& file,
                                  const std::function<void(krb5_keytab_entry_st&)>& visit) {
  KeytabForm form = check_keytab_form(file);
  if (form.entries == 0) return form.fault;
  krb5_keytab opened = nullptr;
  krb5_error_code code = krb5_kt_resolve(library, cat("FILE:", file).c_str(), &opened);
  if (code == 0) {
    std::unique_ptr<_krb5_kt, CloseKeytab> keytab(opened, {library});
    krb5_kt_cursor cursor{};
    code = krb5_kt_start_seq_get(library, opened, &cursor);
    if (code == 0) {
      krb5_keytab_entry entry{};
      for (std::size_t i = 0; i < form.entries && code == 0; ++i) {
        code = krb5_kt_next_entry(library, opened, &entry, &cursor);
        if (code != 0) break;
        visit(entry);
        krb5_free_keytab_entry_contents(library, &entry);
      }
      krb5_kt_end_seq_get(library, opened, &cursor);
    }
  }
  if (form.fault || code == 0) return form.fault;
  Fault odd = no_keytab(file);
  odd.what.en += cat(" that the library can read: ", library_text(library, code));
  odd.what.de += cat(", den die Bibliothek lesen kann: ", library_text(library, code));
  return odd;
}

}  // namespace pforte::kerberos
