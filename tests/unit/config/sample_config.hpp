#pragma once

// SampleConfig: a valid config whose sections a test replaces one at a time.

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_load.hpp"
#include "temporary_folder.hpp"

namespace idswitch::config {

class SampleConfig {
 public:
  SampleConfig() {
    folder_.make_folder("plugins");
    folder_.write("secret", "from a file\n");
    folder_.write("open-secret", "seen by all\n", 0644);
    folder_.write("empty-secret", "\n");
    folder_.write("cert.pem", "certificate\n", 0644);
    folder_.write("key.pem", "key\n");
    folder_.write("open-key.pem", "key\n", 0644);
    ::setenv("SAMPLE_SECRET", "from the environment", 1);
    ::setenv("SAMPLE_EMPTY", "", 1);
    ::unsetenv("SAMPLE_MISSING");
  }

  const TemporaryFolder& folder() const { return folder_; }

  // sections: the text of one or more top-level sections. It comes first, so that its lines keep
  // their numbers; the sections it does not hold follow.
  LoadResult load(std::string_view sections) const {
    std::string text(sections);
    if (!text.ends_with('\n')) text += '\n';
    for (const auto& [key, section] : k_sections) {
      const bool is_given =
          text.starts_with(key) || text.find("\n" + std::string(key)) != text.npos;
      if (!is_given) text += section;
    }
    return load_text(text, "f", folder_.path());
  }

  // The complaints as "line:column: key: text", with the folder's name written as "DIR".
  std::vector<std::string> complaints(std::string_view sections) const {
    std::vector<std::string> lines;
    for (const Complaint& complaint : load(sections).complaints) {
      std::string line = complaint.line().substr(2);
      if (const auto at = line.find(folder_.path()); at != line.npos) {
        line.replace(at, folder_.path().size(), "DIR");
      }
      lines.push_back(std::move(line));
    }
    return lines;
  }

 private:
  static constexpr std::pair<std::string_view, std::string_view> k_sections[] = {
      {"server:", "server: {public_url: https://id.example.com}\n"},
      {"store:", "store: {path: idswitch.db}\n"},
      {"plugins:", "plugins: {directory: plugins, allow: [jumdata]}\n"},
      {"accounts:",
       "accounts:\n"
       "  main: {product: jumdata/life_check_v2, contract: {currency: CNY, prices: {}}}\n"
       "  spare: {product: jumdata/life_check_v2, contract: {currency: CNY, prices: {}}}\n"},
      {"tenants:",
       "tenants:\n"
       "  shop: {api_keys: [], routes: [{method: h5, checks: [liveness], accounts: [main]}]}\n"},
  };

  TemporaryFolder folder_;
};

}  // namespace idswitch::config
