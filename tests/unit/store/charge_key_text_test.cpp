#include "store/charge_key_text.hpp"

#include <gtest/gtest.h>

#include <set>

namespace idswitch::store {
namespace {

TEST(ChargeKeyText, NoTwoChargesHaveTheSame) {
  std::set<std::string> texts;
  const char* events[] = {"verify",   "verify#", "verify#1", "verify#2",  "verify#2#1",
                          "verify#0", "#2",      "#",        "verify#02", "verify#4294967296"};
  for (const char* event : events) {
    for (const std::uint32_t call : {1u, 2u, 12u, 4'294'967'295u}) {
      const std::string text = charge_key_text(event, call);
      EXPECT_TRUE(texts.insert(text).second) << text;
      EXPECT_EQ(event_call_of(text).event, event);
      EXPECT_EQ(event_call_of(text).call, call);
    }
  }
}

TEST(ChargeKeyText, ReadsWhatOlderFilesHave) {
  EXPECT_EQ(charge_key_text("verify", 1), "verify");
  EXPECT_EQ(event_call_of("verify#2").event, "verify");
  EXPECT_EQ(event_call_of("verify#2").call, 2u);
}

}  // namespace
}  // namespace idswitch::store
