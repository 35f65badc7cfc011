#pragma once

#include "app/doctor_call.h"

namespace pforte::app {

// `pforte doctor url URL` and `pforte doctor path HOST:PORT`: from this machine, through --via where it is given.
Answer<void> add_url(const DoctorCall& call, const std::string& url, Examinations& examinations);
Answer<void> add_host_port(const DoctorCall& call, const std::string& host_port, Examinations& examinations);

}  // namespace pforte::app
