// Makes SPNEGO tokens for a service, as a browser with a Kerberos ticket sends them, and prints each as a header field:
//
//   Authorization: Negotiate YIIC...
//
//   tokens HTTP@localhost 8000      the ticket is in the cache that KRB5CCNAME names
//
// A token can be used once, and for a few minutes: so make them just before they are needed. Like Chromium and Firefox
// it does not ask for mutual authentication.

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>
#include <openssl/evp.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

[[noreturn]] void stop(const std::string& why) {
  std::fputs(("tokens: " + why + "\n").c_str(), stderr);
  std::_Exit(2);
}

void check(OM_uint32 major, OM_uint32 minor, const std::string& call) {
  if (!GSS_ERROR(major)) return;
  OM_uint32 ignored = 0, more = 0;
  gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
  gss_display_status(&ignored, minor, GSS_C_MECH_CODE, GSS_C_NO_OID, &more, &text);
  stop(call + ": " + std::string(static_cast<char*>(text.value), text.length));
}

gss_name_t name_of(std::string service) {
  OM_uint32 minor = 0;
  gss_name_t name = GSS_C_NO_NAME;
  gss_buffer_desc text = {.length = service.size(), .value = service.data()};
  check(gss_import_name(&minor, &text, GSS_C_NT_HOSTBASED_SERVICE, &name), minor, "gss_import_name");
  return name;
}

gss_cred_id_t credential() {
  OM_uint32 minor = 0;
  gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
  OM_uint32 major = gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, GSS_C_NO_OID_SET, GSS_C_INITIATE,
                                     &credential, nullptr, nullptr);
  check(major, minor, "gss_acquire_cred");
  return credential;
}

std::string base64(const gss_buffer_desc& bytes) {
  std::string text((bytes.length + 2) / 3 * 4, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), static_cast<const unsigned char*>(bytes.value),
                  static_cast<int>(bytes.length));
  return text;
}

std::string token(gss_cred_id_t credential, gss_name_t service) {
  char spnego[] = "\x2b\x06\x01\x05\x05\x02";  // 1.3.6.1.5.5.2
  gss_OID_desc mechanism = {.length = sizeof(spnego) - 1, .elements = spnego};
  OM_uint32 minor = 0;
  gss_ctx_id_t context = GSS_C_NO_CONTEXT;
  gss_buffer_desc bytes = GSS_C_EMPTY_BUFFER;
  OM_uint32 major = gss_init_sec_context(&minor, credential, &context, service, &mechanism, 0, 0,
                                         GSS_C_NO_CHANNEL_BINDINGS, GSS_C_NO_BUFFER, nullptr, &bytes, nullptr, nullptr);
  check(major, minor, "gss_init_sec_context");
  std::string text = base64(bytes);
  gss_release_buffer(&minor, &bytes);
  gss_delete_sec_context(&minor, &context, GSS_C_NO_BUFFER);
  return text;
}

}  // namespace

int main(int count, char** words) {
  std::string_view number = count == 3 ? words[2] : "";
  unsigned wanted = 0;
  std::from_chars(number.data(), number.data() + number.size(), wanted);
  if (wanted == 0) stop("usage: tokens SERVICE@HOST COUNT");
  gss_name_t service = name_of(words[1]);
  gss_cred_id_t mine = credential();
  for (unsigned i = 0; i < wanted; ++i) std::puts(("Authorization: Negotiate " + token(mine, service)).c_str());
  return std::fflush(stdout) == 0 ? 0 : 2;
}
