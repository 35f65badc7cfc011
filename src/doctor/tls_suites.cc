#include "doctor/tls_suites.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text.h"

namespace pforte::doctor {
namespace {

struct Suite {
  std::uint16_t code;
  std::string_view name;  // without "TLS_"
};

// IANA, TLS Cipher Suites. Those with pre-shared keys, SRP, Kerberos and GOST are left out: without more than a hello
// no server takes them.
constexpr auto kNewSuites = std::to_array<Suite>({
    {0x1302, "AES_256_GCM_SHA384"},
    {0x1303, "CHACHA20_POLY1305_SHA256"},
    {0x1301, "AES_128_GCM_SHA256"},
    {0x1304, "AES_128_CCM_SHA256"},
    {0x1305, "AES_128_CCM_8_SHA256"},
});

constexpr auto kUsualSuites = std::to_array<Suite>({
    {0xc02c, "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
    {0xc030, "ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0x009f, "DHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0xcca9, "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xcca8, "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xccaa, "DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xc02b, "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
    {0xc02f, "ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0x009e, "DHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0x00a3, "DHE_DSS_WITH_AES_256_GCM_SHA384"},
    {0x00a2, "DHE_DSS_WITH_AES_128_GCM_SHA256"},
    {0xc024, "ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"},
    {0xc028, "ECDHE_RSA_WITH_AES_256_CBC_SHA384"},
    {0x006b, "DHE_RSA_WITH_AES_256_CBC_SHA256"},
    {0x006a, "DHE_DSS_WITH_AES_256_CBC_SHA256"},
    {0xc023, "ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
    {0xc027, "ECDHE_RSA_WITH_AES_128_CBC_SHA256"},
    {0x0067, "DHE_RSA_WITH_AES_128_CBC_SHA256"},
    {0x0040, "DHE_DSS_WITH_AES_128_CBC_SHA256"},
    {0xc00a, "ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
    {0xc014, "ECDHE_RSA_WITH_AES_256_CBC_SHA"},
    {0x0039, "DHE_RSA_WITH_AES_256_CBC_SHA"},
    {0x0038, "DHE_DSS_WITH_AES_256_CBC_SHA"},
    {0xc009, "ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
    {0xc013, "ECDHE_RSA_WITH_AES_128_CBC_SHA"},
    {0x0033, "DHE_RSA_WITH_AES_128_CBC_SHA"},
    {0x0032, "DHE_DSS_WITH_AES_128_CBC_SHA"},
    {0x009d, "RSA_WITH_AES_256_GCM_SHA384"},
    {0x009c, "RSA_WITH_AES_128_GCM_SHA256"},
    {0x003d, "RSA_WITH_AES_256_CBC_SHA256"},
    {0x003c, "RSA_WITH_AES_128_CBC_SHA256"},
    {0x0035, "RSA_WITH_AES_256_CBC_SHA"},
    {0x002f, "RSA_WITH_AES_128_CBC_SHA"},
    {0xc008, "ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"},
    {0xc012, "ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x0016, "DHE_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x0013, "DHE_DSS_WITH_3DES_EDE_CBC_SHA"},
    {0x000a, "RSA_WITH_3DES_EDE_CBC_SHA"},
    {0xc007, "ECDHE_ECDSA_WITH_RC4_128_SHA"},
    {0xc011, "ECDHE_RSA_WITH_RC4_128_SHA"},
    {0x0005, "RSA_WITH_RC4_128_SHA"},
    {0x0004, "RSA_WITH_RC4_128_MD5"},
    {0x0015, "DHE_RSA_WITH_DES_CBC_SHA"},
    {0x0012, "DHE_DSS_WITH_DES_CBC_SHA"},
    {0x0009, "RSA_WITH_DES_CBC_SHA"},
    {0x0014, "DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"},
    {0x0011, "DHE_DSS_EXPORT_WITH_DES40_CBC_SHA"},
    {0x0008, "RSA_EXPORT_WITH_DES40_CBC_SHA"},
    {0x0006, "RSA_EXPORT_WITH_RC2_CBC_40_MD5"},
    {0x0003, "RSA_EXPORT_WITH_RC4_40_MD5"},
    {0x0062, "RSA_EXPORT1024_WITH_DES_CBC_SHA"},
    {0x0064, "RSA_EXPORT1024_WITH_RC4_56_SHA"},
    {0xc018, "ECDH_anon_WITH_AES_128_CBC_SHA"},
    {0xc019, "ECDH_anon_WITH_AES_256_CBC_SHA"},
    {0xc017, "ECDH_anon_WITH_3DES_EDE_CBC_SHA"},
    {0xc016, "ECDH_anon_WITH_RC4_128_SHA"},
    {0xc015, "ECDH_anon_WITH_NULL_SHA"},
    {0x00a7, "DH_anon_WITH_AES_256_GCM_SHA384"},
    {0x00a6, "DH_anon_WITH_AES_128_GCM_SHA256"},
    {0x006d, "DH_anon_WITH_AES_256_CBC_SHA256"},
    {0x006c, "DH_anon_WITH_AES_128_CBC_SHA256"},
    {0x003a, "DH_anon_WITH_AES_256_CBC_SHA"},
    {0x0034, "DH_anon_WITH_AES_128_CBC_SHA"},
    {0x001b, "DH_anon_WITH_3DES_EDE_CBC_SHA"},
    {0x001a, "DH_anon_WITH_DES_CBC_SHA"},
    {0x0019, "DH_anon_EXPORT_WITH_DES40_CBC_SHA"},
    {0x0018, "DH_anon_WITH_RC4_128_MD5"},
    {0x0017, "DH_anon_EXPORT_WITH_RC4_40_MD5"},
    {0xc006, "ECDHE_ECDSA_WITH_NULL_SHA"},
    {0xc010, "ECDHE_RSA_WITH_NULL_SHA"},
    {0x003b, "RSA_WITH_NULL_SHA256"},
    {0x0002, "RSA_WITH_NULL_SHA"},
    {0x0001, "RSA_WITH_NULL_MD5"},
});

constexpr auto kUnusualSuites = std::to_array<Suite>({
    {0x0007, "RSA_WITH_IDEA_CBC_SHA"},
    {0x0096, "RSA_WITH_SEED_CBC_SHA"},
    {0x0099, "DHE_DSS_WITH_SEED_CBC_SHA"},
    {0x009a, "DHE_RSA_WITH_SEED_CBC_SHA"},
    {0x009b, "DH_anon_WITH_SEED_CBC_SHA"},
    {0x0041, "RSA_WITH_CAMELLIA_128_CBC_SHA"},
    {0x0044, "DHE_DSS_WITH_CAMELLIA_128_CBC_SHA"},
    {0x0045, "DHE_RSA_WITH_CAMELLIA_128_CBC_SHA"},
    {0x0046, "DH_anon_WITH_CAMELLIA_128_CBC_SHA"},
    {0x0084, "RSA_WITH_CAMELLIA_256_CBC_SHA"},
    {0x0087, "DHE_DSS_WITH_CAMELLIA_256_CBC_SHA"},
    {0x0088, "DHE_RSA_WITH_CAMELLIA_256_CBC_SHA"},
    {0x0089, "DH_anon_WITH_CAMELLIA_256_CBC_SHA"},
    {0x00ba, "RSA_WITH_CAMELLIA_128_CBC_SHA256"},
    {0x00bd, "DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256"},
    {0x00be, "DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256"},
    {0x00bf, "DH_anon_WITH_CAMELLIA_128_CBC_SHA256"},
    {0x00c0, "RSA_WITH_CAMELLIA_256_CBC_SHA256"},
    {0x00c3, "DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256"},
    {0x00c4, "DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256"},
    {0x00c5, "DH_anon_WITH_CAMELLIA_256_CBC_SHA256"},
    {0xc072, "ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256"},
    {0xc073, "ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384"},
    {0xc076, "ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256"},
    {0xc077, "ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384"},
    {0xc07a, "RSA_WITH_CAMELLIA_128_GCM_SHA256"},
    {0xc07b, "RSA_WITH_CAMELLIA_256_GCM_SHA384"},
    {0xc07c, "DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256"},
    {0xc07d, "DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384"},
    {0xc086, "ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256"},
    {0xc087, "ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384"},
    {0xc08a, "ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256"},
    {0xc08b, "ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384"},
    {0xc03c, "RSA_WITH_ARIA_128_CBC_SHA256"},
    {0xc03d, "RSA_WITH_ARIA_256_CBC_SHA384"},
    {0xc044, "DHE_RSA_WITH_ARIA_128_CBC_SHA256"},
    {0xc045, "DHE_RSA_WITH_ARIA_256_CBC_SHA384"},
    {0xc048, "ECDHE_ECDSA_WITH_ARIA_128_CBC_SHA256"},
    {0xc049, "ECDHE_ECDSA_WITH_ARIA_256_CBC_SHA384"},
    {0xc04c, "ECDHE_RSA_WITH_ARIA_128_CBC_SHA256"},
    {0xc04d, "ECDHE_RSA_WITH_ARIA_256_CBC_SHA384"},
    {0xc050, "RSA_WITH_ARIA_128_GCM_SHA256"},
    {0xc051, "RSA_WITH_ARIA_256_GCM_SHA384"},
    {0xc052, "DHE_RSA_WITH_ARIA_128_GCM_SHA256"},
    {0xc053, "DHE_RSA_WITH_ARIA_256_GCM_SHA384"},
    {0xc05c, "ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256"},
    {0xc05d, "ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384"},
    {0xc060, "ECDHE_RSA_WITH_ARIA_128_GCM_SHA256"},
    {0xc061, "ECDHE_RSA_WITH_ARIA_256_GCM_SHA384"},
    {0xc09c, "RSA_WITH_AES_128_CCM"},
    {0xc09d, "RSA_WITH_AES_256_CCM"},
    {0xc09e, "DHE_RSA_WITH_AES_128_CCM"},
    {0xc09f, "DHE_RSA_WITH_AES_256_CCM"},
    {0xc0a0, "RSA_WITH_AES_128_CCM_8"},
    {0xc0a1, "RSA_WITH_AES_256_CCM_8"},
    {0xc0a2, "DHE_RSA_WITH_AES_128_CCM_8"},
    {0xc0a3, "DHE_RSA_WITH_AES_256_CCM_8"},
    {0xc0ac, "ECDHE_ECDSA_WITH_AES_128_CCM"},
    {0xc0ad, "ECDHE_ECDSA_WITH_AES_256_CCM"},
    {0xc0ae, "ECDHE_ECDSA_WITH_AES_128_CCM_8"},
    {0xc0af, "ECDHE_ECDSA_WITH_AES_256_CCM_8"},
    {0x000c, "DH_DSS_WITH_DES_CBC_SHA"},
    {0x000d, "DH_DSS_WITH_3DES_EDE_CBC_SHA"},
    {0x0030, "DH_DSS_WITH_AES_128_CBC_SHA"},
    {0x0036, "DH_DSS_WITH_AES_256_CBC_SHA"},
    {0x003e, "DH_DSS_WITH_AES_128_CBC_SHA256"},
    {0x0068, "DH_DSS_WITH_AES_256_CBC_SHA256"},
    {0x00a4, "DH_DSS_WITH_AES_128_GCM_SHA256"},
    {0x00a5, "DH_DSS_WITH_AES_256_GCM_SHA384"},
    {0x000f, "DH_RSA_WITH_DES_CBC_SHA"},
    {0x0010, "DH_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x0031, "DH_RSA_WITH_AES_128_CBC_SHA"},
    {0x0037, "DH_RSA_WITH_AES_256_CBC_SHA"},
    {0x003f, "DH_RSA_WITH_AES_128_CBC_SHA256"},
    {0x0069, "DH_RSA_WITH_AES_256_CBC_SHA256"},
    {0x00a0, "DH_RSA_WITH_AES_128_GCM_SHA256"},
    {0x00a1, "DH_RSA_WITH_AES_256_GCM_SHA384"},
    {0xc001, "ECDH_ECDSA_WITH_NULL_SHA"},
    {0xc002, "ECDH_ECDSA_WITH_RC4_128_SHA"},
    {0xc003, "ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA"},
    {0xc004, "ECDH_ECDSA_WITH_AES_128_CBC_SHA"},
    {0xc005, "ECDH_ECDSA_WITH_AES_256_CBC_SHA"},
    {0xc025, "ECDH_ECDSA_WITH_AES_128_CBC_SHA256"},
    {0xc026, "ECDH_ECDSA_WITH_AES_256_CBC_SHA384"},
    {0xc02d, "ECDH_ECDSA_WITH_AES_128_GCM_SHA256"},
    {0xc02e, "ECDH_ECDSA_WITH_AES_256_GCM_SHA384"},
    {0xc00b, "ECDH_RSA_WITH_NULL_SHA"},
    {0xc00c, "ECDH_RSA_WITH_RC4_128_SHA"},
    {0xc00d, "ECDH_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0xc00e, "ECDH_RSA_WITH_AES_128_CBC_SHA"},
    {0xc00f, "ECDH_RSA_WITH_AES_256_CBC_SHA"},
    {0xc029, "ECDH_RSA_WITH_AES_128_CBC_SHA256"},
    {0xc02a, "ECDH_RSA_WITH_AES_256_CBC_SHA384"},
    {0xc031, "ECDH_RSA_WITH_AES_128_GCM_SHA256"},
    {0xc032, "ECDH_RSA_WITH_AES_256_GCM_SHA384"},
});

template <std::size_t kCount>
constexpr std::array<std::uint16_t, kCount> codes_of(const std::array<Suite, kCount>& suites) {
  std::array<std::uint16_t, kCount> codes{};
  std::ranges::transform(suites, codes.begin(), &Suite::code);
  return codes;
}

constexpr auto kNewCodes = codes_of(kNewSuites);
constexpr auto kUsualCodes = codes_of(kUsualSuites);
constexpr auto kUnusualCodes = codes_of(kUnusualSuites);

template <std::size_t kCount>
std::string_view find_name(const std::array<Suite, kCount>& suites, std::uint16_t code) {
  const auto* found = std::ranges::find(suites, code, &Suite::code);
  return found == suites.end() ? std::string_view() : found->name;
}

std::string_view short_name(std::uint16_t code) {
  for (std::string_view name :
       {find_name(kNewSuites, code), find_name(kUsualSuites, code), find_name(kUnusualSuites, code)}) {
    if (!name.empty()) return name;
  }
  return {};
}

struct CodePoint {
  std::uint16_t code;
  std::string_view name;
};

// IANA, TLS Supported Groups.
constexpr auto kGroupNames = std::to_array<CodePoint>({
    {16, "secp160r1"},
    {19, "secp192r1"},
    {21, "secp224r1"},
    {22, "secp256k1"},
    {23, "secp256r1"},
    {24, "secp384r1"},
    {25, "secp521r1"},
    {26, "brainpoolP256r1"},
    {27, "brainpoolP384r1"},
    {28, "brainpoolP512r1"},
    {29, "x25519"},
    {30, "x448"},
    {31, "brainpoolP256r1tls13"},
    {32, "brainpoolP384r1tls13"},
    {33, "brainpoolP512r1tls13"},
    {256, "ffdhe2048"},
    {257, "ffdhe3072"},
    {258, "ffdhe4096"},
    {259, "ffdhe6144"},
    {260, "ffdhe8192"},
    {0x11eb, "SecP256r1MLKEM768"},
    {0x11ec, "X25519MLKEM768"},
    {0x11ed, "SecP384r1MLKEM1024"},
});

// IANA, TLS SignatureScheme; of SHA-1 and MD5 as RFC 5246, 7.4.1.4.1 has them.
constexpr auto kSignatureNames = std::to_array<CodePoint>({
    {0x0101, "rsa_pkcs1_md5"},
    {0x0201, "rsa_pkcs1_sha1"},
    {0x0202, "dsa_sha1"},
    {0x0203, "ecdsa_sha1"},
    {0x0301, "rsa_pkcs1_sha224"},
    {0x0303, "ecdsa_sha224"},
    {0x0401, "rsa_pkcs1_sha256"},
    {0x0402, "dsa_sha256"},
    {0x0403, "ecdsa_secp256r1_sha256"},
    {0x0501, "rsa_pkcs1_sha384"},
    {0x0503, "ecdsa_secp384r1_sha384"},
    {0x0601, "rsa_pkcs1_sha512"},
    {0x0603, "ecdsa_secp521r1_sha512"},
    {0x0804, "rsa_pss_rsae_sha256"},
    {0x0805, "rsa_pss_rsae_sha384"},
    {0x0806, "rsa_pss_rsae_sha512"},
    {0x0807, "ed25519"},
    {0x0808, "ed448"},
    {0x0809, "rsa_pss_pss_sha256"},
    {0x080a, "rsa_pss_pss_sha384"},
    {0x080b, "rsa_pss_pss_sha512"},
});

std::string hexadecimal(std::uint16_t code) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "0x";
  for (int shift = 12; shift >= 0; shift -= 4) text += kDigits[code >> shift & 0xf];
  return text;
}

std::string name_or_number(std::span<const CodePoint> known, std::uint16_t code) {
  auto found = std::ranges::find(known, code, &CodePoint::code);
  return found == known.end() ? hexadecimal(code) : std::string(found->name);
}

}  // namespace

std::span<const std::uint16_t> suites_of_tls13() {
  return kNewCodes;
}

std::span<const std::uint16_t> usual_suites() {
  return kUsualCodes;
}

std::span<const std::uint16_t> unusual_suites() {
  return kUnusualCodes;
}

std::string suite_name(std::uint16_t code) {
  std::string_view name = short_name(code);
  return name.empty() ? hexadecimal(code) : cat("TLS_", name);
}

std::string group_name(std::uint16_t code) {
  return name_or_number(kGroupNames, code);
}

std::string scheme_name(std::uint16_t code) {
  return name_or_number(kSignatureNames, code);
}

bool is_forward_secret(std::uint16_t suite) {
  std::string_view name = short_name(suite);
  bool is_new = std::ranges::find(kNewCodes, suite) != kNewCodes.end();
  return is_new || name.starts_with("DHE_") || name.starts_with("ECDHE_") || name.contains("_anon_");
}

bool is_aead(std::uint16_t suite) {
  std::string_view name = short_name(suite);
  return name.contains("GCM") || name.contains("CCM") || name.contains("POLY1305");
}

Exchange exchange_of(std::uint16_t suite) {
  std::string_view name = short_name(suite);
  if (name.starts_with("DHE_") || name.starts_with("DH_anon_")) return Exchange::Dhe;
  if (name.starts_with("ECDHE_") || name.starts_with("ECDH_anon_")) return Exchange::Ecdhe;
  return Exchange::Other;
}

std::optional<SuiteFault> fault_of(std::uint16_t suite) {
  std::string_view name = short_name(suite);
  if (name.contains("_NULL_")) return SuiteFault::Null;
  if (name.contains("_anon_")) return SuiteFault::Anonymous;
  if (name.contains("EXPORT")) return SuiteFault::Export;
  if (name.contains("_RC4_")) return SuiteFault::Rc4;
  if (name.contains("_3DES_") || name.contains("_IDEA_")) return SuiteFault::ShortBlock;
  if (name.contains("_DES_")) return SuiteFault::Des;
  return std::nullopt;
}

}  // namespace pforte::doctor
