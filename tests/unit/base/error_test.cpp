#include "base/error.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>

#include "base/result.hpp"

namespace idswitch {
namespace {

TEST(Errc, EveryOneIsDescribed) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Errc::too_many_requests); ++i) {
    const ErrcInfo& info = describe(static_cast<Errc>(i));
    EXPECT_FALSE(info.name.empty()) << i;
    EXPECT_EQ(info.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos)
        << info.name;
    EXPECT_FALSE(info.title.empty()) << info.name;
    EXPECT_GE(info.http_status, 400) << info.name;
    EXPECT_LT(info.http_status, 600) << info.name;
    EXPECT_TRUE(names.insert(info.name).second) << info.name << " is there twice";
  }
}

// The rows are found by number: one row too many in the middle would shift all that follow.
TEST(Errc, RowsStandInTheOrderOfTheList) {
  EXPECT_EQ(describe(Errc::internal).name, "internal");
  EXPECT_EQ(describe(Errc::bad_request).name, "bad_request");
  EXPECT_EQ(describe(Errc::malformed_json).name, "malformed_json");
  EXPECT_EQ(describe(Errc::missing_field).name, "missing_field");
  EXPECT_EQ(describe(Errc::invalid_field).name, "invalid_field");
  EXPECT_EQ(describe(Errc::unknown_field).name, "unknown_field");
  EXPECT_EQ(describe(Errc::unsupported_combination).name, "unsupported_combination");
  EXPECT_EQ(describe(Errc::return_url_not_allowed).name, "return_url_not_allowed");
  EXPECT_EQ(describe(Errc::unauthorized).name, "unauthorized");
  EXPECT_EQ(describe(Errc::not_found).name, "not_found");
  EXPECT_EQ(describe(Errc::method_not_allowed).name, "method_not_allowed");
  EXPECT_EQ(describe(Errc::conflict).name, "conflict");
  EXPECT_EQ(describe(Errc::idempotency_mismatch).name, "idempotency_mismatch");
  EXPECT_EQ(describe(Errc::idempotency_running).name, "idempotency_running");
  EXPECT_EQ(describe(Errc::payload_too_large).name, "payload_too_large");
  EXPECT_EQ(describe(Errc::unsupported_media_type).name, "unsupported_media_type");
  EXPECT_EQ(describe(Errc::vendor_rejected).name, "vendor_rejected");
  EXPECT_EQ(describe(Errc::no_vendor_available).name, "no_vendor_available");
  EXPECT_EQ(describe(Errc::vendor_outcome_unknown).name, "vendor_outcome_unknown");
  EXPECT_EQ(describe(Errc::deadline_exceeded).name, "deadline_exceeded");
  EXPECT_EQ(describe(Errc::overloaded).name, "overloaded");
  EXPECT_EQ(describe(Errc::shutting_down).name, "shutting_down");
  EXPECT_EQ(describe(Errc::storage_failed).name, "storage_failed");
  EXPECT_EQ(describe(Errc::config_invalid).name, "config_invalid");
  EXPECT_EQ(describe(Errc::plugin_refused).name, "plugin_refused");
  EXPECT_EQ(describe(Errc::too_many_requests).name, "too_many_requests");
}

TEST(Errc, NumberOutOfTheListIsInternal) {
  EXPECT_EQ(describe(static_cast<Errc>(255)).name, "internal");
}

// A retry after an unknown outcome could pay twice.
TEST(Errc, UnknownOutcomeIsNotRetryable) {
  EXPECT_FALSE(describe(Errc::vendor_outcome_unknown).retryable);
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> value(3);
  const Result<int> error(Error(Errc::conflict, "why", "/status"));
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, 3);
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().code(), Errc::conflict);
  EXPECT_EQ(error.error().detail(), "why");
  EXPECT_EQ(error.error().field(), "/status");
  EXPECT_EQ(Error().code(), Errc::internal);
}

TEST(ResultDeathTest, ValueOfAnErrorAborts) {
  const Result<int> error{Error(Errc::conflict)};
  EXPECT_DEATH((void)error.value(), "");
}

}  // namespace
}  // namespace idswitch
