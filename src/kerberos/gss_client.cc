#include "kerberos/gss_client.h"

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include <array>
#include <string_view>

#include "base/text.h"

namespace pforte::kerberos {
namespace {

// What one exchange of a client needs of the library, given back at the end.
struct ClientState {
  ClientState() = default;
  ClientState(const ClientState&) = delete;
  ClientState& operator=(const ClientState&) = delete;
  ~ClientState() {
    OM_uint32 ignored = 0;
    gss_delete_sec_context(&ignored, &context, GSS_C_NO_BUFFER);
    gss_release_cred(&ignored, &credential);
    gss_release_name(&ignored, &name);
    gss_release_buffer(&ignored, &token);
  }

  gss_name_t name = GSS_C_NO_NAME;
  gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
  gss_ctx_id_t context = GSS_C_NO_CONTEXT;
  gss_buffer_desc token = GSS_C_EMPTY_BUFFER;
};

std::string mechanism_text(gss_OID mechanism, OM_uint32 minor) {
  OM_uint32 ignored = 0, more = 0;
  gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
  gss_display_status(&ignored, minor, GSS_C_MECH_CODE, mechanism, &more, &text);
  std::string copy(static_cast<const char*>(text.value), text.length);
  gss_release_buffer(&ignored, &text);
  return copy;
}

}  // namespace

Result<std::string> first_token(const std::string& cache, const std::string& service) {
  constexpr std::string_view kMechanism = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";
  gss_OID_desc krb5 = {OM_uint32(kMechanism.size()), const_cast<char*>(kMechanism.data())};
  gss_OID_set_desc mechanisms = {1, &krb5};
  std::array<gss_key_value_element_desc, 1> from = {{{"ccache", cache.c_str()}}};
  gss_key_value_set_desc store = {1, from.data()};
  gss_buffer_desc text = {service.size(), const_cast<char*>(service.data())};

  ClientState state;
  OM_uint32 minor = 0;
  OM_uint32 major = gss_import_name(&minor, &text, GSS_KRB5_NT_PRINCIPAL_NAME, &state.name);
  if (!GSS_ERROR(major))
    major = gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE, &store,
                                  &state.credential, nullptr, nullptr);
  if (!GSS_ERROR(major))
    major = gss_init_sec_context(&minor, state.credential, &state.context, state.name, &krb5, 0, 0,
                                 GSS_C_NO_CHANNEL_BINDINGS, GSS_C_NO_BUFFER, nullptr, &state.token, nullptr, nullptr);
  if (GSS_ERROR(major)) return fail(Kind::Unavailable, "kdc.error", mechanism_text(&krb5, minor));
  return std::string(static_cast<const char*>(state.token.value), state.token.length);
}

}  // namespace pforte::kerberos
