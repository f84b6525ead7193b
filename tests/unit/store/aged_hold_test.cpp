#include <gtest/gtest.h>

#include "samples.hpp"

namespace idswitch::store {
namespace {

// Twelve charges held one after another: every third is captured, every fourth unknown.
class AgedHolds : public testing::Test {
 protected:
  AgedHolds() : store_(open_store(folder_.file())) {
    Change change;
    for (std::uint64_t n = 1; n <= 12; ++n) {
      LedgerEntry entry = sample_entry(n, EntryKind::hold, n <= 6 ? "acme" : "other");
      entry.at_unix_ms = static_cast<std::int64_t>(1000 + n);
      if (n % 2 == 0) entry.account = "baidu";
      change.push_back(Append{{entry}});
      if (n % 4 == 0) {
        entry.kind = EntryKind::adjust;
        entry.amount = {0};
        entry.evidence = 0;
        change.push_back(Append{{entry}});
      }
      entry.kind = EntryKind::capture;
      if (n % 3 == 0) change.push_back(Append{{entry}});
    }
    EXPECT_TRUE(write(*store_, std::move(change)));
  }

  std::string held(AgedQuery query) {
    std::string text;
    while (true) {
      const auto page = store_->ledger().aged_holds(query);
      EXPECT_TRUE(page);
      for (const AgedHold& hold : *page) {
        text += (text.empty() ? "" : " ") + std::to_string(hold.held_at_unix_ms - 1000) +
                (hold.is_unknown ? "?" : "");
      }
      if (page->size() < query.limit) return text;
      query.after = page->back();
    }
  }

  Folder folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(AgedHolds, AreThoseThatNothingResolved) {
  EXPECT_EQ(held({}), "1 2 4? 5 7 8? 10 11");
}

TEST_F(AgedHolds, ComeInPages) {
  AgedQuery query;
  for (const std::size_t limit : {1, 2, 3, 8}) {
    query.limit = limit;
    query.unknown_only = false;
    EXPECT_EQ(held(query), "1 2 4? 5 7 8? 10 11");
    query.unknown_only = true;
    EXPECT_EQ(held(query), "4? 8?");
  }
}

TEST_F(AgedHolds, OfATenantOrAnAccountOrOlderThan) {
  AgedQuery query;
  query.tenant = "other";
  EXPECT_EQ(held(query), "7 8? 10 11");
  query.account = "baidu";
  EXPECT_EQ(held(query), "8? 10");
  query = {};
  query.held_before_unix_ms = 1008;
  EXPECT_EQ(held(query), "1 2 4? 5 7");
  query.unknown_only = true;
  EXPECT_EQ(held(query), "4?");
}

TEST_F(AgedHolds, SayWhatIsHeld) {
  AgedQuery query;
  query.unknown_only = true;
  const AgedHold hold = store_->ledger().aged_holds(query)->front();
  EXPECT_EQ(hold.verification, sample_id(4));
  EXPECT_EQ(hold.tenant, "acme");
  EXPECT_EQ(hold.account, "baidu");
  EXPECT_EQ(hold.sku, "life_check");
  EXPECT_EQ(hold.event, "init-4");
  EXPECT_EQ(hold.amount.micros, 300'000);
  EXPECT_EQ(hold.currency, "CNY");
  EXPECT_EQ(hold.age_ms(1104), 100);
  EXPECT_EQ(hold.sequence, store_->ledger().of(sample_id(4))->front().sequence);
}

}  // namespace
}  // namespace idswitch::store
