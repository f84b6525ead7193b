#pragma once

// ReconciliationPage: a reconciliation as one HTML page that a finance person can read, print and
// send on: totals, then what differs by verdict, then how it was made. One thread at a time.

#include <array>
#include <string>

#include "present/reconciliation_text.hpp"

namespace idswitch::engine {

// Gathers what the page shows: of each kind the first rows only; lines.csv has all.
class ReconciliationPage {
 public:
  static constexpr std::size_t k_rows_max = 500;

  explicit ReconciliationPage(ReconciliationSettings settings) : settings_(std::move(settings)) {}

  void take(const ReconciledRow& row);

  // HTML that needs nothing beside it and runs nothing.
  std::string html(const Reconciliation& done) const;

 private:
  struct Section {
    std::int64_t count = 0;
    std::string rows;
  };

  void add(Section& section, const ReconciledRow& row) const;
  void append(std::string& out, const Section& section, std::string_view title,
              std::string_view explanation) const;

  ReconciliationSettings settings_;
  std::array<Section, billing::k_verdicts> verdicts_;
  Section settling_, neither_, broken_;
};

}  // namespace idswitch::engine
