#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "app/contact_query.h"
#include "contact/contact.h"
#include "contact/ring.h"

namespace pforte::app {

// What the ring has of somebody.
struct ContactFinding {
  static constexpr std::size_t kMostKept = 1000;

  std::deque<contact::Contact> contacts;        // the newest, in the order in which they were written down
  std::uint64_t count = 0;                      // of all, also of those that were only counted
  std::uint64_t failures = 0;                   // of these
  std::uint64_t counted = 0;                    // of these: not written down one by one
  std::uint64_t by_doctor = 0;                  // of these: our own examinations
  bool by_host = false;                         // some of these asked for the host
  std::optional<contact::Time> before;          // the last one before the time that is looked at
  std::uint64_t lost = 0;                       // contacts of anybody that could not be written down in that time
  std::uint64_t counted_of_others = 0;          // of others, or of who knows whom, that were not written one by one
  net::Address busiest;                         // of whom most of these are
  std::vector<net::Address> alike;              // where a login with the same mark was refused, perhaps another one
  std::optional<contact::Contact> last_of_all;  // of anybody
  contact::RingOutline ring;
  std::string config;  // the file that --config named, which commands to go on with name as well; empty: none
};

// Whether something is to be put right about it: it failed, or whoever tried to sign in was not let in.
bool is_at_fault(const contact::Contact& contact);
// Whether it tells how this client fares: neither a look at the port nor a connection in reserve, nor our own doctor.
bool is_decisive(const contact::Contact& contact);

// The last that is decisive; none: there is no such.
const contact::Contact* decisive(const ContactFinding& finding);

// When it was: of several, the last one.
contact::Time time_of(const contact::Contact& contact);

// The address by which clients are told apart: the one that a proxy told, else the client's.
const net::Address& client_of(const contact::Contact& contact);

// How each client fares of those that were asked for, by its last contact that is decisive; the latest last.
struct Fares {
  std::vector<const contact::Contact*> well;
  std::vector<const contact::Contact*> badly;
  std::size_t count() const { return well.size() + badly.size(); }
};
Fares fares_of(const ContactFinding& finding);

// Whether it works: for the one who was asked for, or for at least half of the clients of a host or range. None:
// nothing tells.
std::optional<bool> works(const ContactQuery& query, const ContactFinding& finding);
// The contact that shows it: the last decisive one of those that fare so.
const contact::Contact* telling(const ContactQuery& query, const ContactFinding& finding);
// Whether many clients may be meant, none of whose failures stands for all.
bool is_about_many(const ContactQuery& query, const ContactFinding& finding);

// Reads the file. What lies before `since` is only seen as `before`. Fails as contact::read_ring() does.
Result<ContactFinding> find_contacts(const std::string& file, const ContactQuery& query, contact::Time since);

}  // namespace pforte::app
