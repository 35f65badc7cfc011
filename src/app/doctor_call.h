#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/command_line.h"
#include "app/complaint.h"
#include "app/streams.h"
#include "doctor/setting.h"

namespace pforte::app {

struct PathView;
struct ServedHere;

// What subjects of one call share, made by the first that needs it.
struct DoctorShared {
  std::shared_ptr<const PathView> paths = {};
  std::shared_ptr<const ServedHere> served = {};
};

// `pforte doctor ...`, as it was typed, and where its checks run.
struct DoctorCall {
  const CommandLine& line;
  Streams streams;
  const doctor::Setting& setting;
  DoctorShared& shared;
};

// What is examined.
using Examinations = std::vector<doctor::Examination>;

// Appends the examinations of one subject: `argument` is what stands behind its word, "crm.example.com" behind "site",
// or empty where that may be missing and is. What is unreadable is a complaint, and nothing is examined.
using AddSubject = Answer<void> (*)(const DoctorCall& call, const std::string& argument, Examinations& examinations);

}  // namespace pforte::app
