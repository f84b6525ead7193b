#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>

#include "samples.hpp"

namespace idswitch::store {
namespace {

constexpr std::int64_t k_hour = 3'600'000, k_day = 24 * k_hour;
constexpr std::int64_t k_november = 1'793'491'200'000;  // 2026-11-01T00:00Z

LedgerEntry entry(std::uint64_t n, EntryKind kind, std::int64_t at, std::int64_t micros,
                  const std::string& account = "jumdata") {
  LedgerEntry e = sample_entry(n, kind, n % 2 == 0 ? "even" : "odd");
  e.account = account;
  e.amount = {micros};
  e.at_unix_ms = at;
  return e;
}

LedgerEntry remark(std::uint64_t n, std::int64_t at, std::uint32_t evidence) {
  LedgerEntry e = entry(n, EntryKind::adjust, at, 0);
  e.evidence = evidence;
  return e;
}

std::string text_of(const std::vector<ReportRow>& rows) {
  std::string text;
  for (const ReportRow& r : rows) {
    for (const auto* name : {&r.period, &r.tenant, &r.account, &r.sku, &r.arm})
      if (!name->empty()) text += *name + " ";
    text += r.currency + " open " + std::to_string(r.open) + ":" +
            std::to_string(r.open_amount.micros) + " unknown " + std::to_string(r.unknown) + ":" +
            std::to_string(r.unknown_amount.micros) + " captured " + std::to_string(r.captured) +
            "(" + std::to_string(r.units) + "):" + std::to_string(r.captured_amount.micros) +
            " voided " + std::to_string(r.voided) + " adjusted " + std::to_string(r.adjusted) +
            ":" + std::to_string(r.adjusted_amount.micros) + " disputed " +
            std::to_string(r.disputed) + "\n";
  }
  return text;
}

class Report : public testing::Test {
 protected:
  Report() : store_(open_store(folder_.file())) {}

  void append(std::vector<LedgerEntry> entries) {
    Change change;
    change.push_back(Append{std::move(entries)});
    ASSERT_TRUE(write(*store_, std::move(change)));
  }

  std::string report(const ReportQuery& query) {
    const auto rows = store_->ledger().report(query);
    EXPECT_TRUE(rows);
    return text_of(*rows);
  }

