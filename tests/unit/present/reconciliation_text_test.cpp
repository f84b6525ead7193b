#include "present/reconciliation_text.hpp"

#include <gtest/gtest.h>

#include "../reconcile/reconciliation_sample.hpp"
#include "present/reconciliation_page.hpp"

namespace idswitch::engine {
namespace {

struct Sample {
  config::Contract contract = sample_contract();
  billing::StatementMap map;
  billing::StatementLine line;
  billing::LedgerCharge charge;
  ReconciledRow row;

  Sample() {
    line.line = 7;
    line.references = {"=HYPERLINK(\"x\")", "<b>&"};
    line.sku = "verify";
    line.currency = charge.currency = "CNY";
    line.amount = Money{300'000};
    charge.balance = Money{200'000};
    charge.state = ChargeState::captured;
    charge.charged_at_unix_ms = k_november_unix_ms;
    row.verdict = billing::Verdict::amount_differs;
    row.line = &line;
    row.charge = &charge;
    row.is_counted = true;
    row.note = "said, so";
  }

  ReconciliationSettings settings() const {
    return {"vendor-1", "vendor/product", "s.csv", "m.yaml", &map, &contract};
  }
};

TEST(ReconciliationText, CsvLineIsNoFormulaAndHasBothSides) {
  const Sample sample;
  const std::string line = csv_line(sample.row, 480);
  EXPECT_TRUE(
      line.starts_with("amount differs,7,\"'=HYPERLINK(\"\"x\"\") <b>&\",,verify,1,0.30,CNY,ver_"))
      << line;
  EXPECT_NE(line.find(",captured,2026-11-01 00:00:00 +08:00,"), std::string::npos) << line;
  EXPECT_NE(line.find(",0.20,CNY,0.10,reference,,,\"said, so\"\n"), std::string::npos) << line;
  const auto commas = [](const std::string& text) {
    return std::count(text.begin(), text.end(), ',');
  };
  EXPECT_EQ(commas(line), commas(csv_header()) + 1);  // one is in the note
}

TEST(ReconciliationText, PageEscapesWhatTheVendorWroteAndKeepsWithinItsRows) {
  const Sample sample;
  ReconciliationPage page(sample.settings());
  Reconciliation done;
  for (std::size_t i = 0; i < ReconciliationPage::k_rows_max + 2; ++i) {
    page.take(sample.row);
    ASSERT_TRUE(done.tallies[1].add(&sample.line, &sample.charge));
    ASSERT_TRUE(done.total.add(&sample.line, &sample.charge));
  }
  const std::string html = page.html(done);
  EXPECT_EQ(html.find("<b>"), std::string::npos);
  EXPECT_NE(html.find("&lt;b&gt;&amp;"), std::string::npos);
  EXPECT_NE(html.find("Amount differs (502)"), std::string::npos);
  EXPECT_NE(html.find("and 2 more; lines.csv has them all"), std::string::npos);
  EXPECT_NE(html.find("there are differences"), std::string::npos);
  const std::string summary = summary_text(sample.settings(), done);
  EXPECT_NE(summary.find("amount differs    502  100.40  150.60       50.20  CNY\n"),
            std::string::npos)
      << summary;
  EXPECT_NE(summary_text(sample.settings(), {}).find("all matched"), std::string::npos);
}

}  // namespace
}  // namespace idswitch::engine
