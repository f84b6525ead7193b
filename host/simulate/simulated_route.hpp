#pragma once

// The route that a configuration has for a simulated request, or why it would not take it. Pure.

#include <string>

#include "engine/traffic/choice.hpp"

namespace idswitch::engine {

struct SimulatedRoute {
  const routing::TableRoute* route = nullptr;  // nullptr: rejected
  std::string segment;
  routing::Request request;
  std::string rejected;  // "attribute `vip` is unknown"
};

SimulatedRoute simulated_route(const Setup& setup, const StartRequest& request);

// The rejection of a request whose route leaves everybody out.
std::string nobody_to_ask(const routing::TableRoute& route);

}  // namespace idswitch::engine
