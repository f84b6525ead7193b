#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "app/commands.hpp"
#include "app/core_dumps.hpp"
#include "idswitch/switch.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::app {
namespace {

// Written beside and moved into place, so that a reader never sees half of it.
bool write_ready_file(const std::string& path, std::uint16_t port) {
  const std::string scratch = path + ".tmp";
  {
    std::ofstream out(scratch);
    out << "{\"port\": " << port << ", \"pid\": " << ::getpid() << "}\n";
    if (!out.flush()) return false;
  }
  return std::rename(scratch.c_str(), path.c_str()) == 0;
}

}  // namespace

int serve(const ServeOptions& options) {
  if (const Result<void> forbidden = options.core_dumps ? Result<void>() : forbid_core_dumps();
      !forbidden) {
    std::cerr << forbidden.error().detail() << "\n";
    return 2;
  }
  // Blocked before any thread starts, so that sigwait below is the only one to get them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  store::count_no_memory();
  auto opened = Switch::open({options.config_file});
  if (!opened) {
    std::cerr << opened.problem().detail << "\n";
    return 2;
  }
  const Outcome<std::uint16_t> port = opened.value()->listen();
  if (!port) {
    std::cerr << port.problem().detail << "\n";
    return 2;
  }
  if (!options.ready_file.empty() && !write_ready_file(options.ready_file, port.value())) {
    std::cerr << "cannot write the ready file " << options.ready_file << "\n";
    return 2;
  }
  std::cout << "idswitch listens on port " << port.value() << "; stop it with ctrl-C" << std::endl;
  int signal_number = 0;
  while (sigwait(&signals, &signal_number) == 0 && signal_number == SIGHUP) {
    const Outcome<std::int64_t> reloaded = opened.value()->reload();
    if (reloaded) {
      std::cout << "idswitch runs config version " << reloaded.value() << std::endl;
    } else {
      std::cerr << "the config is refused, the running version stays:\n"
                << reloaded.problem().detail << std::endl;
    }
  }
  std::cout << "idswitch stops: finishing what is in flight" << std::endl;
  // A second signal ends it at once.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  opened.value()->close();
  if (!options.ready_file.empty()) std::remove(options.ready_file.c_str());
  return 0;
}

}  // namespace idswitch::app
