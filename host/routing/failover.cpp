#include "routing/failover.hpp"

#include "idswitch/abi/vocabulary.h"

namespace idswitch::routing {

Next after_failure(std::uint32_t error_class, bool in_doubt, config::OnUnknownOutcome rule) {
  // The caller's data is wrong: the next vendor would say so too, and might bill for it.
  if (error_class == IDSW_ERROR_INVALID_REQUEST) return Next::stop;
  if (in_doubt) {
    return rule == config::OnUnknownOutcome::go_on ? Next::next_account : Next::stop;
  }
  return Next::next_account;
}

}  // namespace idswitch::routing
