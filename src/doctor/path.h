#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/message.h"
#include "doctor/finding.h"

namespace pforte::doctor {

// A station of a communication path: "client", "gate", "proxy 10.0.0.1:3128", "crm.example.com".
struct Hop {
  Message name;
  bool reached = false;  // it was looked at; one behind a hop that failed is not
};

// A way from one end to the other, hop by hop, and what was found on it. Client and server of the examination are hops
// as well, so that there are at least two; whoever examines appends what it learns about. Secrets in what it is told
// are masked at once, see redaction.h.
class Path {
 public:
  // `subject` is what the administrator would type for it: "https://crm.example.com/".
  Path(std::string_view subject, std::vector<Hop> hops);

  const std::string& subject() const { return subject_; }
  const std::vector<Hop>& hops() const { return hops_; }

  // Its place among the hops.
  std::size_t append(const Message& name);
  // Puts one before the hop `before`, for a station that shows itself only on the way: later hops and what was told of
  // them move on by one.
  void insert(std::size_t before, const Message& name);
  void reach(std::size_t hop);

  // Whether anything was told of it, good or bad: one passes by whoever examines, and by what nobody asks.
  bool is_looked_at(std::size_t hop) const;

  // Takes a finding; its hop counts as reached.
  void tell(Finding finding);

  // By hop, on a hop the worst first, then in the order in which they were told.
  std::vector<const Finding*> in_order() const;
  // The first error of in_order(): where the path breaks. Null when it does not.
  const Finding* first_error() const;

  // The worst of all; Ok when nothing was told.
  Level worst() const;
  Level worst_of(std::size_t hop) const;

 private:
  std::string subject_;
  std::vector<Hop> hops_;
  std::vector<Finding> findings_;
};

// "client → gate ✓ → proxy ✗ → m365": ✓ all is well there, ! a warning, ✗ an error, nothing where nothing was looked
// at.
std::string drawn(const Path& path, Language language);

}  // namespace pforte::doctor
