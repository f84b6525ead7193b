#include <iostream>

#include "app/commands.hpp"
#include "engine/setup.hpp"

namespace idswitch::app {

int check(const std::string& config_file) {
  config::LoadResult loaded = config::load_file(config_file);
  std::vector<config::Complaint> complaints = std::move(loaded.complaints);
  if (complaints.empty()) {
    const auto setup = engine::make_setup(std::move(loaded.config), complaints);
    if (setup != nullptr) {
      std::cout << config_file << ": ok, " << setup->accounts.size() << " accounts, "
                << setup->config.tenants.size() << " tenants\n";
      return 0;
    }
  }
  for (const config::Complaint& complaint : complaints) std::cerr << complaint.line() << "\n";
  return 2;
}

}  // namespace idswitch::app
