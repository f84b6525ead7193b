// From a vendor request to its endpoint, through the faults.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "wire/message.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox {

struct Endpoint {
  Product product;
  std::string_view name;
  std::string_view path;     // ends with "/" when anything may follow
  std::string_view methods;  // space-separated
  Reply (*handle)(Sandbox&, const Request&);
};

[[nodiscard]] std::span<const Endpoint> endpoints();

// nullptr when no vendor has that path.
[[nodiscard]] const Endpoint* find_endpoint(std::string_view path);

// "<product>.<endpoint>" or "unknown": what a log may say of a request, whose path and query can
// hold tokens.
[[nodiscard]] std::string loggable_name(const Request& request);

// The whole vendor side: counts the request, lets a fault have its way, processes.
[[nodiscard]] Reply answer(Sandbox& sandbox, const Request& request);

}  // namespace idswitch::sandbox
