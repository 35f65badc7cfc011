#include "kerberos/gss.h"

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "base/text.h"

namespace pforte::kerberos {
namespace {

constexpr std::string_view kSpnegoBytes = "\x2b\x06\x01\x05\x05\x02";
constexpr std::string_view kKrb5Bytes = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";

// A buffer that the library has filled.
class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() {
    OM_uint32 ignored = 0;
    gss_release_buffer(&ignored, &buffer_);
  }
  gss_buffer_t out() { return &buffer_; }
  std::string_view view() const { return {static_cast<const char*>(buffer_.value), buffer_.length}; }

 private:
  gss_buffer_desc buffer_ = GSS_C_EMPTY_BUFFER;
};

struct ReleaseName {
  void operator()(gss_name_struct* name) const {
    OM_uint32 ignored = 0;
    gss_release_name(&ignored, &name);
  }
};
using Name = std::unique_ptr<gss_name_struct, ReleaseName>;

// GSSAPI's structures have no const.
gss_OID_desc oid_over(std::string_view bytes) {
  return {OM_uint32(bytes.size()), const_cast<char*>(bytes.data())};
}

gss_buffer_desc buffer_over(std::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};
}

std::string text_of(OM_uint32 major, OM_uint32 minor) {
  gss_OID_desc krb5 = oid_over(kKrb5Bytes);
  std::string text;
  OM_uint32 ignored = 0, more = 0;
  Buffer outer, inner;
  if (gss_display_status(&ignored, major, GSS_C_GSS_CODE, GSS_C_NO_OID, &more, outer.out()) == GSS_S_COMPLETE)
    text = outer.view();
  more = 0;
  if (minor != 0 && gss_display_status(&ignored, minor, GSS_C_MECH_CODE, &krb5, &more, inner.out()) == GSS_S_COMPLETE)
    text += cat(text.empty() ? "" : ": ", inner.view());
  return text;
}

std::string text_of_name(gss_name_t name) {
  OM_uint32 minor = 0;
  Buffer text;
  if (gss_display_name(&minor, name, text.out(), nullptr) != GSS_S_COMPLETE) return {};
  return std::string(text.view());
}

// Of the PAC, if there is one and its signature was verified.
std::optional<LogonInfo> logon_of(gss_name_t name) {
  constexpr std::string_view kLogonInfo = "urn:mspac:logon-info";
  OM_uint32 minor = 0;
  int authenticated = 0, complete = 0, more = -1;
  gss_buffer_desc attribute = buffer_over(kLogonInfo);
  Buffer value, shown;
  OM_uint32 major =
      gss_get_name_attribute(&minor, name, &attribute, &authenticated, &complete, value.out(), shown.out(), &more);
  if (major != GSS_S_COMPLETE || authenticated == 0) return std::nullopt;
  return read_logon_info(value.view());
}

// The last number of an object identifier, X.690, 8.19.
int last_arc(std::string_view oid) {
  int arc = 0;
  for (char c : oid) {
    auto byte = std::uint8_t(c);
    arc = ((arc & 0xffff) << 7) | (byte & 0x7f);
    bool ends = (byte & 0x80) == 0;
    if (ends && &c != &oid.back()) arc = 0;
  }
  return arc;
}

int session_encryption_of(gss_ctx_id_t context) {
  OM_uint32 minor = 0;
  gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
  if (gss_inquire_sec_context_by_oid(&minor, context, GSS_C_INQ_SSPI_SESSION_KEY, &set) != GSS_S_COMPLETE) return 0;
  int encryption = 0;
  if (set->count == 2) {
    encryption = last_arc({static_cast<const char*>(set->elements[1].value), set->elements[1].length});
    explicit_bzero(set->elements[0].value, set->elements[0].length);
  }
  gss_release_buffer_set(&minor, &set);
  return encryption;
}

}  // namespace

void ReleaseCredential::operator()(gss_cred_id_struct* credential) const {
  OM_uint32 ignored = 0;
  gss_release_cred(&ignored, &credential);
}

void DeleteContext::operator()(gss_ctx_id_struct* context) const {
  OM_uint32 ignored = 0;
  gss_delete_sec_context(&ignored, &context, GSS_C_NO_BUFFER);
}

