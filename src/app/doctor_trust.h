#pragma once

#include "app/doctor_call.h"

namespace pforte::app {

// `pforte doctor trust STORE`.
Answer<void> add_trust_store(const DoctorCall& call, const std::string& store, Examinations& examinations);

}  // namespace pforte::app
