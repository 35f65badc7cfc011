#pragma once

#include "app/doctor_call.h"

namespace pforte::app {

// `pforte doctor kerberos [SPN]`: everything that signing in by tickets rests on, or that of one service:
// HTTP/crm.example.com, with or without its realm. Of what the configuration names.
Answer<void> add_kerberos(const DoctorCall& call, const std::string& service, Examinations& examinations);

// The same of everything, where the configuration has [kerberos]: a part of `pforte doctor` alone.
Answer<void> add_configured_kerberos(const DoctorCall& call, Examinations& examinations);

// `pforte doctor keytab FILE`: what can be told of a keytab without a KDC.
Answer<void> add_keytab(const DoctorCall& call, const std::string& file, Examinations& examinations);

}  // namespace pforte::app