Result<Credential> acquire_credential(const std::string& principal, const std::string& keytab) {
  OM_uint32 minor = 0;
  gss_buffer_desc text = buffer_over(principal);
  gss_name_t imported = GSS_C_NO_NAME;
  OM_uint32 major = GSS_S_COMPLETE;
  if (!principal.empty()) major = gss_import_name(&minor, &text, GSS_KRB5_NT_PRINCIPAL_NAME, &imported);
  Name name(imported);
  gss_cred_id_t acquired = GSS_C_NO_CREDENTIAL;
  if (major == GSS_S_COMPLETE) {
    gss_OID_desc mechanisms[] = {oid_over(kSpnegoBytes), oid_over(kKrb5Bytes)};
    gss_OID_set_desc set = {2, mechanisms};
    gss_key_value_element_desc from[] = {{"keytab", keytab.c_str()}, {"rcache", "none:"}};
    gss_key_value_set_desc store = {2, from};
    major = gss_acquire_cred_from(&minor, imported, GSS_C_INDEFINITE, &set, GSS_C_ACCEPT, &store, &acquired, nullptr,
                                  nullptr);
  }
  if (major == GSS_S_COMPLETE) return Credential(acquired);
  return fail(Kind::Unavailable, "kerberos.keytab", text_of(major, minor));
}

Result<> store_forwarded(const Credential& forwarded, const std::string& file) {
  // It is one of krb5. With another mechanism, or without a cache by name, the library would turn to the default cache
  // of this process: somebody else's tickets.
  gss_OID_desc krb5 = oid_over(kKrb5Bytes);
  std::string cache = cat("FILE:", file);
  gss_key_value_element_desc into[] = {{"ccache", cache.c_str()}};
  gss_key_value_set_desc store = {1, into};
  constexpr OM_uint32 kOverwrite = 1, kAsDefault = 0;
  OM_uint32 minor = 0;
  OM_uint32 major = gss_store_cred_into(&minor, forwarded.get(), GSS_C_INITIATE, &krb5, kOverwrite, kAsDefault, &store,
                                        nullptr, nullptr);
  if (major == GSS_S_COMPLETE) return {};
  return fail(Kind::Unavailable, "kerberos.ticket-cache", cat(file, " cannot be written: ", text_of(major, minor)));
}

Step accept_leg(Context& context, const Credential& credential, std::string_view token, std::string_view binding,
                Credential* forwarded) {
  gss_channel_bindings_struct bindings{};
  bindings.application_data = buffer_over(binding);
  gss_buffer_desc in = buffer_over(token);
  gss_ctx_id_t held = context.release();
  gss_name_t source = GSS_C_NO_NAME;
  gss_cred_id_t with_it = GSS_C_NO_CREDENTIAL;
  OM_uint32 minor = 0, flags = 0, lifetime = 0;
  Buffer answer;
  OM_uint32 major = gss_accept_sec_context(&minor, &held, credential.get(), &in,
                                           binding.empty() ? GSS_C_NO_CHANNEL_BINDINGS : &bindings, &source, nullptr,
                                           answer.out(), &flags, &lifetime, forwarded ? &with_it : nullptr);
  context.reset(held);
  if (with_it) forwarded->reset(with_it);
  Name client(source);

  Step step;
  step.answer = answer.view();
  if (GSS_ERROR(major) != 0) {
    step.wrong_binding = GSS_ROUTINE_ERROR(major) == GSS_S_BAD_BINDINGS;
    step.reason = text_of(major, minor);
    return step;
  }
  if ((major & GSS_S_CONTINUE_NEEDED) != 0) {
    step.outcome = Step::Outcome::GoesOn;
    return step;
  }
  step.outcome = Step::Outcome::Complete;
  step.client = text_of_name(client.get());
  step.anonymous = (flags & GSS_C_ANON_FLAG) != 0;
  step.bound = (flags & GSS_C_CHANNEL_BOUND_FLAG) != 0;
  step.lifetime = std::chrono::seconds(lifetime);
  step.session_encryption = session_encryption_of(context.get());
  step.logon = logon_of(client.get());
  return step;
}

}  // namespace pforte::kerberos
