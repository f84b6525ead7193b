#pragma once

// ReconciliationMatching: finds which line of a statement is which charge of ours, over more of
// them than fit into memory: they are sorted by reference and by time on disk, and a few bytes of
// each are held. Lines and charges are numbered from 1, in the order they are added. One thread at
// a time.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reconcile/line_matching.hpp"
#include "store/scratch_table.hpp"

namespace idswitch::engine {

class ReconciliationMatching {
 public:
  // What has been found out about a line.
  struct Finding {
    enum class State : std::uint8_t { left_out, alone, matched, duplicate };
    State state = State::alone;
    bool is_by_time = false;
    std::uint32_t charge = 0;  // matched: its number
  };

  // Error: storage_failed.
  static Result<ReconciliationMatching> make();

  // One that is ignored or broken counts, and is never matched.
  void add_line(const billing::StatementLine& line);

  // names: what the vendor may call it; may hold one twice, and empty ones.
  void add_charge(const billing::LedgerCharge& charge, billing::Standing standing,
                  std::vector<std::string> names);

  // Where a line or charge is read again.
  struct Source {
    std::function<Result<billing::StatementLine>(std::size_t number)> line;
    std::function<Result<billing::LedgerCharge>(std::size_t number)> charge;
    std::function<billing::Standing(const billing::LedgerCharge&)> standing;
  };

  // Once, when everything was added: by reference; then the lines that are too many of their
  // reference; then the rest by SKU, amount and time (not with a window of 0).
  Result<void> run(std::int64_t window_ms, const Source& source);

  // Of every line.
  const std::vector<Finding>& findings() const { return findings_; }

  // Of every charge: a line was found for it.
  const std::vector<bool>& is_taken() const { return is_taken_; }

 private:
  ReconciliationMatching(store::ScratchTable names, store::ScratchTable repeats,
                         store::ScratchTable times)
      : names_(std::move(names)), repeats_(std::move(repeats)), times_(std::move(times)) {}

  billing::MatchItem item(const billing::StatementLine& line, std::size_t number);
  billing::MatchItem item(const billing::LedgerCharge& charge, billing::Standing standing,
                          std::size_t number);
  bool is_alone(const billing::MatchItem& item) const;
  void match(std::uint32_t line, std::uint32_t charge, bool is_by_time);
  Result<void> match_references(bool exact);
  Result<void> find_duplicates();
  Result<void> add_times(const Source& source);
  Result<void> match_times(std::int64_t window_ms, bool is_due);

  store::ScratchTable names_;    // by reference: lines and charges
  store::ScratchTable repeats_;  // by all references of a line and its SKU: lines
  store::ScratchTable times_;    // by SKU, currency, amount and time: what has no partner yet
  std::map<std::string, std::uint16_t> skus_, currencies_;
  std::vector<Finding> findings_;
  std::vector<bool> is_taken_;
};

}  // namespace idswitch::engine
