// The control API's JSON answers.
#pragma once

#include <boost/json/value.hpp>

#include "world/sandbox.hpp"

namespace idswitch::sandbox {

[[nodiscard]] boost::json::value session_view(const Sandbox& sandbox, const Session& session);
[[nodiscard]] boost::json::value sessions_view(Sandbox& sandbox, std::optional<Product> product);
[[nodiscard]] boost::json::value faults_view(const Sandbox& sandbox);
[[nodiscard]] boost::json::value requests_view(const Sandbox& sandbox);
[[nodiscard]] boost::json::value clock_view(const Sandbox& sandbox);

// Every documented way to end and every documented error, by product: what magic persons,
// `finish` and `vendor_error` faults can be given.
[[nodiscard]] boost::json::value outcomes_view();

}  // namespace idswitch::sandbox
