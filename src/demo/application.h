#pragma once

#include "http/exchange.h"

namespace pforte::demo {

// The application behind the demo's gate: a page that shows who is signed in and what it received, in German or
// English, and the same as JSON. It has three contexts, of which the demo's gate lets two through, and it finds them as
// Tomcat does: path parameters are cut off and dot segments resolved. So whoever asks it directly reaches /management
// through /webclient/..;/management.
//
// It keeps nothing: one can serve any number of connections and threads.
class DemoApplication final : public http::Service {
 public:
  net::Task<> serve(http::Exchange& exchange) override;
  net::Task<> refuse(http::Exchange& exchange, http::Refusal refusal) override;
};

}  // namespace pforte::demo
