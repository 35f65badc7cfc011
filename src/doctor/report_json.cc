#include <nlohmann/json.hpp>

#include "base/time.h"
#include "doctor/report.h"

namespace pforte::doctor {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Path& path, const Finding& finding, const Report& report, Language language) {
  Json clients = Json::array();
  for (pki::ClientKind kind : finding.clients) clients.push_back(pki::name_of(kind));
  Json evidence = Json::array();
  for (const Evidence& one : finding.evidence)
    evidence.push_back({{"name", one.name.in(language)}, {"value", one.value}});
  return {{"id", finding.check.id},
          {"level", name_of(finding.level)},
          {"hop", finding.hop},
          {"hop_name", path.hops()[finding.hop].name.in(language)},
          {"clients", std::move(clients)},
          {"seen", finding.seen.in(language)},
          {"why", finding.check.why.in(language)},
          {"source", finding.check.source},
          {"remedy", finding.remedy.in(language)},
          {"command", report.command_of(finding)},
          {"evidence", std::move(evidence)}};
}

Json text_or_null(std::string_view text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json json_of(const Path& path, const Report& report, Language language) {
  Json hops = Json::array();
  for (std::size_t hop = 0; hop < path.hops().size(); ++hop)
    hops.push_back({{"name", path.hops()[hop].name.in(language)},
                    {"reached", path.hops()[hop].reached},
                    {"worst", name_of(path.worst_of(hop))},
                    {"responsible", text_or_null(responsible_for(report.responsible, path.hops()[hop]))}});
  Json findings = Json::array();
  for (const Finding* finding : path.in_order()) findings.push_back(json_of(path, *finding, report, language));
  return {{"subject", path.subject()},
          {"drawn", drawn(path, language)},
          {"worst", name_of(path.worst())},
          {"hops", std::move(hops)},
          {"findings", std::move(findings)}};
}

}  // namespace

std::string report_json(const Report& report, Language language) {
  Json paths = Json::array();
  for (const Path* path : report.paths) paths.push_back(json_of(*path, report, language));
  Json document = {
      {"ok", report.worst() != Level::Error}, {"worst", name_of(report.worst())}, {"begun", rfc3339(report.begun)},
      {"took_ms", report.took.count()},       {"version", report.version},        {"paths", std::move(paths)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pforte::doctor
