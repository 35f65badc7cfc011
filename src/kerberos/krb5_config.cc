#include "kerberos/krb5_config.h"

#include <fcntl.h>
#include <krb5/krb5.h>
#include <profile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

#include "base/text.h"
#include "conf/document.h"
#include "kerberos/krb5_file.h"

namespace pforte::kerberos {
namespace {

constexpr std::string_view kStrong =
    "aes256-cts-hmac-sha384-192 aes128-cts-hmac-sha256-128 aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96";
constexpr std::string_view kWeak = "des3-cbc-sha1 arcfour-hmac-md5";

std::optional<std::string> file_to_copy(const KerberosConfig& config) {
  std::error_code why;
  if (config.config) return std::filesystem::absolute(config.config->value, why).string();
  if (std::filesystem::is_regular_file(kSystemKrb5File, why)) return std::string(kSystemKrb5File);
  return std::nullopt;
}

// A copy: the library reads again whenever it likes, and a file that somebody is just writing would keep everybody out.
Result<std::string> contents_of(const std::string& file) {
  conf::Problems problems;
  std::optional<std::string> text = conf::read_file(file, problems);
  // What stands there before its first section is nobody's, and must not come to be in ours.
  if (text) return cat("[pforte]\n# From ", file, ":\n", *text, '\n');
  return fail(Kind::Invalid, "kerberos.krb5-config", cat(file, " cannot be read"));
}

// The list of encryption types, where the file's own must not stand: it would refuse what is allowed by name, or
// everything that is in use today.
std::optional<std::string> permitted_encryption(const KerberosConfig& config, const std::string& file) {
  conf::Problems problems;
  Krb5File read = file.empty() ? Krb5File() : check_krb5_file({file, {}}, problems);
  const Krb5Relation* list = read.find({"libdefaults", "permitted_enctypes"});
  bool hopeless =
      list && list->value.find("aes") == std::string::npos && list->value.find("DEFAULT") == std::string::npos;
  if (config.allow_rc4.empty() && !hopeless) return std::nullopt;
  std::string permitted(list && !hopeless ? std::string_view(list->value) : kStrong);
  if (!config.allow_rc4.empty()) permitted += cat(' ', kWeak);
  return permitted;
}

std::string text_for(const KerberosConfig& config, const std::string& file, std::string_view contents) {
  std::string text = "# Written by pforte at start and at every reload. Changes belong into the file it copies.\n";
  text += "[libdefaults]\n";
  if (config.clock_skew) text += cat("  clockskew = ", config.clock_skew->count(), '\n');
  if (std::optional<std::string> permitted = permitted_encryption(config, file))
    text += cat("  permitted_enctypes = ", *permitted, '\n');
  // Asked for by MIT krb5 1.21 and later.
  if (!config.allow_rc4.empty()) text += "  allow_rc4 = true\n  allow_des3 = true\n";
  return cat(text, contents);
}

Result<> write_file(const std::string& file, const std::string& text) {
  int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  bool written = opened >= 0 && ::fchmod(opened, 0600) == 0;
  if (written) written = ::write(opened, text.data(), text.size()) == ssize_t(text.size());
  int why = errno;
  if (opened >= 0) ::close(opened);
  if (written) return {};
  return fail(Kind::Unavailable, "kerberos.krb5-write", cat(file, ": ", std::generic_category().message(why)));
}

Result<> check_readable(const std::string& file) {
  std::string why = library_complaint(file);
  if (why.empty()) return {};
  return fail(Kind::Invalid, "kerberos.krb5-config", cat("the Kerberos library cannot read its configuration: ", why));
}

void set(const char* name, const std::string& value) {
  ::setenv(name, value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): at start, before there are threads
}

}  // namespace

void point_library_at(const std::string& state_dir) {
  std::error_code why;
  std::string folder = std::filesystem::absolute(state_dir, why).string();
  set("KRB5_CONFIG", folder + "/krb5.conf");
  set("KRB5CCNAME", "MEMORY:pforte");
  set("KRB5_KTNAME", "MEMORY:pforte-none");
  set("KRB5_CLIENT_KTNAME", "MEMORY:pforte-none");
  set("KRB5RCACHENAME", "none:");
}

Result<> use_krb5_config(const KerberosConfig& config, const std::string& state_dir) {
  if (config.config && config.config->value.find_first_of("\r\n") != std::string::npos)
    return fail(Kind::Invalid, "kerberos.krb5-config", "the name of the krb5.conf has a line end in it");
  std::string file = state_dir + "/krb5.conf", next = file + ".new";
  std::string source = file_to_copy(config).value_or(""), contents;
  if (!source.empty()) {
    TRY(check_readable(source));
    contents = TRY(contents_of(source));
  }
  TRY(write_file(next, text_for(config, source, contents)));
  Result<> readable = check_readable(next);
  if (!readable) {
    ::unlink(next.c_str());
    return readable;
  }
  if (std::rename(next.c_str(), file.c_str()) != 0)
    return fail(Kind::Unavailable, "kerberos.krb5-write", cat(file, ": ", std::generic_category().message(errno)));
  return {};
}

std::chrono::seconds clock_skew_in_force() {
  constexpr std::chrono::seconds kDefault = std::chrono::minutes(5);
  krb5_context context = nullptr;
  if (krb5_init_context(&context) != 0) return kDefault;
  std::chrono::seconds skew = kDefault;
  profile_t profile = nullptr;
  char* text = nullptr;
  krb5_deltat seconds = 0;
  if (krb5_get_profile(context, &profile) == 0) {
    if (profile_get_string(profile, "libdefaults", "clockskew", nullptr, nullptr, &text) == 0 && text &&
        krb5_string_to_deltat(text, &seconds) == 0)
      skew = std::chrono::seconds(seconds);
    profile_release_string(text);
    profile_release(profile);
  }
  krb5_free_context(context);
  return skew;
}

}  // namespace pforte::kerberos
