#include "doctor/tls_hello.h"

#include <doctest/doctest.h>

#include "tls/doctor_mark.h"

using namespace pforte;
using namespace pforte::doctor;

TEST_CASE("a hello of ours has the doctor's mark at the beginning of its random, in every version") {
  constexpr std::size_t kRandom = 11;  // behind the headers of record and message, and the version
  for (TlsVersion version : {TlsVersion::Ssl3, TlsVersion::Tls10, TlsVersion::Tls12, TlsVersion::Tls13}) {
    ClientHello hello{.version = version, .suites = {0x1301, 0xc02f}};
    std::string one = to_bytes(hello);
    std::string other = to_bytes(hello);
    CHECK(one.substr(kRandom, tls::kDoctorMark.size()) == tls::kDoctorMark);
    CHECK(one.substr(kRandom, 32) != other.substr(kRandom, 32));
    CHECK(one.size() == other.size());
  }
}
