#pragma once

// The subcommands of the program. Each answers with the process's exit code: 0 done
// (whatever the verdict), 1 the verification could not be done, 2 it could not begin (command line,
// config, plugin, store). Messages for people go to standard error, results to standard output.

#include <cstdint>
#include <string>
#include <vector>

namespace idswitch::app {

struct ServeOptions {
  std::string config_file;
  std::string ready_file;   // written when listening: {"port": 8080, "pid": 1234}; empty = none
  bool core_dumps = false;  // may be left, and debuggers attached
};

// Until SIGINT or SIGTERM, then finishes what is in flight.
int serve(const ServeOptions& options);

// Loads everything as serve would, opens nothing, prints every complaint.
int check(const std::string& config_file);

struct VerifyOptions {
  std::string config_file;
  std::string tenant;
  std::string request_file;  // the body of POST /v1/verifications; "-" = standard input
  std::string video_file;    // for video_code: submitted when the session is open
  int wait_s = 0;            // how long to ask for the result; 0 = not at all
};

int verify(const VerifyOptions& options);

struct ExplainOptions {
  std::string config_file;
  std::string tenant;
  std::string request_file;     // the body of POST /v1/verifications; "-" = standard input
  std::string verification_id;  // instead of a request: the decision stored with this one, replayed
  std::uint64_t seed = 0;       // of the decision; another one explores and ramps otherwise
  bool as_json = false;
};

// Explains one routing decision; nothing is called, written or charged. Of a verification: replays
// it and says whether it still agrees; then 1 when it does not.
int explain(const ExplainOptions& options);

struct ExperimentOptions {
  std::string config_file;
  std::string tenant;
  std::string experiment;  // empty = all of the tenant
  bool as_json = false;
};

// Reads the store, also while the switch runs.
int experiment_report(const ExperimentOptions& options);

struct SimulateOptions {
  std::string draft_file;       // the config that is to be tried
  std::string running_file;     // compared with; empty = the newest version in the store
  std::string store_file;       // of recorded traffic; empty = the running config's
  std::string tenant;           // empty = all
  int days = 7;                 // of recorded traffic
  std::string population_file;  // generated traffic instead; see docs/simulation.md
  std::uint64_t seed = 1;
  bool as_json = false;
};

int simulate(const SimulateOptions& options);

struct ReconcileOptions {
  std::string config_file;
  std::string account;
  std::string statement_file;  // the vendor's
  std::string map_file;        // what its columns and words mean; see configs/statement-map.yaml
  std::string period;          // "2026-11" or a day; empty = the months of the statement's lines
  std::string out_folder;      // for lines.csv and report.html; empty = only the summary
  std::string settle_file;     // for the settlements that it proposes; empty = none
  bool is_complete = false;    // of these: what stands in no line was not charged
};

// The vendor's statement against the ledger, line by line; only reads. 0 all matched, 1 there are
// differences, 2 it could not be done.
int ledger_reconcile(const ReconcileOptions& options);

struct SettleOptions {
  std::string config_file;
  std::string who;        // stands in the ledger for ever
  std::string from_file;  // lines, each a body of POST /admin/charges:settle; instead of all below
  std::string verification;
  std::string account;
  std::string sku;
  std::string key;
  std::int64_t call = 1;
  std::string amount;
  bool not_charged = false;
  std::string why;
  std::string statement_line;
  std::string vendor_reference;
};

// A person's word about charges that nobody knows, on a store that no switch has open. 0 all taken,
// 1 some were refused, 2 it could not begin.
int ledger_settle(const SettleOptions& options);

// Of those that only read the ledger; each takes the ones that it names. All read the store, also
// while the switch runs, and need none of the configuration's secrets.
struct LedgerOptions {
  std::string config_file;
  std::string tenant;      // report, export, unknown; empty = all
  std::string account;     // likewise
  std::string by;          // report: "account,sku,month"; empty = account and SKU
  std::string from;        // report, export: "2026-11-01"; empty = from the beginning
  std::string to;          // likewise, with all of that day; empty = until now
  std::string time;        // of these days: "+08:00"; empty = as the contracts say
  std::string older_than;  // unknown: "7d"; empty = any age
  bool as_csv = false;     // report
  bool as_json = false;    // report, verify, unknown
};

// Sums of what was charged, held and released, and what minimum commitments are short of.
int ledger_report(const LedgerOptions& options);

// Whether the ledger is whole and consistent; 1 when it is not.
int ledger_verify(const LedgerOptions& options);

// Every entry as CSV.
int ledger_export(const LedgerOptions& options);

// Holds that nothing has resolved, for whoever asks the vendor.
int ledger_unknown(const LedgerOptions& options);

struct ForgetOptions {
  std::string config_file;
  std::string tenant;
  std::string person;  // person_id, as the platform sent it
  std::string who;     // orders it; written down
};

// Erases what names a person, on a store that no switch has open. 0 done, 1 refused, 2 it could not
// begin.
int forget(const ForgetOptions& options);

// One line a product: id, version, methods, checks, file.
int plugin_list(const std::string& directory);

// Everything a plugin file declares: products, secrets, SKUs and their charge rule, codes.
int plugin_inspect(const std::vector<std::string>& files);

}  // namespace idswitch::app
