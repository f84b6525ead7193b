#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "app/commands.hpp"

namespace {

using idswitch::app::LedgerOptions;

CLI::App* add_reading(CLI::App& ledgers, const char* name, const char* what,
                      int (*run)(const LedgerOptions&), LedgerOptions& options, int& exit_code) {
  CLI::App* command = ledgers.add_subcommand(name, what);
  command->add_option("-c,--config", options.config_file, "YAML file")->required();
  command->callback([run, &options, &exit_code] { exit_code = run(options); });
  return command;
}

// The commands that only read the ledger. options must outlive the parsing.
void add_ledger_reading(CLI::App& ledgers, LedgerOptions& options, int& exit_code) {
  using namespace idswitch::app;
  CLI::App* report = add_reading(ledgers, "report", "sums of what was charged, held and released",
                                 ledger_report, options, exit_code);
  CLI::App* verify = add_reading(ledgers, "verify", "check that the ledger is whole and consistent",
                                 ledger_verify, options, exit_code);
  CLI::App* exporting =
      add_reading(ledgers, "export", "every entry as CSV", ledger_export, options, exit_code);
  CLI::App* unknown = add_reading(ledgers, "unknown", "holds that nothing has resolved, by age",
                                  ledger_unknown, options, exit_code);
  for (CLI::App* command : {report, exporting, unknown}) {
    command->add_option("-t,--tenant", options.tenant, "only this tenant");
    command->add_option("--account", options.account, "only this account");
  }
  for (CLI::App* command : {report, exporting}) {
    command->add_option("--from", options.from, "first day, like 2026-11-01");
    command->add_option("--to", options.to, "last day, like 2026-11-30");
    command->add_option("--time", options.time,
                        "of these days, like +08:00; as the contracts say without");
  }
  report->add_option("--by", options.by,
                     "groups: tenant, account, sku, arm, and day or month; account,sku without");
  unknown->add_option("--older-than", options.older_than, "age, like 12h or 7d");
  CLI::Option* as_csv = report->add_flag("--csv", options.as_csv, "CSV instead of a table");
  report->add_flag("--json", options.as_json, "JSON instead of a table")->excludes(as_csv);
  for (CLI::App* command : {verify, unknown})
    command->add_flag("--json", options.as_json, "JSON instead of text");
}

// options must outlive the parsing.
void add_settling(CLI::App& ledgers, idswitch::app::SettleOptions& options, int& exit_code) {
  CLI::App* settling =
      ledgers.add_subcommand("settle", "say what became of charges that nobody knows");
  settling->add_option("-c,--config", options.config_file, "YAML file")->required();
  settling->add_option("--who", options.who, "whose word it is; stands in the ledger")->required();
  CLI::Option* from =
      settling->add_option("--from", options.from_file, "file of ledger reconcile --settle-file");
  CLI::Option* amount =
      settling->add_option("--amount", options.amount, "what the vendor charges, like 0.30");
  CLI::Option* free = settling->add_flag("--not-charged", options.not_charged, "it is not charged");
  amount->excludes(free);
  const std::pair<const char*, std::string*> texts[] = {
      {"--verification", &options.verification},
      {"--account", &options.account},
      {"--sku", &options.sku},
      {"--key", &options.key},
      {"--why", &options.why},
      {"--statement-line", &options.statement_line},
      {"--vendor-reference", &options.vendor_reference}};
  for (const auto& [name, text] : texts) settling->add_option(name, *text)->excludes(from);
  settling->add_option("--call", options.call, "of the key, 1 without")->excludes(from);
  settling->callback([&options, &exit_code] { exit_code = idswitch::app::ledger_settle(options); });
}

int run(int argc, char** argv) {
  using namespace idswitch::app;
  CLI::App app("idswitch, the identity-verification switch");
  app.require_subcommand(1);
  app.set_version_flag("--version", "idswitch " IDSWITCH_VERSION);
  int exit_code = 0;

  ServeOptions serve_options;
  auto* serving = app.add_subcommand("serve", "serve the HTTP API until SIGINT or SIGTERM");
  serving->add_option("-c,--config", serve_options.config_file, "YAML file")->required();
  serving->add_option("--ready-file", serve_options.ready_file,
                      "written when listening: port and pid");
  serving->add_flag("--core-dumps", serve_options.core_dumps,
                    "let a crash leave a core dump, with all secrets and persons in it");
  serving->callback([&] { exit_code = serve(serve_options); });

  std::string config_file;
  auto* checking = app.add_subcommand("check", "check a config, its secrets and its plugins");
  checking->add_option("-c,--config", config_file, "YAML file")->required();
  checking->callback([&] { exit_code = check(config_file); });

  VerifyOptions verify_options;
  auto* verifying = app.add_subcommand("verify", "run one verification from the shell");
  verifying->add_option("-c,--config", verify_options.config_file, "YAML file")->required();
  verifying->add_option("-t,--tenant", verify_options.tenant, "tenant's name")->required();
  verifying
      ->add_option("-r,--request", verify_options.request_file, "JSON body, - for standard input")
      ->required();
  verifying->add_option("--video", verify_options.video_file, "video to submit, for video_code");
  verifying->add_option("--wait", verify_options.wait_s, "seconds to wait for the result");
  verifying->callback([&] { exit_code = verify(verify_options); });

  ExplainOptions explain_options;
  auto* explaining = app.add_subcommand("explain", "explain whom a request would be routed to");
  explaining->add_option("-c,--config", explain_options.config_file, "YAML file")->required();
  explaining->add_option("-t,--tenant", explain_options.tenant, "tenant's name");
  auto* of_request = explaining->add_option("-r,--request", explain_options.request_file,
                                            "JSON body, - for standard input");
  explaining
      ->add_option("--verification", explain_options.verification_id,
                   "replay the decision stored with this verification")
      ->excludes(of_request);
  explaining->add_option("--seed", explain_options.seed, "of the decision");
  explaining->add_flag("--json", explain_options.as_json, "JSON instead of text");
  explaining->callback([&] { exit_code = explain(explain_options); });

  auto* experiments = app.add_subcommand("experiment", "what experiments have shown");
  experiments->require_subcommand(1);
  ExperimentOptions experiment_options;
  auto* reporting = experiments->add_subcommand("report", "arms, intervals and guardrails");
  reporting->add_option("-c,--config", experiment_options.config_file, "YAML file")->required();
  reporting->add_option("-t,--tenant", experiment_options.tenant, "tenant's name")->required();
  reporting->add_option("experiment", experiment_options.experiment, "one of them; all without");
  reporting->add_flag("--json", experiment_options.as_json, "JSON instead of text");
  reporting->callback([&] { exit_code = experiment_report(experiment_options); });

  SimulateOptions simulate_options;
  auto* simulating =
      app.add_subcommand("simulate", "what a draft config would do with recorded traffic");
  simulating->add_option("-c,--config", simulate_options.draft_file, "the draft, a YAML file")
      ->required();
  simulating->add_option("--running", simulate_options.running_file,
                         "config to compare with; the store's newest version without");
  simulating->add_option("--store", simulate_options.store_file, "database with recorded traffic");
  simulating->add_option("-t,--tenant", simulate_options.tenant, "only this tenant");
  simulating->add_option("--days", simulate_options.days, "of recorded traffic, 7")
      ->check(CLI::Range(1, 3660));
  simulating->add_option("--population", simulate_options.population_file,
                         "generate the traffic that this YAML file describes");
  simulating->add_option("--seed", simulate_options.seed, "of the simulation");
  simulating->add_flag("--json", simulate_options.as_json, "JSON instead of text");
  simulating->callback([&] { exit_code = simulate(simulate_options); });

  auto* ledgers = app.add_subcommand("ledger", "what the vendors charge");
  ledgers->require_subcommand(1);
  ReconcileOptions reconcile_options;
  auto* reconciling =
      ledgers->add_subcommand("reconcile", "compare a vendor's statement with the ledger");
  reconciling->add_option("-c,--config", reconcile_options.config_file, "YAML file")->required();
  reconciling->add_option("--account", reconcile_options.account, "whose statement it is")
      ->required();
  reconciling->add_option("--statement", reconcile_options.statement_file, "CSV file")->required();
  reconciling->add_option("--map", reconcile_options.map_file, "what its columns mean, a YAML file")
      ->required();
  reconciling->add_option("--period", reconcile_options.period,
                          "month like 2026-11, or day; else the months that its lines lie in");
  reconciling->add_option("--out", reconcile_options.out_folder,
                          "folder for lines.csv and report.html");
  auto* settling_file =
      reconciling->add_option("--settle-file", reconcile_options.settle_file,
                              "file for what the statement says of unknown charges");
  reconciling
      ->add_flag("--complete", reconcile_options.is_complete,
                 "in that file: what stands in no line of the statement was not charged")
      ->needs(settling_file);
  reconciling->callback([&] { exit_code = ledger_reconcile(reconcile_options); });
  SettleOptions settle_options;
  add_settling(*ledgers, settle_options, exit_code);
  LedgerOptions ledger_options;
  add_ledger_reading(*ledgers, ledger_options, exit_code);

  ForgetOptions forget_options;
  auto* forgetting = app.add_subcommand("forget", "erase what names a person");
  forgetting->add_option("-c,--config", forget_options.config_file, "YAML file")->required();
  forgetting->add_option("-t,--tenant", forget_options.tenant, "whose person it is")->required();
  forgetting->add_option("--person", forget_options.person, "person_id, as the platform sent it")
      ->required();
  forgetting->add_option("--who", forget_options.who, "who orders it; is written down")->required();
  forgetting->callback([&] { exit_code = forget(forget_options); });

  auto* plugins = app.add_subcommand("plugin", "look at plugin files");
  plugins->require_subcommand(1);
  std::string directory;
  auto* listing = plugins->add_subcommand("list", "list the products in a folder of plugins");
  listing->add_option("directory", directory, "folder with libidswitch_*.so")->required();
  listing->callback([&] { exit_code = plugin_list(directory); });
  std::vector<std::string> files;
  auto* inspecting = plugins->add_subcommand("inspect", "show all that plugin files declare");
  inspecting->add_option("files", files, "plugin files")->required();
  inspecting->callback([&] { exit_code = plugin_inspect(files); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version are no failure; a wrong command line could not begin.
    return app.exit(error) == 0 ? 0 : 2;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "idswitch: %s\n", error.what());
    return 1;
  }
}
