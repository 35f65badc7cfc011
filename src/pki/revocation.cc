#include "pki/revocation.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "base/time.h"
#include "pki/object_id.h"

namespace pforte::pki {
namespace {

// Signers of lists whose own status is told by lists with other signers.
constexpr std::size_t kMostSignersUnderWay = 8;

bool is_ca(const Certificate& certificate) {
  return certificate.basic_constraints && certificate.basic_constraints->ca;
}

bool is_malformed(const Crl& crl) {
  return crl.version != 2 || !crl.this_update || !crl.next_update || crl.unusual_times;
}

bool is_place(const GeneralName& name) {
  return name.form == NameForm::Uri || name.form == NameForm::Directory;
}

bool is_same_name(const GeneralName& a, const GeneralName& b) {
  return a.form == b.form && (a.form == NameForm::Directory ? a.directory == b.directory : a.value == b.value);
}

// Whether both have a name in common. Names that are no places make them unfit (RFC 5280, 4.2.1.13).
bool meet(const std::vector<GeneralName>& a, const std::vector<GeneralName>& b) {
  if (!std::ranges::all_of(a, is_place) || !std::ranges::all_of(b, is_place)) return false;
  return std::ranges::any_of(a, [&](const GeneralName& one) {
    return std::ranges::any_of(b, [&](const GeneralName& other) { return is_same_name(one, other); });
  });
}

bool names(const std::vector<GeneralName>& all, const DistinguishedName& directory) {
  return std::ranges::any_of(
      all, [&](const GeneralName& name) { return name.form == NameForm::Directory && name.directory == directory; });
}

// Numbers in DER, neither negative.
bool is_less(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

const DistinguishedName& issuer_of(const RevokedCertificate& entry, const Crl& crl) {
  return entry.issuer ? *entry.issuer : crl.issuer;
}

bool same_scope(const Crl& a, const Crl& b) {
  if (a.point.has_value() != b.point.has_value()) return false;
  if (!a.point) return true;
  const IssuingDistributionPoint &x = *a.point, &y = *b.point;
  return x.only_user == y.only_user && x.only_ca == y.only_ca && x.indirect == y.indirect && x.reasons == y.reasons &&
         std::ranges::equal(x.names, y.names, is_same_name);
}

}  // namespace

Revocation::Revocation(const Question& question, const CertificatePool& pool, SignatureChecks& signatures)
    : question_(question),
      pool_(pool),
      signatures_(signatures),
      responses_(question.responses, question.wanted, signatures) {
  for (const Crl* crl : question.crls) take(*crl);
}

void Revocation::take(const Crl& crl) {
  if (is_malformed(crl)) return set_aside_.push_back(&crl);
  List& list = lists_.emplace_back();
  list.crl = &crl;
  for (const RevokedCertificate& entry : crl.revoked) list.entries.push_back(&entry);
  std::ranges::sort(list.entries, {}, &RevokedCertificate::serial);
  list.fault = fault_of(list);
}

// What forbids to use the list for anything (RFC 5280, 5.2 and 5.3).
Message Revocation::fault_of(const List& list) const {
  const Crl& crl = *list.crl;
  auto number = std::ranges::find(crl.extensions, oid::kCrlNumber, &Extension::id);
  if (number == crl.extensions.end() || number->critical)
    return {"its cRLNumber is missing or critical", "ihre cRLNumber fehlt oder ist kritisch"};
  for (const Extension& extension : crl.extensions) {
    if (!extension.malformed && (extension.known || !extension.critical)) continue;
    std::string name = extension_text(extension.id);
    return {cat("its extension ", name, " is unknown or unreadable"),
            cat("ihre Erweiterung ", name, " ist unbekannt oder unlesbar")};
  }
  if (crl.unknown_critical_entry)
    return {"an entry has an unknown critical extension", "ein Eintrag hat eine unbekannte kritische Erweiterung"};
  auto twice = std::ranges::adjacent_find(list.entries, [&](const RevokedCertificate* a, const RevokedCertificate* b) {
    return a->serial == b->serial && issuer_of(*a, crl) == issuer_of(*b, crl);
  });
  if (twice != list.entries.end()) return {"it has a serial number twice", "eine Seriennummer steht zweimal darin"};
  Instant at = question_.wanted.at;
  if (at < *crl.this_update || at > *crl.next_update) {
    std::string span = cat(rfc3339(*crl.this_update), " .. ", rfc3339(*crl.next_update));
    return {cat("it is for another time: ", span), cat("sie ist für eine andere Zeit: ", span)};
  }
  if (crl.signature.outer_differs) return {"it names two algorithms", "sie nennt zwei Algorithmen"};
  bool sha1 = crl.signature.digest == Digest::Sha1 && crl.signature.key != KeyType::Dsa;
  if (sha1 || crl.signature.digest == Digest::Broken)
    return {cat("it is signed with ", crl.signature.name), cat("sie ist signiert mit ", crl.signature.name)};
  if (question_.profile == Profile::WebPki && crl.point && crl.point->indirect)
    return {"it is indirect (BR 7.2.2.1)", "sie ist indirekt (BR 7.2.2.1)"};
  return {};
}

void Revocation::check(const Path& path, Findings& findings) {
  for (const Crl* crl : set_aside_) {
    findings.add("crl.unusable", *path.front(),
                 {cat(crl->source, ": version, thisUpdate or nextUpdate is not as it must be"),
                  cat(crl->source, ": Version, thisUpdate oder nextUpdate ist nicht, wie es sein muss")});
  }
  if (question_.crls.empty() && question_.responses.empty()) return;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) check_one(*path[i], *path[i + 1], path, findings);
}

void Revocation::check_one(const Certificate& certificate, const Certificate& issuer, const Path& path,
                           Findings& findings) {
  Status listed = asked_of_lists(certificate, path);
  const OcspTold& told = responses_.about(certificate, issuer);
  if (listed.revoked || told.revoked) {
    std::string when = rfc3339(listed.revoked ? listed.revoked->when : *told.revoked);
    return findings.add("cert.revoked", certificate, {cat("on ", when), cat("am ", when)});
  }
  bool by_list = !question_.crls.empty(), by_response = !question_.responses.empty();
  bool must_be_told = by_list || (by_response && &certificate == &question_.leaf);
  if (!must_be_told || told.good || listed.reasons == kAllReasons) return;
  Message why = by_list ? listed.why_unknown : told.why_unknown;
  if (by_list && by_response) why = {cat(why.en, "; ", told.why_unknown.en), cat(why.de, "; ", told.why_unknown.de)};
  findings.add("cert.revocation-unknown", certificate, std::move(why));
}

Revocation::Status Revocation::asked_of_lists(const Certificate& certificate, const Path& path) {
  bool is_first = under_way_.size() < kMostSignersUnderWay && under_way_.insert(&certificate).second;
  Status status;
  status.why_unknown = {cat("there is none of ", certificate.issuer.text()),
                        cat("es gibt keine von ", certificate.issuer.text())};
  if (!is_first) return status;
  if (certificate.distribution_points) {
    for (const DistributionPoint& point : *certificate.distribution_points) ask(certificate, point, path, status);
  }
  DistributionPoint issuer;
  issuer.names = {{NameForm::Directory, {}, certificate.issuer}};
  if (!status.revoked) ask(certificate, issuer, path, status);
  under_way_.erase(&certificate);
  return status;
}

// Section 6.3.3 (b) to (l), for one distribution point and all lists.
void Revocation::ask(const Certificate& certificate, const DistributionPoint& point, const Path& path, Status& status) {
  for (const List& list : lists_) {
    const Crl& crl = *list.crl;
    bool of_issuer = point.crl_issuer.empty() ? crl.issuer == certificate.issuer : names(point.crl_issuer, crl.issuer);
    if (status.revoked || !of_issuer || crl.delta_base) continue;
    auto refuse = [&](const Message& why) {
      status.why_unknown = {cat(crl.source, ": ", why.en), cat(crl.source, ": ", why.de)};
    };
    if (!list.fault.en.empty()) {
      refuse(list.fault);
      continue;
    }
    if (std::optional<Message> why = misfit(certificate, point, list)) {
      refuse(*why);
      continue;
    }
    std::uint16_t reasons = point.reasons & (crl.point ? crl.point->reasons.value_or(kAllReasons) : kAllReasons);
    const Certificate* signer = signer_of(crl, path);
    if (!signer) {
      refuse({"nobody who may has signed it", "niemand, der es darf, hat sie signiert"});
      continue;
    }
    const List* delta = delta_of(crl, *signer);
    const RevokedCertificate* change = delta ? find(*delta, certificate) : nullptr;
    bool taken_back = change && change->reason == kRemovedFromCrl;
    if (!taken_back) status.revoked = change ? change : find(list, certificate);
    status.reasons |= reasons;
    if (reasons != kAllReasons) refuse({"it does not speak of all reasons", "sie spricht nicht von allen Gründen"});
  }
}

// Why the list does not speak of the certificate, by section 6.3.3 (b). None: it does.
std::optional<Message> Revocation::misfit(const Certificate& certificate, const DistributionPoint& point,
                                          const List& list) const {
  const std::optional<IssuingDistributionPoint>& of_list = list.crl->point;
  if (!point.crl_issuer.empty() && !(of_list && of_list->indirect))
    return Message{"it is not indirect", "sie ist nicht indirekt"};
  if (!of_list) return std::nullopt;
  const std::vector<GeneralName>& places = point.names.empty() ? point.crl_issuer : point.names;
  if (!of_list->names.empty() && !meet(of_list->names, places))
    return Message{"it is of another distribution point", "sie gehört zu einem anderen Verteilpunkt"};
  bool other_kind = (of_list->only_user && is_ca(certificate)) || (of_list->only_ca && !is_ca(certificate)) ||
                    of_list->only_attribute;
  if (other_kind) return Message{"it is of other kinds of certificates", "sie ist für andere Arten von Zertifikaten"};
  return std::nullopt;
}

// Section 6.3.3 (f) and (g). The path's own certificates have been judged with it.
const Certificate* Revocation::signer_of(const Crl& crl, const Path& path) {
  auto may = [&](const Certificate* signer) { return !signer->key_usage || (*signer->key_usage & CrlSign) != 0; };
  std::span<const Certificate* const> named = pool_.with_subject(crl.issuer);
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (path[i]->subject == crl.issuer && may(path[i]) && signatures_.hold(crl, *path[i])) return path[i];
  }
  for (const Certificate* signer : named) {
    if (may(signer) && signatures_.hold(crl, *signer) && is_signer_valid(*signer, path)) return signer;
  }
  return nullptr;
}

