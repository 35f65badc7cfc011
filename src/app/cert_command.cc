#include "app/cert_command.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/cert_details.h"
#include "app/cert_material.h"
#include "app/cert_question.h"
#include "app/cert_verdict.h"
#include "app/complaint.h"
#include "base/text.h"
#include "pki/client.h"
#include "pki/verify.h"

namespace pforte::app {
namespace {

using ClientVerdicts = std::vector<pki::ClientVerdict>;

std::unexpected<Complaint> is_missing(std::string_view option, std::string_view en, std::string_view de) {
  return std::unexpected(Complaint(kInvalidInput, {cat(option, " is missing"), cat(option, " fehlt")},
                                   {std::string(en), std::string(de)}));
}

void print_out(const Streams& streams, const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), streams.out);
}

ClientVerdicts judge_as_clients(const CertQuestion& asked, const pki::Question& question, std::size_t sent,
                                bool anchors_are_assumed) {
  ClientVerdicts verdicts;
  pki::ClientQuestion of_clients{question, std::span(question.untrusted).first(sent), anchors_are_assumed};
  for (pki::ClientKind kind : asked.clients)
    std::ranges::move(judge_as(kind, of_clients), std::back_inserter(verdicts));
  return verdicts;
}

bool all_trust(const ClientVerdicts& verdicts) {
  return std::ranges::all_of(verdicts, &pki::ClientVerdict::trusted);
}

Answer<int> verify_certificate(const CommandLine& line, const Streams& streams) {
  CertQuestion asked = TRY(read_cert_question(line, pki::Profile::Rfc5280));
  std::optional<std::string> chain = line.value_of("--chain");
  if (!chain)
    return is_missing("--chain", "name the file with the peer's certificate",
                      "die Datei mit dem Zertifikat der Gegenstelle nennen");
  if (line.values_of("--trust").empty())
    return is_missing("--trust", "name what is trusted: a file, a folder, or system",
                      "angeben, wem vertraut wird: eine Datei, ein Ordner oder system");
  Material material = TRY(read_material(line, streams, *chain));
  warn_of(material, line, streams);
  pki::Question question = material.question(asked);
  pki::Verdict verdict = pki::verify(question);
  ClientVerdicts clients = judge_as_clients(asked, question, material.sent, false);
  print_out(streams,
            line.json ? verdict_json(verdict, clients, line.language) : verdict_text(verdict, clients, line.language));
  return verdict.trusted && all_trust(clients) ? kDone : kDoesNotHold;
}

// Where nobody says who is trusted, it is the authorities on top of the file: then a client's verdict tells what is the
// matter with the certificates themselves.
void assume_anchors(const Material& material, pki::Question& question) {
  for (const pki::Certificate& certificate : material.certificates) {
    bool has_issuer = std::ranges::any_of(material.certificates, [&](const pki::Certificate& other) {
      return &other != &certificate && other.subject == certificate.issuer;
    });
    if (certificate.self_issued() || !has_issuer) question.trusted.push_back(&certificate);
  }
}

Answer<int> show_certificates(const CommandLine& line, const Streams& streams) {
  CertQuestion asked = TRY(read_cert_question(line, pki::Profile::Browser));
  Material material = TRY(read_material(line, streams, line.operand));
  warn_of(material, line, streams);
  pki::Question question = material.question(asked);
  bool assumed = line.values_of("--trust").empty();
  if (assumed) assume_anchors(material, question);
  ClientVerdicts clients = judge_as_clients(asked, question, material.sent, assumed);
  std::vector<CertDetails> details = details_of(std::span(material.certificates).first(material.sent), asked);
  print_out(streams,
            line.json ? details_json(details, clients, line.language) : details_text(details, clients, line.language));
  return all_trust(clients) ? kDone : kDoesNotHold;
}

}  // namespace

int run_cert_command(const CommandLine& line, const Streams& streams) {
  Answer<int> exit =
      line.command == Command::CertShow ? show_certificates(line, streams) : verify_certificate(line, streams);
  if (exit) return *exit;
  std::string text = to_text(exit.error(), line.language);
  std::fwrite(text.data(), 1, text.size(), streams.err);
  return exit.error().exit;
}

}  // namespace pforte::app
