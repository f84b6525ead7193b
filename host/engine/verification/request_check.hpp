#pragma once

// Whether a start request makes sense for its tenant, before any vendor is asked. Pure, but for the
// options check, which asks the products' schemas.

#include <map>
#include <string>

#include "engine/setup/setup.hpp"
#include "idswitch/switch.hpp"

namespace idswitch::engine {

// Errors name the field as a JSON pointer into the request.
Result<void> check_start(const config::Tenant& tenant, const StartRequest& request);

// The same for what a :refresh brings along.
Result<void> check_result(const ResultRequest& request);

// The merged options of each of the route's accounts, by account name. Errors: unknown_field for a
// product that no account of the route has, invalid_field with the pointer of the wrong option.
Result<std::map<std::string, std::string>> merged_options(const Setup& setup,
                                                          const config::Route& route,
                                                          const std::string& vendor_options);

}  // namespace idswitch::engine