  Folder folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(Report, CountsEachStateOnce) {
  const auto t = k_november;
  LedgerEntry once = entry(7, EntryKind::capture, t, 0);
  once.rule = "prices.life_check.charged_once";
  append({entry(1, EntryKind::hold, t, 10), entry(2, EntryKind::hold, t, 20), remark(2, t, 0),
          entry(3, EntryKind::hold, t, 30), entry(3, EntryKind::capture, t, 31),
          entry(4, EntryKind::hold, t, 40), entry(4, EntryKind::void_, t, 0),
          entry(5, EntryKind::hold, t, 50), remark(5, t, 0), entry(5, EntryKind::capture, t, 50),
          entry(3, EntryKind::adjust, t, -6), remark(3, t, 3), remark(3, t, 4),
          entry(7, EntryKind::hold, t, 70), once});
  ReportQuery query;
  query.is_unit = [](std::string_view rule, std::string_view sku) {
    return rule != "prices." + std::string(sku) + ".charged_once";
  };
  EXPECT_EQ(report(query),
            "CNY open 1:10 unknown 1:20 captured 3(2):81 voided 1 adjusted 1:-6 disputed 1\n");
  EXPECT_EQ((*store_->ledger().report({}))[0].charged().micros, 75);
}

TEST_F(Report, PutsCapturesAndOpenHoldsIntoTheirOwnPeriods) {
  const auto end = k_november + 30 * k_day;
  append({entry(1, EntryKind::hold, end - 5, 10), entry(2, EntryKind::hold, end - 4, 20),
          entry(1, EntryKind::capture, end + 5, 10), entry(3, EntryKind::hold, end + 6, 30),
          entry(1, EntryKind::adjust, end + 31 * k_day, -4)});
  ReportQuery query;
  query.period = ReportPeriod::month;
  EXPECT_EQ(report(query),
            "2026-11 CNY open 1:20 unknown 0:0 captured 0(0):0 voided 0 adjusted 0:0 disputed 0\n"
            "2026-12 CNY open 1:30 unknown 0:0 captured 1(1):10 voided 0 adjusted 0:0 disputed 0\n"
            "2027-01 CNY open 0:0 unknown 0:0 captured 0(0):0 voided 0 adjusted 1:-4 disputed 0\n");
  query.until_unix_ms = end;
  EXPECT_EQ(report(query),
            "2026-11 CNY open 1:20 unknown 0:0 captured 0(0):0 voided 0 adjusted 0:0 disputed 0\n");
  query.from_unix_ms = end;
  query.until_unix_ms = end + 6;
  EXPECT_EQ(report(query),
            "2026-12 CNY open 0:0 unknown 0:0 captured 1(1):10 voided 0 adjusted 0:0 disputed 0\n");
  query = {};
  query.period = ReportPeriod::day;
  query.utc_offset_min = 480;
  query.until_unix_ms = end;
  EXPECT_EQ(report(query),
            "2026-12-01 CNY open 1:20 unknown 0:0 captured 0(0):0 voided 0 adjusted 0:0 disputed "
            "0\n");
}

TEST_F(Report, GroupsAndFiltersAsAsked) {
  const auto t = k_november;
  std::vector<LedgerEntry> entries;
  for (std::uint64_t n = 1; n <= 8; ++n) {
    const std::string account = n <= 4 ? "baidu" : "jumdata";
    entries.push_back(entry(n, EntryKind::hold, t, 1, account));
    entries.push_back(entry(n, EntryKind::capture, t, static_cast<std::int64_t>(n), account));
    if (n == 8) entries.back().currency = entries[entries.size() - 2].currency = "USD";
  }
  append(entries);
  Change exposures;
  for (std::uint64_t n = 1; n <= 3; ++n) {
    exposures.push_back(Insert{share(sample_start(n))});
    exposures.push_back(Expose{sample_exposure(n, n == 3 ? "b" : "a", n)});
  }
  ASSERT_TRUE(write(*store_, std::move(exposures)));
  const auto sums = [&](const ReportQuery& query) {
    std::string text;
    for (const ReportRow& r : *store_->ledger().report(query)) {
      text += r.tenant + "," + r.account + "," + r.sku + "," + r.arm + "," + r.currency + "=" +
              std::to_string(r.captured_amount.micros) + " ";
    }
    return text;
  };
  EXPECT_EQ(sums({}), ",,,,CNY=28 ,,,,USD=8 ");
  ReportQuery query;
  query.by_tenant = query.by_account = query.by_sku = true;
  EXPECT_EQ(sums(query),
            "even,baidu,life_check,,CNY=6 even,jumdata,life_check,,CNY=6 "
            "even,jumdata,life_check,,USD=8 odd,baidu,life_check,,CNY=4 "
            "odd,jumdata,life_check,,CNY=12 ");
  query = {};
  query.by_arm = true;
  EXPECT_EQ(sums(query), ",,,,CNY=22 ,,,,USD=8 ,,,a,CNY=3 ,,,b,CNY=3 ");
  query = {};
  query.tenant = "odd";
  EXPECT_EQ(sums(query), ",,,,CNY=16 ");
  query.account = "baidu";
  EXPECT_EQ(sums(query), ",,,,CNY=4 ");
  query = {};
  query.by_tenant = true;
  query.rows_max = 2;
  const auto refused = store_->ledger().report(query);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::invalid_field);
  EXPECT_NE(refused.error().detail().find("more than 2 rows"), std::string::npos);
}

// Against sums by hand, over many pages; times are up to half an hour out of order.
TEST_F(Report, AgreesWithSumsByHandOnRandomLedgers) {
  std::mt19937_64 random(11);
  std::map<std::pair<std::int64_t, std::string>, std::array<std::int64_t, 6>> expected;
  std::vector<LedgerEntry> entries;
  for (std::uint64_t n = 1; n <= 40'000; ++n) {
    const auto at = k_november + static_cast<std::int64_t>(n) * 3 * k_hour / 100 +
                    static_cast<std::int64_t>(random() % (k_hour / 2));
    const std::int64_t hold = static_cast<std::int64_t>(random() % 100);
    const std::int64_t later = at + static_cast<std::int64_t>(random() % 60'000);
    const std::string tenant = n % 2 == 0 ? "even" : "odd";
    const auto cell = [&](std::int64_t when) -> auto& {
      return expected[{(when - k_november) / k_day, tenant}];
    };
    entries.push_back(entry(n, EntryKind::hold, at, hold));
    switch (random() % 5) {
      case 0:
        ++cell(at)[0];
        cell(at)[1] += hold;
        break;
      case 1:
        ++cell(at)[2];
        entries.push_back(remark(n, later, 0));
        break;
      case 2:
        ++cell(later)[3];
        entries.push_back(entry(n, EntryKind::void_, later, 0));
        break;
      default:
        ++cell(later)[4];
        cell(later)[5] += hold;
        entries.push_back(entry(n, EntryKind::capture, later, hold));
    }
  }
  append(entries);
  for (const std::int64_t days : {3, 17, 40}) {
    ReportQuery query;
    query.from_unix_ms = k_november + days * k_day;
    query.until_unix_ms = query.from_unix_ms + 2 * k_day;
    query.period = ReportPeriod::day;
    query.by_tenant = true;
    const auto rows = store_->ledger().report(query);
    ASSERT_EQ(rows->size(), 4U);
    std::size_t i = 0;
    for (const std::int64_t day : {days, days + 1}) {
      for (const std::string tenant : {"even", "odd"}) {
        const ReportRow& r = (*rows)[i++];
        EXPECT_EQ(r.tenant, tenant);
        EXPECT_EQ((std::array<std::int64_t, 6>{r.open, r.open_amount.micros, r.unknown, r.voided,
                                               r.captured, r.captured_amount.micros}),
                  (expected[{day, tenant}]))
            << r.period;
      }
    }
  }
}

}  // namespace
}  // namespace idswitch::store
