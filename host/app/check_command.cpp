#include <iostream>

#include "app/commands.hpp"
#include "engine/verification/reload.hpp"

namespace idswitch::app {

int check(const std::string& config_file) {
  engine::Reloaded read;
  const auto setup = engine::open_setup(config_file, read);
  for (const config::Complaint& warning : read.warnings) {
    std::cerr << "warning: " << warning.line() << "\n";
  }
  if (setup != nullptr) {
    std::cout << config_file << ": ok, " << setup->accounts.size() << " accounts, "
              << setup->config.tenants.size() << " tenants\n";
    return 0;
  }
  for (const config::Complaint& complaint : read.complaints) {
    std::cerr << complaint.line() << "\n";
  }
  return 2;
}

}  // namespace idswitch::app
