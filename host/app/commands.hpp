#pragma once

// The subcommands of the program. Each answers with the process's exit code: 0 done
// (whatever the verdict), 1 the verification could not be done, 2 it could not begin (command line,
// config, plugin, store). Messages for people go to standard error, results to standard output.

#include <string>
#include <vector>

namespace idswitch::app {

struct ServeOptions {
  std::string config_file;
  std::string ready_file;  // written when listening: {"port": 8080, "pid": 1234}; empty = none
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

// One line a product: id, version, methods, checks, file.
int plugin_list(const std::string& directory);

// Everything a plugin file declares: products, secrets, SKUs and their charge rule, codes.
int plugin_inspect(const std::vector<std::string>& files);

}  // namespace idswitch::app
