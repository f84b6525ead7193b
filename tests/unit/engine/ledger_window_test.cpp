#include "engine/webhooks/ledger_window.hpp"

#include <gtest/gtest.h>

#include "engine/webhooks/entry_numbers.hpp"

namespace idswitch::engine {
namespace {

// Entries 1 to `size`, of three verifications by turns; counts what is read.
class CountedLedger final : public store::Ledger {
 public:
  Result<std::vector<LedgerEntry>> entries(const store::EntryQuery& query) override {
    if (is_broken) return Error(Errc::storage_failed, "broken");
    std::vector<LedgerEntry> found;
    for (std::uint64_t at = query.after + 1; at <= size && found.size() < query.limit; ++at) {
      found.push_back(entry(at));
    }
    rows_read += found.size();
    return found;
  }

  Result<std::vector<LedgerEntry>> of(VerificationId id) override {
    std::vector<LedgerEntry> found;
    for (std::uint64_t at = 1; at <= size; ++at) {
      if (entry(at).verification == id) found.push_back(entry(at));
    }
    return found;
  }

  Result<store::EntryPage> page(const store::EntryQuery&) override { return unused(); }

  Result<std::uint64_t> sequence_at(std::int64_t) override { return unused(); }

  Result<store::LedgerFaults> verify(const store::LedgerCheck&) override { return unused(); }

  Result<std::vector<store::ReportRow>> report(const store::ReportQuery&) override {
    return unused();
  }

  Result<std::vector<store::AgedHold>> aged_holds(const store::AgedQuery&) override {
    return unused();
  }

  Result<store::Counted> look(const Touch&) override { return unused(); }

  Result<std::optional<std::int64_t>> person_charged_at(std::string_view, std::string_view,
                                                        std::uint64_t) override {
    return unused();
  }

  LedgerEntry entry(std::uint64_t sequence) const {
    LedgerEntry made;
    made.sequence = sequence;
    made.verification = {1 + (sequence - 1) % 3, 7};
    if (is_numbered) made.number = static_cast<std::uint32_t>(1 + (sequence - 1) / 3);
    return made;
  }

  std::uint64_t size = 0;
  std::uint64_t rows_read = 0;
  bool is_broken = false;
  bool is_numbered = true;

 private:
  static Error unused() { return Error(Errc::storage_failed, "not part of this ledger"); }
};

// Every sequence from here to the end, page by page.
std::vector<std::uint64_t> read_all(LedgerWindow& window, CountedLedger& ledger,
                                    std::uint64_t after) {
  std::vector<std::uint64_t> sequences;
  for (;;) {
    const auto page = window.after(ledger, after);
    EXPECT_TRUE(page);
    if (!page || page->empty()) return sequences;
    EXPECT_LE(page->size(), LedgerWindow::k_page);
    for (const auto& event : *page) sequences.push_back(event->entry().sequence);
    after = sequences.back();
  }
}

std::vector<std::uint64_t> from_to(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> sequences;
  for (; first <= last; ++first) sequences.push_back(first);
  return sequences;
}

TEST(LedgerWindow, ReadsEachEntryOnceForAllWhoHaveComeSoFar) {
  CountedLedger ledger;
  LedgerWindow window;
  ledger.size = 1'200;
  EXPECT_EQ(read_all(window, ledger, 0), from_to(1, 1'200));
  EXPECT_EQ(read_all(window, ledger, 0), from_to(1, 1'200));
  EXPECT_EQ(read_all(window, ledger, 1'111), from_to(1'112, 1'200));
  EXPECT_EQ(ledger.rows_read, 1'200u);
  ledger.size = 1'210;
  EXPECT_EQ(read_all(window, ledger, 1'200), from_to(1'201, 1'210));
  EXPECT_EQ(read_all(window, ledger, 1'190), from_to(1'191, 1'210));
  EXPECT_EQ(ledger.rows_read, 1'210u);
}

TEST(LedgerWindow, HoldsABoundedPartAndReadsTheRestForWhoIsFarBehind) {
  CountedLedger ledger;
  LedgerWindow window;
  ledger.size = LedgerWindow::k_events_max + 3'000;
  EXPECT_EQ(read_all(window, ledger, 0), from_to(1, ledger.size));
  EXPECT_EQ(read_all(window, ledger, 0), from_to(1, ledger.size));
  EXPECT_EQ(ledger.rows_read, ledger.size + 3'000);
}

TEST(LedgerWindow, BeginsAnewWhereTheFirstOfManyHasGoneOn) {
  CountedLedger ledger;
  LedgerWindow window;
  ledger.size = 3'000;
  EXPECT_EQ(window.after(ledger, 0)->size(), LedgerWindow::k_page);
  EXPECT_EQ(read_all(window, ledger, 2'000), from_to(2'001, 3'000));
  EXPECT_EQ(read_all(window, ledger, 0), from_to(1, 3'000));
}

TEST(LedgerWindow, SaysWhenTheStoreCannotBeRead) {
  CountedLedger ledger;
  LedgerWindow window;
  ledger.size = 10;
  ledger.is_broken = true;
  EXPECT_FALSE(window.after(ledger, 0));
  ledger.is_broken = false;
  EXPECT_EQ(read_all(window, ledger, 0), from_to(1, 10));
}

TEST(LedgerWindow, FindsAnEventByItsPlaceAndItsName) {
  CountedLedger ledger;
  ledger.size = 10;
  const EventName name{{2, 7}, 2};
  const auto found = LedgerWindow::at(ledger, 5, name);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->name(), name);
  EXPECT_EQ(ledger.rows_read, 1u);
  EXPECT_EQ(*LedgerWindow::at(ledger, 6, name), nullptr);
  EXPECT_EQ(*LedgerWindow::at(ledger, 11, name), nullptr);
}

TEST(LedgerWindow, CountsTheEntriesOfAVerificationThatHaveNoNumber) {
  CountedLedger ledger;
  LedgerWindow window;
  ledger.size = 7;
  ledger.is_numbered = false;
  const auto page = window.after(ledger, 0);
  ASSERT_TRUE(page);
  std::vector<std::uint32_t> numbers;
  for (const auto& event : *page) numbers.push_back(event->name().number);
  EXPECT_EQ(numbers, (std::vector<std::uint32_t>{1, 1, 1, 2, 2, 2, 3}));
}

TEST(OutgoingEvent, IsMadeOnceForASource) {
  CountedLedger ledger;
  OutgoingEvent event(ledger.entry(1));
  const std::string first = event.body("/idswitch/a");
  EXPECT_EQ(event.body("/idswitch/a").data(), event.body("/idswitch/a").data());
  EXPECT_NE(first.find("\"source\":\"/idswitch/a\""), std::string::npos);
  EXPECT_NE(event.body("/idswitch/b").find("\"source\":\"/idswitch/b\""), std::string::npos);
}

}  // namespace
}  // namespace idswitch::engine
