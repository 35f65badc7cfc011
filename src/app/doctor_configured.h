#pragma once

#include "app/doctor_call.h"

namespace pforte::app {

// `pforte doctor site HOST`: from its clients through the gate to each server of its backend, as configured.
Answer<void> add_site(const DoctorCall& call, const std::string& host, Examinations& examinations);

// `pforte doctor` alone: all sites and passthroughs, each server once, and whom the gate itself asks or tells:
// directories, CAs, webhooks, mail servers.
Answer<void> add_everything(const DoctorCall& call, Examinations& examinations);

}  // namespace pforte::app
