#include "routing/route.hpp"

#include <gtest/gtest.h>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::routing {
namespace {

using config::OnUnknownOutcome;

config::Tenant tenant() {
  config::Tenant tenant;
  const auto add = [&](std::uint32_t method, std::uint32_t checks, const char* account) {
    config::Route route;
    route.method = method;
    route.checks = checks;
    route.accounts = {account};
    tenant.routes.push_back(route);
  };
  add(IDSW_METHOD_H5, IDSW_CHECK_LIVENESS, "page");
  add(IDSW_METHOD_H5, IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH, "matching page");
  add(IDSW_METHOD_SDK, IDSW_CHECK_LIVENESS, "sdk");
  add(IDSW_METHOD_SDK, IDSW_CHECK_LIVENESS, "shadowed");
  return tenant;
}

TEST(Route, IsTheFirstWithTheMethodAndExactlyTheChecks) {
  struct Row {
    std::uint32_t method, checks;
    const char* account;  // nullptr: none
  };

  const Row rows[] = {
      {IDSW_METHOD_H5, IDSW_CHECK_LIVENESS, "page"},
      {IDSW_METHOD_H5, IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH, "matching page"},
      {IDSW_METHOD_SDK, IDSW_CHECK_LIVENESS, "sdk"},
      {IDSW_METHOD_H5, IDSW_CHECK_ID_MATCH, nullptr},
      {IDSW_METHOD_H5, IDSW_CHECK_LIVENESS | IDSW_CHECK_FACE_MATCH, nullptr},
      {IDSW_METHOD_SDK, IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH, nullptr},
      {IDSW_METHOD_VIDEO_CODE, IDSW_CHECK_LIVENESS, nullptr},
      {0, 0, nullptr},
  };
  const config::Tenant from = tenant();
  for (const Row& row : rows) {
    SCOPED_TRACE(testing::Message() << row.method << " " << row.checks);
    const config::Route* found = find_route(from, row.method, row.checks);
    if (row.account == nullptr) {
      EXPECT_EQ(found, nullptr);
    } else {
      ASSERT_NE(found, nullptr);
      EXPECT_EQ(found->accounts[0], row.account);
    }
  }
  EXPECT_EQ(find_route(config::Tenant{}, IDSW_METHOD_H5, IDSW_CHECK_LIVENESS), nullptr);
}

TEST(Route, GoesOnAfterAFailureAsItsClassSays) {
  struct Row {
    std::uint32_t error_class;
    bool outcome_unknown;
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
      {IDSW_ERROR_UNKNOWN_OUTCOME, false, k_stop, k_next},
      {IDSW_ERROR_UNKNOWN_OUTCOME, true, k_stop, k_next},
      {IDSW_ERROR_PROTOCOL, false, k_next, k_next},
      {IDSW_ERROR_PROTOCOL, true, k_stop, k_next},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(testing::Message() << row.error_class << " " << row.outcome_unknown);
    EXPECT_EQ(after_failure(row.error_class, row.outcome_unknown, OnUnknownOutcome::wait),
              row.when_waiting);
    EXPECT_EQ(after_failure(row.error_class, row.outcome_unknown, OnUnknownOutcome::go_on),
              row.when_going_on);
  }
}

}  // namespace
}  // namespace idswitch::routing
