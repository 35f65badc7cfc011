#include "pki/openssl_verdict.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <chrono>

#include "pki/decoded.h"

namespace pforte::pki {
namespace {

using Store = crypto::Owned<X509_STORE, X509_STORE_free>;
using Context = crypto::Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using Stack = crypto::Owned<STACK_OF(X509), [](STACK_OF(X509) * stack) { sk_X509_free(stack); }>;

constexpr int kSecurityLevel = 2;

X509* x509_of(const Certificate& certificate) {
  return certificate.decoded->x509.get();
}

int code_of(NameForm form) {
  if (form == NameForm::Ip) return X509_V_ERR_IP_ADDRESS_MISMATCH;
  return form == NameForm::Mail ? X509_V_ERR_EMAIL_MISMATCH : X509_V_ERR_HOSTNAME_MISMATCH;
}

bool has_name_for_openssl(X509& leaf, const PeerName& name) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(name.value.data());
  if (name.form == NameForm::Ip) return X509_check_ip(&leaf, bytes, name.value.size(), 0) == 1;
  if (name.form == NameForm::Mail) return X509_check_email(&leaf, name.value.data(), name.value.size(), 0) == 1;
  return X509_check_host(&leaf, name.value.data(), name.value.size(), 0, nullptr) == 1;
}

// OpenSSL takes one name of each kind; of several, the first alone is its own.
void ask_for(const PeerName& name, X509_VERIFY_PARAM& parameters) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(name.value.data());
  if (name.form == NameForm::Ip) X509_VERIFY_PARAM_set1_ip(&parameters, bytes, name.value.size());
  if (name.form == NameForm::Mail) X509_VERIFY_PARAM_set1_email(&parameters, name.value.data(), name.value.size());
  if (name.form == NameForm::Dns) X509_VERIFY_PARAM_set1_host(&parameters, name.value.data(), name.value.size());
}

OpenSslVerdict verdict_of(int error, int depth) {
  if (error == X509_V_OK) return {};
  return {error, std::size_t(depth < 0 ? 0 : depth), X509_verify_cert_error_string(error)};
}

}  // namespace

OpenSslVerdict judge_by_openssl(const Question& question, std::span<const Certificate* const> sent, bool partial) {
  Store store(X509_STORE_new());
  for (const Certificate* anchor : question.trusted) X509_STORE_add_cert(store.get(), x509_of(*anchor));
  Stack untrusted(sk_X509_new_null());
  for (const Certificate* certificate : sent) sk_X509_push(untrusted.get(), x509_of(*certificate));
  Context context(X509_STORE_CTX_new());
  X509& leaf = *x509_of(question.leaf);
  if (X509_STORE_CTX_init(context.get(), store.get(), &leaf, untrusted.get()) != 1)
    return verdict_of(X509_V_ERR_OUT_OF_MEM, 0);
  bool client = question.wanted.purpose == Purpose::Client;
  X509_STORE_CTX_set_default(context.get(), client ? "ssl_client" : "ssl_server");
  X509_VERIFY_PARAM& parameters = *X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_auth_level(&parameters, kSecurityLevel);
  X509_VERIFY_PARAM_set_time(&parameters, std::chrono::system_clock::to_time_t(question.wanted.at));
  if (partial) X509_VERIFY_PARAM_set_flags(&parameters, X509_V_FLAG_PARTIAL_CHAIN);
  if (!question.wanted.names.empty()) ask_for(question.wanted.names.front(), parameters);
  X509_verify_cert(context.get());
  OpenSslVerdict verdict =
      verdict_of(X509_STORE_CTX_get_error(context.get()), X509_STORE_CTX_get_error_depth(context.get()));
  for (const PeerName& name : question.wanted.names) {
    if (verdict.error == X509_V_OK && !has_name_for_openssl(leaf, name)) verdict = verdict_of(code_of(name.form), 0);
  }
  ERR_clear_error();
  return verdict;
}

}  // namespace pforte::pki
