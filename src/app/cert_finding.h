#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/message.h"
#include "pki/rule.h"

// Parts of what `pforte cert` prints. What certificates say of themselves must neither steer the terminal nor pass for
// a line of ours.

namespace pforte::app {

// A certificate without a subject is known by its names.
std::string subject_text(const pki::Certificate& certificate);

// RFC 3339; empty where there is none.
std::string time_text(const std::optional<pki::Instant>& time);

// Two lines: what is wrong with which certificate by which rule, and what to do about it.
std::string rule_finding_text(const pki::Finding& finding, Language language);

nlohmann::ordered_json rule_finding_json(const pki::Finding& finding, Language language);
nlohmann::ordered_json rule_findings_json(const std::vector<pki::Finding>& findings, Language language);

// A document on several lines.
std::string document_text(const nlohmann::ordered_json& document);

}  // namespace pforte::app
