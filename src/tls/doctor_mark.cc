#include "tls/doctor_mark.h"

#include <cstdlib>

#include "base/text.h"

namespace pforte::tls {
namespace {

constexpr unsigned kIgnoredExtension = 0x5a5a;

// NOLINTNEXTLINE(readability-function-size): OpenSSL's
int give_mark(SSL* /*ssl*/, unsigned /*type*/, unsigned /*context*/, const unsigned char** bytes, std::size_t* size,
              X509* /*certificate*/, std::size_t /*index*/, int* /*alert*/, void* /*argument*/) {
  *bytes = reinterpret_cast<const unsigned char*>(kDoctorMark.data());
  *size = kDoctorMark.size();
  return 1;
}

}  // namespace

bool has_doctor_mark(std::string_view hello) {
  return hello.contains(kDoctorMark);
}

bool has_doctor_user_agent(std::string_view request) {
  return request.contains(cat("\r\nUser-Agent: ", kDoctorAgent, "\r\n"));
}

void send_doctor_mark(SSL_CTX* context) {
  int added = SSL_CTX_add_custom_ext(context, kIgnoredExtension, SSL_EXT_CLIENT_HELLO, give_mark, nullptr, nullptr,
                                     nullptr, nullptr);
  if (added != 1) std::abort();  // out of memory
}

}  // namespace pforte::tls
