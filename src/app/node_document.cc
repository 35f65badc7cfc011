// Apart from node_facts.cc because the JSON library takes seconds to compile.
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "app/node_facts.h"
#include "base/text.h"
#include "crypto/pem.h"

namespace pforte::app {
namespace {

Complaint no_node(const std::string& file, std::string_view en, std::string_view de) {
  return {kInvalidInput,
          {cat(file, ": ", en), cat(file, ": ", de)},
          {"make it on the other node: pforte check --json > node.json",
           "auf dem anderen Knoten erzeugen: pforte check --json > node.json"}};
}

}  // namespace

Answer<NodeFacts> read_node_facts(const std::string& file) {
  Result<std::string> text = crypto::read_file(file);
  if (!text) return std::unexpected(Complaint(text.error()));
  nlohmann::json document = nlohmann::json::parse(*text, nullptr, false);
  if (document.is_discarded()) return std::unexpected(no_node(file, "is no JSON", "ist kein JSON"));
  auto node = document.is_object() ? document.find("node") : document.end();
  if (node == document.end() || !node->is_object())
    return std::unexpected(no_node(file, "tells nothing of a node", "sagt nichts über einen Knoten"));
  NodeFacts facts;
  for (const auto& [name, value] : node->items()) {
    if (!value.is_string())
      return std::unexpected(no_node(file, cat(name, " is no text"), cat(name, " ist kein Text")));
    facts[name] = value.get<std::string>();
  }
  return facts;
}

}  // namespace pforte::app
