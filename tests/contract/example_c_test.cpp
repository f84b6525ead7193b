// The adapter in plain C (examples/plugin-c), loaded by the host and driven through a check. What
// every plugin must do, the other tests of this folder check of it too.

#include <gtest/gtest.h>

#include "built_plugins.hpp"

namespace idswitch::test {
namespace {

constexpr char k_file[] = "libidswitch_example-c.so";

VendorRun run_one(std::uint32_t kind, std::string_view state, const Answer& answer) {
  const plugin::Product product = products_of(k_file).at(0);
  return run(account_of(product), operation_of(product, kind, state), answer);
}

TEST(ExampleC, OpensACheck) {
  const VendorRun run =
      run_one(IDSW_OP_START, "", {201, R"({"id":"c-17","url":"https://example.com/go/c-17"})"});
  ASSERT_NE(run.finish(), nullptr);
  EXPECT_EQ(run.sent.at(0).target, "/v1/checks");
  EXPECT_EQ(run.sent.at(0).headers, "X-Api-Key: secret-0\r\nContent-Type: application/json\r\n");
  EXPECT_EQ(run.sent.at(0).body, R"({"callback":"https://id.example.com/return/1"})");
  EXPECT_EQ(run.finish()->state, "c-17");
  EXPECT_EQ(run.finish()->action.url, "https://example.com/go/c-17");
  ASSERT_EQ(run.charges.size(), 1u);
  EXPECT_EQ(run.charges[0].state, IDSW_CHARGE_HELD);
}

TEST(ExampleC, ReadsHowItEnded) {
  const struct {
    std::string body;
    std::uint32_t outcome, verdict;
    std::size_t charges;
  } rows[] = {
      {R"({"state":"passed"})", IDSW_OUTCOME_COMPLETED, IDSW_VERDICT_PASS, 1},
      {R"({"state":"failed"})", IDSW_OUTCOME_COMPLETED, IDSW_VERDICT_FAIL, 1},
      {R"({"state":"open"})", IDSW_OUTCOME_PENDING, 0, 0},
      {R"({"state":"brilliant"})", IDSW_OUTCOME_COMPLETED, IDSW_VERDICT_INCONCLUSIVE, 1},
  };

  for (const auto& row : rows) {
    const VendorRun run = run_one(IDSW_OP_RESULT, "c-17", {200, row.body});
    ASSERT_NE(run.finish(), nullptr) << row.body;
    EXPECT_EQ(run.sent.at(0).target, "/v1/checks/c-17");
    EXPECT_EQ(run.finish()->outcome, row.outcome) << row.body;
    EXPECT_EQ(run.finish()->verdict, row.verdict) << row.body;
    EXPECT_EQ(run.charges.size(), row.charges) << row.body;
  }
}

}  // namespace
}  // namespace idswitch::test
