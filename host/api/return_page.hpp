#pragma once

// What the person's browser gets at /return/...: a redirect to the tenant's page with the
// verification's id and status, and nothing else; or a plain page when there is nowhere to go.
// Pure.

#include "api/answer.hpp"

namespace idswitch::api {

Answer return_page(const Result<engine::ReturnTarget>& target);

}  // namespace idswitch::api
