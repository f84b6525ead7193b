#include "engine/traffic/problems.hpp"

#include <gtest/gtest.h>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

OperationReport failed(std::uint32_t error_class, std::uint32_t operation = IDSW_OP_START) {
  OperationReport report;
  report.attempt.account = "jumdata-main";
  report.attempt.operation = operation;
  report.attempt.error_class = error_class;
  report.attempt.vendor_code = "607";
  report.attempt.vendor_message = "not allowed";
  plugin::FailStep fail;
  fail.error_class = error_class;
  fail.field = "/person/name";
  report.end = fail;
  return report;
}

OperationReport with_charge(OperationReport report, std::uint32_t state) {
  report.charges.push_back({state, 0, "verify", "verify", {}, {}});
  return report;
}

TEST(Problems, OfAStartFollowTheLastAttempt) {
  struct Row {
    std::uint32_t error_class;
    bool deadline_passed, holds_open;
    const char* code;
    int status;
  };

  const Row rows[] = {
      {IDSW_ERROR_INVALID_REQUEST, false, false, "vendor_rejected", 422},
      {IDSW_ERROR_INVALID_REQUEST, true, true, "vendor_rejected", 422},
      {IDSW_ERROR_UNKNOWN_OUTCOME, false, true, "vendor_outcome_unknown", 502},
      {IDSW_ERROR_UNKNOWN_OUTCOME, true, true, "vendor_outcome_unknown", 502},
      {IDSW_ERROR_PROTOCOL, false, true, "vendor_outcome_unknown", 502},
      {IDSW_ERROR_PROTOCOL, false, false, "no_vendor_available", 503},
      {IDSW_ERROR_UNAVAILABLE, false, false, "no_vendor_available", 503},
      {IDSW_ERROR_UNAVAILABLE, true, false, "deadline_exceeded", 504},
      {IDSW_ERROR_UNAVAILABLE, false, true, "vendor_outcome_unknown", 502},
      {IDSW_ERROR_THROTTLED, false, false, "no_vendor_available", 503},
      {IDSW_ERROR_CREDENTIALS, false, false, "no_vendor_available", 503},
      {IDSW_ERROR_QUOTA_EXHAUSTED, true, false, "deadline_exceeded", 504},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(testing::Message() << row.error_class << row.deadline_passed << row.holds_open);
    const OperationReport report = failed(row.error_class);
    const Problem problem = problem_of_start(report, row.deadline_passed, row.holds_open);
    EXPECT_EQ(problem.code, row.code);
    EXPECT_EQ(problem.http_status, row.status);
    EXPECT_FALSE(problem.title.empty());
    EXPECT_FALSE(problem.detail.empty());
  }
}

TEST(Problems, OfRejectedDataSayWhoWhatAndWhere) {
  const OperationReport report = failed(IDSW_ERROR_INVALID_REQUEST);
  const Problem problem = problem_of_start(report, false, false);
  EXPECT_EQ(problem.field, "/person/name");
  EXPECT_NE(problem.detail.find("jumdata-main"), std::string::npos);
  EXPECT_NE(problem.detail.find("607"), std::string::npos);
  EXPECT_FALSE(problem.retryable);
}

TEST(Problems, KnowWhenNobodyKnows) {
  for (const std::uint32_t error_class :
       {IDSW_ERROR_UNKNOWN_OUTCOME, IDSW_ERROR_PROTOCOL, IDSW_ERROR_UNAVAILABLE}) {
    EXPECT_TRUE(leaves_doubt(with_charge(failed(error_class), IDSW_CHARGE_UNKNOWN)));
    EXPECT_FALSE(leaves_doubt(with_charge(failed(error_class), IDSW_CHARGE_NOT_CHARGED)));
    EXPECT_FALSE(leaves_doubt(failed(error_class)));
  }
}

TEST(Problems, AVideoWithAnUnreadableAnswerIsNotSentAgain) {
  const auto report = with_charge(failed(IDSW_ERROR_PROTOCOL, IDSW_OP_SUBMIT), IDSW_CHARGE_UNKNOWN);
  EXPECT_EQ(error_of(report).code(), Errc::vendor_outcome_unknown);
  // A result may be asked for again.
  const auto result = with_charge(failed(IDSW_ERROR_PROTOCOL, IDSW_OP_RESULT), IDSW_CHARGE_UNKNOWN);
  EXPECT_EQ(error_of(result).code(), Errc::no_vendor_available);
}

TEST(Problems, OfAResultOrVideoFollowTheErrorClass) {
  EXPECT_EQ(error_of(failed(IDSW_ERROR_INVALID_REQUEST)).code(), Errc::vendor_rejected);
  EXPECT_EQ(error_of(failed(IDSW_ERROR_INVALID_REQUEST)).field(), "/person/name");
  EXPECT_EQ(error_of(failed(IDSW_ERROR_UNKNOWN_OUTCOME)).code(), Errc::vendor_outcome_unknown);
  for (const std::uint32_t error_class :
       {IDSW_ERROR_UNAVAILABLE, IDSW_ERROR_THROTTLED, IDSW_ERROR_PROTOCOL}) {
    EXPECT_EQ(error_of(failed(error_class)).code(), Errc::no_vendor_available);
  }
  OperationReport refused = failed(IDSW_ERROR_UNAVAILABLE);
  refused.refused = Error(Errc::storage_failed, "the disk is full");
  EXPECT_EQ(error_of(refused).code(), Errc::storage_failed)
      << "neither the adapter nor the vendor failed";
}

TEST(Problems, OfAnErrorKeepItsWordsAndField) {
  const Problem problem = to_problem(Error(Errc::missing_field, "name whom", "/person/name"));
  EXPECT_EQ(problem.code, "missing_field");
  EXPECT_EQ(problem.http_status, 422);
  EXPECT_EQ(problem.detail, "name whom");
  EXPECT_EQ(problem.field, "/person/name");
  EXPECT_FALSE(problem.retryable);
}

TEST(Problems, OfAMissingRouteListTheRoutesThereAre) {
  config::Tenant tenant;
  tenant.name = "shop";
  EXPECT_NE(no_route(tenant, IDSW_METHOD_H5, IDSW_CHECK_LIVENESS).detail().find("none"),
            std::string::npos);
  config::Route route;
  route.method = IDSW_METHOD_SDK;
  route.checks = IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH;
  tenant.routes.push_back(route);
  const Error error = no_route(tenant, IDSW_METHOD_H5, IDSW_CHECK_LIVENESS);
  EXPECT_EQ(error.code(), Errc::unsupported_combination);
  EXPECT_EQ(error.detail(),
            "tenant shop has no route for h5 with liveness; it has: sdk with liveness+id_match");
}

TEST(Problems, AVideoWithoutAnAnswerEndsInconclusive) {
  Verification verification;
  verification.status = Status::submitting;
  verification.action.kind = IDSW_ACTION_SPEAK_CODE;
  end_without_answer(verification);
  EXPECT_EQ(verification.status, Status::completed);
  EXPECT_EQ(verification.verdict, std::uint32_t{IDSW_VERDICT_INCONCLUSIVE});
  EXPECT_EQ(verification.reason, std::uint32_t{IDSW_REASON_VENDOR_INTERNAL});
  EXPECT_EQ(verification.action.kind, 0u);
}

}  // namespace
}  // namespace idswitch::engine
