#pragma once

// An account as operators see it, as JSON; openapi.yaml describes its shape. Pure; any thread.

#include <string>

#include "engine/explain/explanation.hpp"

namespace idswitch::api {

// account: the runtime of the view's account.
void append_account(std::string& out, const engine::AccountView& view,
                    const engine::AccountRuntime& account, const routing::AccountFacts& facts);

}  // namespace idswitch::api
