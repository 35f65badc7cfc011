#include "app/keytab_plan.h"

#include <algorithm>
#include <utility>

#include "app/keytab_kdc.h"
#include "base/printable.h"
#include "base/text.h"
#include "kerberos/encryption.h"

namespace pforte::app {
namespace {

void warn(const KeytabCall& call, const Message& what, const Message& remedy) {
  call.warn({kDone, {printable(what.en), printable(what.de)}, remedy});
}

// The next after those that the file has of the principal, else 1.
std::uint32_t next_version(const std::string& file, const kerberos::Principal& principal) {
  auto present = kerberos::read_keytab_records(file);
  std::uint32_t newest = 0;
  if (!present) return 1;
  for (const kerberos::KeytabRecord& record : present->records) {
    if (record.principal == principal) newest = std::max(newest, record.key_version);
  }
  return newest + 1;
}

// Another salt than the KDC's makes a key that opens nothing.
void take_salt(const KeytabCall& call, const KdcAccount& told, bool given, KeyPlan& plan) {
  std::string salt = told.salt_or_default();
  if (given && salt != plan.salt) {
    warn(call,
         {cat("the KDC salts with \"", salt, "\", not with \"", plan.salt, "\"; that of the KDC is taken"),
          cat("das KDC salzt mit \"", salt, "\", nicht mit \"", plan.salt, "\"; genommen wird das des KDC")},
         {"correct --salt or --account", "--salt oder --account berichtigen"});
  }
  plan.salt = std::move(salt);
  plan.parameters = told.parameters;
}

void take_encryptions(const KeytabCall& call, const KdcAccount& told, bool given, KeyPlan& plan) {
  if (!given && !told.encryptions.empty()) {
    plan.encryptions = told.encryptions;
    return;
  }
  for (int encryption : plan.encryptions) {
    if (kerberos::is_weak(encryption)) continue;
    if (std::ranges::find(told.encryptions, encryption) != told.encryptions.end()) continue;
    std::string name = kerberos::encryption_name(encryption);
    warn(call,
         {cat("the KDC has no key of ", name, " for ", told.client.to_text()),
          cat("das KDC hat für ", told.client.to_text(), " keinen Schlüssel von ", name)},
         {"enable it for the account and set its password again, or leave it out of --encryption",
          "sie für das Konto einschalten und das Passwort neu setzen, oder bei --encryption weglassen"});
  }
}

void take_version(const KeytabCall& call, std::optional<std::uint32_t> told, bool given, KeyPlan& plan) {
  if (!told) return;
  if (given && *told != plan.key_version) {
    warn(call,
         {cat("the KDC uses key version ", *told, ", not ", plan.key_version),
          cat("das KDC verwendet die Schlüsselversion ", *told, ", nicht ", plan.key_version)},
         {"leave --kvno out to take that of the KDC", "--kvno weglassen, um die des KDC zu nehmen"});
  }
  if (given) return;
  plan.key_version = *told;
  plan.is_assumed = false;
}

}  // namespace

Answer<std::vector<KeyPlan>> plans_for(const KeytabCall& call, const KeysToMake& keys, const Secret& password) {
  std::vector<KeyPlan> plans;
  for (const kerberos::Principal& principal : keys.recipe.principals) {
    KeyPlan plan{.principal = principal,
                 .encryptions = keys.recipe.encryptions,
                 .salt = keys.recipe.salt_for(principal),
                 .parameters = {},
                 .key_version = keys.key_version ? *keys.key_version : next_version(keys.recipe.file, principal),
                 .is_assumed = !keys.key_version};
    if (asks_kdc(call.line)) {
      KdcAccount told = TRY(kdc_account(call.line, principal, keys.recipe.account));
      std::optional<std::uint32_t> version = TRY(kdc_key_version(told, principal, password));
      take_salt(call, told, keys.recipe.salt || keys.recipe.account, plan);
      take_encryptions(call, told, keys.encryptions_given, plan);
      take_version(call, version, keys.key_version.has_value(), plan);
    }
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace pforte::app
