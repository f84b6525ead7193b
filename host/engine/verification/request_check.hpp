#pragma once

// Whether a start request makes sense for its tenant, before any vendor is asked. Pure, but for the
// options check, which asks the products' schemas.

#include <map>
#include <string>
#include <string_view>

#include "engine/setup/setup.hpp"
#include "idswitch/switch.hpp"

namespace idswitch::engine {

// Errors name the field as a JSON pointer into the request.
Result<void> check_start(const config::Tenant& tenant, const StartRequest& request);

// The same for what a :refresh brings along.
Result<void> check_result(const ResultRequest& request);

// What each account of a route is given as its options: the request's laid over the account's
// settings. All that was given is checked at once; put together is only what is asked for. The
// setup must outlive it; one thread.
class MergedOptions {
 public:
  MergedOptions() = default;

  // Of an account of the route; valid as long as this object and the setup.
  std::string_view at(const std::string& account);

 private:
  friend Result<MergedOptions> merged_options(const Setup& setup, const config::Route& route,
                                              const std::string& vendor_options);

  const Setup* setup_ = nullptr;
  std::map<std::string, std::string, std::less<>> given_;  // by product
  std::map<std::string, std::string> merged_;              // by account
};

// Errors: unknown_field for a product that no account of the route has, invalid_field with the
// pointer of the wrong option.
Result<MergedOptions> merged_options(const Setup& setup, const config::Route& route,
                                     const std::string& vendor_options);

}  // namespace idswitch::engine
