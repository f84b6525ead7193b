#include <CLI/CLI.hpp>

#include "app/commands.hpp"

int main(int argc, char** argv) {
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
