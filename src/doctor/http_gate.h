#pragma once

#include "doctor/http_answer.h"
#include "doctor/http_teller.h"

namespace pforte::doctor {

// Of the answer to /.pforte/health, where Pforte is expected: whether it was Pforte that gave it.
void tell_whether_gate(HttpTeller& teller, const HttpAnswer& answer);

}  // namespace pforte::doctor
