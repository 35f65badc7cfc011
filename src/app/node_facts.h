#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/complaint.h"
#include "base/message.h"
#include "gate/config.h"

namespace pforte::app {

// What has to be alike on all nodes behind one name, so that people sign in alike at each of them: services and what
// keys they have, settings, lines of krb5.conf; by name, as text. Keys appear by version and encryption alone: whoever
// had as much as a digest of one could guess the password it was made from.
using NodeFacts = std::map<std::string, std::string>;

NodeFacts node_facts(const gate::Config& config);

// The facts in what `pforte check --json` printed on another node, at most 16 MiB. Says what is wrong with the file.
Answer<NodeFacts> read_node_facts(const std::string& file);

// A fact that differs; empty where it is missing.
struct NodeDifference {
  std::string name, here, there;

  Message what() const;
  Message remedy() const;
};

// In the order of their names.
std::vector<NodeDifference> differences(const NodeFacts& here, const NodeFacts& there);

}  // namespace pforte::app