// Whether there is a path from the signer to the same anchor.
bool Revocation::is_signer_valid(const Certificate& signer, const Path& path) {
  if (&signer == path.back()) return true;
  bool self_vouching = under_way_.contains(&signer);
  if (self_vouching || under_way_.size() >= kMostSignersUnderWay) return false;
  Wanted wanted{question_.wanted.at, Purpose::Any, {}};
  Findings of_signer(question_.profile);
  check_certificate(signer, Role::Leaf, wanted, of_signer);
  SearchFor search{signer, of_signer, wanted, question_.max_depth, question_.profile};
  PathSearch paths(search, pool_, signatures_, [&](const Path& found, Findings& findings) {
    if (found.back()->der != path.back()->der) findings.add("cert.issuer-unknown", *found.back());
    check(found, findings);
  });
  return paths.find().has_value();
}

// A list of changes that completes the other one (RFC 5280, 5.2.4).
const Revocation::List* Revocation::delta_of(const Crl& crl, const Certificate& signer) {
  const List* latest = nullptr;
  for (const List& list : lists_) {
    const Crl& delta = *list.crl;
    bool fits = delta.delta_base && list.fault.en.empty() && delta.issuer == crl.issuer && same_scope(delta, crl) &&
                !is_less(*crl.number, *delta.delta_base) && is_less(*crl.number, *delta.number);
    bool later = fits && (!latest || is_less(*latest->crl->number, *delta.number));
    if (later && signatures_.hold(delta, signer)) latest = &list;
  }
  return latest;
}

const RevokedCertificate* Revocation::find(const List& list, const Certificate& certificate) {
  auto same_serial = std::ranges::equal_range(list.entries, certificate.serial, {}, &RevokedCertificate::serial);
  auto found = std::ranges::find_if(
      same_serial, [&](const RevokedCertificate* entry) { return issuer_of(*entry, *list.crl) == certificate.issuer; });
  return found == same_serial.end() ? nullptr : *found;
}

}  // namespace pforte::pki
