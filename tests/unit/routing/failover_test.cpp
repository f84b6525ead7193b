#include "routing/failover.hpp"

#include <gtest/gtest.h>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::routing {
namespace {

using config::OnUnknownOutcome;

// Doubt about a charge is the rule's to decide, whatever the error class.
TEST(Failover, GoesOnAfterAFailureUnlessAChargeIsInDoubt) {
  struct Row {
    std::uint32_t error_class;
    bool in_doubt;
    Next when_waiting, when_going_on;
  };

  constexpr Next k_stop = Next::stop;
  constexpr Next k_next = Next::next_account;
  const Row rows[] = {
      {IDSW_ERROR_INVALID_REQUEST, false, k_stop, k_stop},
      {IDSW_ERROR_INVALID_REQUEST, true, k_stop, k_stop},
      {IDSW_ERROR_UNSUPPORTED, false, k_next, k_next},
      {IDSW_ERROR_CREDENTIALS, false, k_next, k_next},
      {IDSW_ERROR_ACCOUNT_SUSPENDED, false, k_next, k_next},
      {IDSW_ERROR_QUOTA_EXHAUSTED, false, k_next, k_next},
      {IDSW_ERROR_THROTTLED, false, k_next, k_next},
      {IDSW_ERROR_UNAVAILABLE, false, k_next, k_next},
      {IDSW_ERROR_UNAVAILABLE, true, k_stop, k_next},
      {IDSW_ERROR_THROTTLED, true, k_stop, k_next},
      {IDSW_ERROR_UNKNOWN_OUTCOME, false, k_next, k_next},
      {IDSW_ERROR_UNKNOWN_OUTCOME, true, k_stop, k_next},
      {IDSW_ERROR_PROTOCOL, false, k_next, k_next},
      {IDSW_ERROR_PROTOCOL, true, k_stop, k_next},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(testing::Message() << row.error_class << " " << row.in_doubt);
    EXPECT_EQ(after_failure(row.error_class, row.in_doubt, OnUnknownOutcome::wait),
              row.when_waiting);
    EXPECT_EQ(after_failure(row.error_class, row.in_doubt, OnUnknownOutcome::go_on),
              row.when_going_on);
  }
}

}  // namespace
}  // namespace idswitch::routing
