#pragma once

// LedgerReader: what the commands of `idswitch ledger` that only read begin with: the configuration
// without its secrets, and the store beside a switch that may be running. Complaints go to standard
// error.

#include <memory>
#include <optional>

#include "app/commands.hpp"
#include "config/config.hpp"
#include "present/ledger_report_json.hpp"
#include "store/store.hpp"

namespace idswitch::app {

struct LedgerReader {
  config::Config config;
  std::unique_ptr<store::Store> store;
};

// Nothing after a complaint. A tenant or account that the configuration does not have is only
// mentioned: the ledger may still know it.
std::optional<LedgerReader> open_ledger(const LedgerOptions& options);

api::ReportWords words_of(const LedgerOptions& options);

// Prints it and answers with the exit code that it means.
int cannot(const Error& error);

// Whether all that was printed has reached standard output; complains when it has not.
bool is_printed();

}  // namespace idswitch::app
