#include "pki/certificate_text.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "pki/object_id.h"
#include "pki/peer_name.h"

namespace pforte::pki {
namespace {

using Name = std::pair<std::string_view, std::string_view>;

constexpr auto kCurves = std::to_array<Name>({{"prime256v1", "P-256"}, {"secp384r1", "P-384"}, {"secp521r1", "P-521"}});

constexpr auto kPurposes = std::to_array<Name>({
    {oid::kAnyPurpose, "anyExtendedKeyUsage"},
    {oid::kServer, "serverAuth"},
    {oid::kClient, "clientAuth"},
    {oid::kCodeSigning, "codeSigning"},
    {oid::kMailProtection, "emailProtection"},
    {oid::kTimeStamping, "timeStamping"},
    {oid::kOcspSigning, "OCSPSigning"},
});

template <std::size_t kCount>
std::string_view word_for(std::string_view key, const std::array<Name, kCount>& names) {
  auto found = std::ranges::find(names, key, &Name::first);
  return found == names.end() ? std::string_view() : found->second;
}

std::string text_of(const GeneralName& name) {
  switch (name.form) {
    case NameForm::Dns:
      return cat("dns:", name.value);
    case NameForm::Mail:
      return cat("email:", name.value);
    case NameForm::Uri:
      return cat("uri:", name.value);
    case NameForm::Ip: {
      std::string address = address_text(name.value);
      return cat("ip:", address.empty() ? to_hex(name.value) : address);
    }
    case NameForm::Directory:
      return cat("dir:", name.directory.text());
    default:
      return cat("other:", to_hex(name.value));
  }
}

}  // namespace

std::string key_text(const KeyFacts& key) {
  switch (key.type) {
    case KeyType::Rsa:
      return cat("RSA ", key.bits);
    case KeyType::Dsa:
      return cat("DSA ", key.bits);
    case KeyType::Ec: {
      std::string_view curve = word_for(key.curve, kCurves);
      return cat("EC ", curve.empty() ? key.curve : curve);
    }
    case KeyType::Edwards:
      return key.bits > 256 ? "Ed448" : "Ed25519";
    case KeyType::Unreadable:
      return "unreadable";
    default:
      return cat(key.bits, " bit");
  }
}

std::vector<std::string> key_usage_names(std::uint16_t usage) {
  constexpr std::string_view kNames[] = {"digitalSignature", "contentCommitment", "keyEncipherment",
                                         "dataEncipherment", "keyAgreement",      "keyCertSign",
                                         "cRLSign",          "encipherOnly",      "decipherOnly"};
  std::vector<std::string> names;
  for (std::size_t bit = 0; bit < std::size(kNames); ++bit) {
    if ((usage >> bit & 1) != 0) names.emplace_back(kNames[bit]);
  }
  return names;
}

std::vector<std::string> purpose_names(const ObjectIds& purposes) {
  std::vector<std::string> names;
  for (const std::string& id : purposes) {
    std::string_view name = word_for(id, kPurposes);
    names.push_back(name.empty() ? id_text(id) : std::string(name));
  }
  return names;
}

std::vector<std::string> name_texts(const std::vector<GeneralName>& names) {
  std::vector<std::string> texts;
  texts.reserve(names.size());
  for (const GeneralName& name : names) texts.push_back(text_of(name));
  return texts;
}

std::vector<std::string> list_addresses(const Certificate& certificate) {
  std::vector<std::string> addresses;
  if (!certificate.distribution_points) return addresses;
  for (const DistributionPoint& point : *certificate.distribution_points) {
    for (const GeneralName& name : point.names) {
      if (name.form == NameForm::Uri) addresses.push_back(name.value);
    }
  }
  return addresses;
}

}  // namespace pforte::pki
