// The adapter of plugin-api/README.md, built by ten_minutes.py just before: the host's loader takes
// it, and its fixtures come out as the page says.

#include <gtest/gtest.h>

#include "support/vendor_fixture.hpp"

namespace idswitch::test {
namespace {

PluginDriver acme() {
  plugin::AccountSettings account;
  account.name = "acme";
  account.secrets.emplace("api_key", Secret("k3y"));
  return PluginDriver("acme", "acme/face_check", std::move(account));
}

plugin::OperationInput operation(std::uint32_t kind) {
  plugin::OperationInput input;
  input.kind = kind;
  input.method = IDSW_METHOD_H5;
  input.checks = IDSW_CHECK_LIVENESS;
  input.return_url = "https://id.example.com/return/1";
  if (kind == IDSW_OP_RESULT) input.state = "c-17";
  return input;
}

TEST(TenMinutes, FixturesComeOutAsTheyAreWritten) {
  const auto files = fixtures_in(IDSWITCH_TEN_MINUTES_DIR "/acme/fixtures");
  EXPECT_GE(files.size(), 3u);
  for (const auto& file : files) {
    PluginDriver driver = acme();
    run_fixture(driver, file);
  }
}

TEST(TenMinutes, AStartedCheckIsAskedForAndPasses) {
  PluginDriver driver = acme();
  const OperationRun started = driver.run(
      operation(IDSW_OP_START), {{R"({"code":"OK","id":"c/1","url":"https://acme.example/go"})"}});
  ASSERT_TRUE(started.finish);
  EXPECT_EQ(started.sent.at(0).headers, "X-Api-Key: k3y\r\nContent-Type: application/json\r\n");
  plugin::OperationInput result = operation(IDSW_OP_RESULT);
  result.state = started.finish->state;
  const OperationRun ended = driver.run(result, {{R"({"code":"PASSED"})"}});
  EXPECT_EQ(ended.sent.at(0).target, "/v1/checks/c%2F1");
  EXPECT_TRUE(ended.passed());
}

TEST(TenMinutes, AWordNobodyListedIsInconclusive) {
  const OperationRun run = acme().run(operation(IDSW_OP_RESULT), {{R"({"code":"SPLENDID"})"}});
  ASSERT_TRUE(run.finish);
  EXPECT_EQ(run.finish->verdict, IDSW_VERDICT_INCONCLUSIVE);
  EXPECT_EQ(run.finish->reason, IDSW_REASON_VENDOR_UNKNOWN_CODE);
  ASSERT_EQ(run.charges.size(), 1u);
  EXPECT_EQ(run.charges[0].state, IDSW_CHARGE_UNKNOWN);
}

}  // namespace
}  // namespace idswitch::test
