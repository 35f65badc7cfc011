#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "app/doctor_call.h"
#include "doctor/destination.h"
#include "doctor/name_facts.h"
#include "doctor/path_examination.h"

namespace pforte::app {

// What holds for all paths of one `pforte doctor`: this machine's names, and what the options say.
struct PathView {
  doctor::NameFacts names;
  doctor::Judges judges;  // by --trust and --as
  std::optional<doctor::Proxy> via;
};

// A path may take this many times as long as one answer.
inline constexpr int kStepsOfPath = 12;

// --timeout: the longest wait for one answer.
Answer<std::chrono::milliseconds> step_time_in(const CommandLine& line);

// Makes the system's resolver give up on a name server after `step`, so that no lookup outlives the examination. Before
// there are threads.
void bound_name_lookups(std::chrono::milliseconds step);

// Made at the first call, then the same.
Answer<std::shared_ptr<const PathView>> path_view_of(const DoctorCall& call);

// What somebody wrote is none: exit status 2.
Complaint complaint_of(const doctor::Unread& unread);

}  // namespace pforte::app
