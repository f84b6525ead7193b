#include "config/config_load.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/sections/account_section.hpp"
#include "config/sections/api_key_section.hpp"
#include "config/sections/budget_section.hpp"
#include "config/sections/retention_section.hpp"
#include "config/sections/server_section.hpp"
#include "config/sections/tenant_section.hpp"
#include "config/sections/webhook_section.hpp"
#include "config/yaml/reading.hpp"
#include "config/yaml/section.hpp"
#include "config/yaml/yaml_tree.hpp"

namespace idswitch::config {
namespace {

// A hundred thousand tenants fit; what is larger was not meant.
constexpr std::uintmax_t k_file_bytes_max = 64 << 20;

LoadResult cannot_read(const std::string& path, const std::string& why) {
  LoadResult result;
  result.config.file = path;
  result.complaints.push_back({{path, 0, 0}, "", "cannot read the file: " + why});
  return result;
}

// The names that stand in the section, also of what has complaints of its own: who names one of
// those is right.
std::vector<std::string> names_in(const std::optional<Value>& section) {
  std::vector<std::string> names;
  if (!section) return names;
  for (const YamlMember& member : section->node().members) names.push_back(member.key);
  return names;
}

std::vector<ApiKey> read_admin(const Value& value, ApiKeyReader& api_keys) {
  std::vector<ApiKey> keys;
  Section section(value);
  const auto found = section.require("api_keys", "a list of keys");
  if (found) keys = api_keys.read(*found);
  section.finish();
  return keys;
}

void read_config(const Value& root, Config& config) {
  Section section(root);
  const auto server = section.require("server", "at least its public_url");
  const auto store = section.require("store", "at least its path");
  const auto log = section.find("log");
  const auto plugins = section.require("plugins", "directory and allow");
  const auto admin = section.find("admin");
  const auto statistics = section.find("statistics");
  const auto retention = section.find("retention");
  const auto accounts = section.require("accounts", "at least one account");
  const auto budgets = section.find("budgets");
  const auto tenants = section.require("tenants", "at least one tenant");
  const auto webhooks = section.find("webhooks");
  section.finish();
  if (server) config.server = read_server(*server);
  if (store) config.store = read_store(*store);
  if (log) config.log_level = read_log_level(*log);
  if (plugins) config.plugins = read_plugins(*plugins);
  if (accounts) config.accounts = read_accounts(*accounts);
  const KnownAccounts known{names_in(accounts), config.accounts};
  ApiKeyReader api_keys;
  if (admin) config.admin_keys = read_admin(*admin, api_keys);
  if (statistics) config.statistics = read_statistics(*statistics);
  if (retention) config.retention = read_retention(*retention);
  if (tenants) config.tenants = read_tenants(*tenants, known, api_keys);
  if (budgets) config.budgets = read_budgets(*budgets, known, names_in(tenants));
  if (webhooks) config.webhooks = read_webhooks(*webhooks, names_in(tenants));
}

}  // namespace

std::string Complaint::line() const {
  return where.text() + ": " + (key.empty() ? "" : key + ": ") + text;
}

LoadResult load_text(const std::string& text, const std::string& name, const std::string& folder,
                     Secrets secrets) {
  LoadResult result;
  result.config.file = name;
  result.text = text;
  Reading reading(name, folder, secrets);
  const YamlTree tree = read_yaml(text);
  for (const YamlFault& fault : tree.faults) reading.complain(fault.where, "", fault.text);
  if (tree.faults.empty()) {
    if (tree.root.kind == YamlNode::Kind::nothing) {
      reading.complain({}, "", "the file is empty: start from configs/minimal.yaml");
    } else {
      read_config(Value(reading, "", Mark{}, tree.root), result.config);
    }
  }
  result.complaints = reading.take_complaints();
  result.warnings = reading.take_warnings();
  return result;
}

LoadResult load_file(const std::string& path, Secrets secrets) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status)) return cannot_read(path, "it is a folder");
  if (std::filesystem::is_regular_file(status) &&
      std::filesystem::file_size(path, error) > k_file_bytes_max) {
    return cannot_read(path, "it is larger than 64MiB");
  }
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return cannot_read(path, std::strerror(errno));
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (stream.bad()) return cannot_read(path, std::strerror(errno));
  return load_text(text, path, std::filesystem::path(path).parent_path().string(), secrets);
}

}  // namespace idswitch::config
