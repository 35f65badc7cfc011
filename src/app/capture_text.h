#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "app/complaint.h"
#include "base/message.h"

namespace pforte::app {

// What `pforte capture` says of what the gate has told it.

// That it has begun, until when, and what it does not see.
std::string capture_began_text(const nlohmann::ordered_json& beginning, Language language);

// What is in the file, why it ended, and how the file is to be treated; where nothing came, how to ask after `whom`, a
// client or a host, who may be empty.
std::string capture_ended_text(const nlohmann::ordered_json& end, const std::string& file, const std::string& whom,
                               Language language);

// Why the gate did not begin: by the status and the document of its answer.
Complaint capture_refused(int status, const nlohmann::ordered_json& answer);

// The gate has gone before it told the end.
Complaint capture_cut_off();

// It was left before the gate had ended it.
Complaint capture_left();

}  // namespace pforte::app
