#include <gtest/gtest.h>

#include "reconciliation_sample.hpp"

namespace idswitch::engine {
namespace {

std::string word(const ReconciledRow& row) {
  switch (row.kind) {
    case ReconciledRow::Kind::judged: return std::string(billing::word(row.verdict));
    case ReconciledRow::Kind::neither: return "neither";
    case ReconciledRow::Kind::ignored: return "ignored";
    case ReconciledRow::Kind::broken: return "broken";
  }
  return "";
}

std::string key(const ReconciledRow& row) {
  if (row.line == nullptr) return row.charge->verification.text();
  if (row.kind != ReconciledRow::Kind::judged) return "";
  return SampleMonth::key(row.line->references.empty() ? "" : row.line->references.front(),
                          *row.line->at_unix_ms);
}

std::string text_of(const Said& said) {
  std::string text;
  for (const auto& [about, words] : said) {
    for (const auto& [word, count] : words) {
      text += about + ": " + word + " x" + std::to_string(count) + "\n";
    }
  }
  return text;
}

TEST(ReconciliationProperty, EveryFaultThatWasPutInIsFoundAndNoneIsInvented) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    SampleMonth month(seed);
    Said said;
    std::string csv;
    const auto done = month.run([&](const ReconciledRow& row) {
      ++said[key(row)][word(row)];
      csv += csv_line(row, 480);
    });
    ASSERT_TRUE(done) << done.error().detail();
    ASSERT_EQ(text_of(said), text_of(month.expected())) << month.map();
    for (std::size_t i = 0; i < done->tallies.size(); ++i) {
      const std::string verdict(billing::word(static_cast<billing::Verdict>(i)));
      const auto expected = month.sums().find(verdict);
      const auto sums = done->tallies[i].sums.find("CNY");
      const bool is_there = sums != done->tallies[i].sums.end();
      ASSERT_EQ(is_there, expected != month.sums().end()) << verdict;
      if (!is_there) continue;
      EXPECT_EQ(sums->second.ours.micros, expected->second.first) << verdict;
      EXPECT_EQ(sums->second.theirs.micros, expected->second.second) << verdict;
    }
    // Reading changes nothing: the second time says the same, byte for byte.
    std::string again;
    ASSERT_TRUE(month.run([&](const ReconciledRow& row) { again += csv_line(row, 480); }));
    ASSERT_EQ(again, csv);
  }
}

}  // namespace
}  // namespace idswitch::engine
