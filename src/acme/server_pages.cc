#include "acme/server_pages.h"

#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/time.h"

namespace pforte::acme {
namespace {

using Document = nlohmann::ordered_json;

std::string_view word_of(State state) {
  constexpr std::array<std::string_view, 6> kWords = {"pending", "processing", "ready", "valid", "invalid", "expired"};
  return kWords[static_cast<std::size_t>(state)];
}

Document challenge_of(const ServerProof& proof, const std::string& base) {
  Document document;
  document["type"] = "http-01";
  document["url"] = cat(base, "/challenge/", proof.id);
  document["status"] = word_of(proof.state);
  document["token"] = proof.token;
  if (proof.state == State::Invalid) {
    document["error"]["type"] = cat("urn:ietf:params:acme:error:", proof.problem.type);
    document["error"]["detail"] = proof.problem.detail;
  }
  return document;
}

// What others have said may be no UTF-8.
std::string dumped(const Document& document) {
  return document.dump(-1, ' ', false, Document::error_handler_t::replace);
}

}  // namespace

ServerAnswer json_page(int status, std::string body) {
  ServerAnswer answer;
  answer.status = status;
  answer.fields = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  answer.body = std::move(body);
  return answer;
}

ServerAnswer problem_page(int status, std::string_view type, std::string_view detail) {
  Document document;
  document["type"] = cat("urn:ietf:params:acme:error:", type);
  document["detail"] = detail;
  document["status"] = status;
  ServerAnswer answer = json_page(status, dumped(document));
  answer.fields[0].second = "application/problem+json";
  return answer;
}

std::string order_document(const ServerOrder& order, const std::vector<ServerProof>& proofs, const std::string& base) {
  Document document;
  document["status"] = word_of(order.state);
  document["expires"] = rfc3339(order.expires);
  for (const std::string& name : order.names)
    document["identifiers"].push_back(Document{{"type", "dns"}, {"value", name}});
  for (const ServerProof& proof : proofs) {
    document["authorizations"].push_back(cat(base, "/authorization/", proof.id));
    if (proof.state == State::Invalid) document["error"] = challenge_of(proof, base)["error"];
  }
  document["finalize"] = cat(base, "/finalize/", order.id);
  if (order.state == State::Valid) document["certificate"] = cat(base, "/certificate/", order.id);
  return dumped(document);
}

std::string proof_document(const ServerProof& proof, Time expires, const std::string& base) {
  Document document;
  // An authorization knows no state in between (7.1.6).
  document["status"] = word_of(proof.state == State::Processing ? State::Pending : proof.state);
  document["expires"] = rfc3339(expires);
  document["identifier"] = Document{{"type", "dns"}, {"value", proof.name}};
  document["challenges"].push_back(challenge_of(proof, base));
  return dumped(document);
}

std::string challenge_document(const ServerProof& proof, const std::string& base) {
  return dumped(challenge_of(proof, base));
}

std::string renewal_document(Time not_before, Time not_after, bool revoked) {
  Time from = revoked ? not_before : not_after - (not_after - not_before) / 3;
  Document document;
  document["suggestedWindow"]["start"] = rfc3339(from);
  document["suggestedWindow"]["end"] = rfc3339(from + (not_after - not_before) / 30 + std::chrono::seconds(1));
  return dumped(document);
}

}  // namespace pforte::acme
