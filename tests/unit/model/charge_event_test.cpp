#include "model/charge_event.hpp"

#include <gtest/gtest.h>

namespace idswitch {
namespace {

ChargeEvent event(Adjust adjust, std::int64_t micros, const char* rule, std::uint32_t evidence) {
  LedgerEntry entry;
  entry.kind = EntryKind::adjust;
  entry.adjust = adjust;
  entry.amount = Money{micros};
  entry.rule = rule;
  entry.evidence = evidence;
  return event_of(entry);
}

TEST(ChargeEvent, AnAdjustSaysWhatItIs) {
  for (const Adjust adjust : {Adjust::priced, Adjust::released, Adjust::freed, Adjust::by_hand}) {
    EXPECT_EQ(event(adjust, 0, "", IDSW_CHARGE_CAPTURED), ChargeEvent::adjusted);
  }
  EXPECT_EQ(event(Adjust::remark, 0, "", IDSW_CHARGE_UNKNOWN), ChargeEvent::unknown);
  EXPECT_EQ(event(Adjust::dispute, 0, "", IDSW_CHARGE_CAPTURED), ChargeEvent::disputed);
}

TEST(ChargeEvent, OneThatDoesNotIsReadByItsAmountAndRule) {
  EXPECT_EQ(event(Adjust::legacy, 1, "", IDSW_CHARGE_CAPTURED), ChargeEvent::adjusted);
  EXPECT_EQ(event(Adjust::legacy, 0, "prices.verify", IDSW_CHARGE_CAPTURED), ChargeEvent::adjusted);
  EXPECT_EQ(event(Adjust::legacy, 0, "", IDSW_CHARGE_UNKNOWN), ChargeEvent::unknown);
  EXPECT_EQ(event(Adjust::legacy, 0, "", IDSW_CHARGE_RELEASED), ChargeEvent::disputed);
}

}  // namespace
}  // namespace idswitch
