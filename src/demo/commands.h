#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "demo/people.h"

namespace pforte::demo {

struct Stage;

// Lines for a shell, to be pasted one after the other.
using Lines = std::vector<std::string>;

// Asks for a path of the demo's gate: "app.localhost/webclient".
Lines ask(const Stage& stage, std::string_view options, std::string_view host_and_path);
// Fetches somebody's ticket from the KDC.
Lines fetch_ticket(const Stage& stage, const Person& person);
// Asks with it.
Lines ask_with_ticket(const Stage& stage, const Person& person, std::string_view host_and_path);
// Fills in the login form, keeps the session's cookie, and says who has signed in.
Lines sign_in_by_form(const Stage& stage, const Person& person);
// A command of pforte to the running demo.
Lines operate(const Stage& stage, std::string_view command);
// The doctor, of all paths, of one URL, and of a client.
Lines examine(const Stage& stage);
// A browser with a profile of its own and somebody's ticket, if there are tickets.
Lines open_chromium(const Stage& stage, const Person& person);
Lines open_firefox(const Stage& stage, const Person& person);

}  // namespace pforte::demo
