// The files in configs/ are what people copy: they must load, and what stands there switched off
// must load when it is switched on.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string_view>

#include "config/config_load.hpp"
#include "temporary_folder.hpp"

namespace idswitch::config {
namespace {

std::string read(const std::string& name) {
  std::ifstream stream(std::string(IDSWITCH_CONFIGS) + "/" + name);
  EXPECT_TRUE(stream.good()) << name;
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void set_variables_named_in(const std::string& text) {
  constexpr std::string_view k_source = "env:";
  for (auto at = text.find(k_source); at != text.npos; at = text.find(k_source, at + 1)) {
    const auto start = at + k_source.size();
    const auto end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", start);
    const std::string name = text.substr(start, end - start);
    // 24 zero bytes.
    const bool signs = name.ends_with("WEBHOOK_SECRET");
    ::setenv(name.c_str(), signs ? "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" : "a value", 1);
  }
}

// Loads text as configs/NAME of a folder that looks like a built tree.
LoadResult load_as(const std::string& name, const std::string& text) {
  const TemporaryFolder folder;
  folder.make_folder("build/release/lib/idswitch");
  for (const char* file :
       {"tls/chain.pem", "tls/key.pem", "tls/vendor-ca.pem", "secrets/baidu-secret-key"}) {
    folder.write(std::string("configs/") + file, "content");
  }
  folder.write("configs/" + name, text);
  set_variables_named_in(text);
  return load_file(folder.path("configs/" + name));
}

void expect_valid(const LoadResult& result) {
  for (const Complaint& complaint : result.complaints) ADD_FAILURE() << complaint.line();
  for (const Complaint& warning : result.warnings) ADD_FAILURE() << warning.line();
}

TEST(ExampleConfigs, MinimalLoads) {
  const LoadResult result = load_as("minimal.yaml", read("minimal.yaml"));
  expect_valid(result);
  EXPECT_EQ(result.config.accounts.size(), 1u);
  EXPECT_EQ(result.config.tenants.size(), 1u);
}

TEST(ExampleConfigs, ReferenceLoadsWithAllProducts) {
  const LoadResult result = load_as("idswitch.yaml", read("idswitch.yaml"));
  expect_valid(result);
  std::set<std::string> products;
  for (const auto& [name, account] : result.config.accounts) products.insert(account.product);
  EXPECT_EQ(products, (std::set<std::string>{"aliyun-faceid/lite_v1", "aliyun-faceid/sdk_v1_2",
                                             "baidu/voice_code", "jumdata/life_check_v2",
                                             "megvii/faceid_v5"}));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Switches on what stands behind a "#" without a blank, and drops the line it stands for, if any.
std::string with_everything_on(const std::string& text) {
  std::vector<std::string> lines;
  for (std::string line : lines_of(text)) {
    const auto hash = line.find_first_not_of(' ');
    const bool is_off = hash != line.npos && line[hash] == '#' && hash + 1 < line.size() &&
                        line[hash + 1] >= 'a' && line[hash + 1] <= 'z';
    if (is_off) {
      line.erase(hash, 1);
      const std::string key = line.substr(0, line.find(':') + 1);
      if (lines.back().starts_with(key)) lines.pop_back();
    }
    lines.push_back(line);
  }
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

TEST(ExampleConfigs, ReferenceLoadsWithEverythingSwitchedOn) {
  const LoadResult result = load_as("idswitch.yaml", with_everything_on(read("idswitch.yaml")));
  expect_valid(result);
  EXPECT_TRUE(result.config.server.certificate_file.ends_with("chain.pem"));
  EXPECT_TRUE(result.config.accounts.at("baidu-main").ca_file.ends_with("vendor-ca.pem"));
  EXPECT_EQ(result.config.accounts.at("baidu-main").secrets.at("secret_key").reveal(), "content");
  ASSERT_EQ(result.config.webhooks.size(), 1u);
  EXPECT_EQ(result.config.webhooks[0].timeout, Webhook().timeout);
  EXPECT_EQ(result.config.webhooks[0].retries, Webhook().retries);
}

TEST(ExampleConfigs, ReferenceShowsTheRealDefaults) {
  const LoadResult shown = load_as("idswitch.yaml", read("idswitch.yaml"));
  const Account& account = shown.config.accounts.at("baidu-main");
  const Server server;
  const Limits limits;
  const Route route;
  EXPECT_EQ(shown.config.server.listen, server.listen);
  EXPECT_EQ(shown.config.server.threads, server.threads);
  EXPECT_EQ(shown.config.server.body_bytes_max, server.body_bytes_max);
  EXPECT_EQ(shown.config.server.buffered_bytes_max, server.buffered_bytes_max);
  EXPECT_EQ(shown.config.server.stop_grace, server.stop_grace);
  EXPECT_EQ(shown.config.log_level, Config().log_level);
  EXPECT_EQ(account.limits.timeout, limits.timeout);
  EXPECT_EQ(account.limits.connect_timeout, limits.connect_timeout);
  EXPECT_EQ(account.limits.result_interval, limits.result_interval);
  EXPECT_EQ(account.limits.connections_max, limits.connections_max);
  EXPECT_EQ(account.limits.response_bytes_max, limits.response_bytes_max);
  EXPECT_EQ(account.limits.concurrency_max, limits.concurrency_max);
  EXPECT_EQ(account.limits.starts_per_second, limits.starts_per_second);
  const Breaker breaker;
  EXPECT_EQ(account.breaker.consecutive_failures, breaker.consecutive_failures);
  EXPECT_EQ(account.breaker.failure_rate_ppm, breaker.failure_rate_ppm);
  EXPECT_EQ(account.breaker.volume_min, breaker.volume_min);
  EXPECT_EQ(account.breaker.window, breaker.window);
  EXPECT_EQ(account.breaker.open_for, breaker.open_for);
  EXPECT_EQ(account.breaker.open_for_max, breaker.open_for_max);
  EXPECT_EQ(account.breaker.ramp, breaker.ramp);
  EXPECT_EQ(account.breaker.trip_for, breaker.trip_for);
  const Prior prior;
  EXPECT_EQ(account.prior.start_rate_ppm, prior.start_rate_ppm);
  EXPECT_EQ(account.prior.completion_rate_ppm, prior.completion_rate_ppm);
  EXPECT_EQ(account.prior.pass_rate_ppm, prior.pass_rate_ppm);
  EXPECT_EQ(account.prior.weight, prior.weight);
  EXPECT_EQ(account.contract.utc_offset_min, Contract().utc_offset_min);
  EXPECT_EQ(shown.config.statistics.window, Statistics().window);
  EXPECT_EQ(shown.config.budgets.at(0).stops, Budget().stops);
  EXPECT_EQ(shown.config.budgets.at(0).warn_at_ppm, Budget().warn_at_ppm);
  EXPECT_EQ(shown.config.tenants.at("shop").experiments.at(0).alpha_ppm, Experiment().alpha_ppm);
  EXPECT_EQ(shown.config.tenants.at("shop").routes[0].attempts_max, route.attempts_max);
  EXPECT_EQ(shown.config.tenants.at("shop").routes[0].hedge_after, route.hedge_after);
  EXPECT_EQ(shown.config.tenants.at("shop").keep_images, Tenant().keep_images);
  EXPECT_EQ(shown.config.tenants.at("shop").routes[0].deadline, route.deadline);
  EXPECT_EQ(shown.config.tenants.at("shop").routes[0].on_unknown_outcome, route.on_unknown_outcome);
}

TEST(ExampleConfigs, ReferenceShowsEveryKey) {
  std::set<std::string> shown;
  for (const std::string& line : lines_of(with_everything_on(read("idswitch.yaml")))) {
    const auto start = std::min(line.find_first_not_of(" -"), line.size());
    shown.insert(line.substr(start, line.find(':') - start));
  }
  for (const char* key : {"server",
                          "listen",
                          "public_url",
                          "certificate_file",
                          "private_key_file",
                          "threads",
                          "body_bytes_max",
                          "buffered_bytes_max",
                          "stop_grace",
                          "store",
                          "path",
                          "log",
                          "level",
                          "plugins",
                          "directory",
                          "allow",
                          "accounts",
                          "product",
                          "base_url",
                          "ca_file",
                          "secrets",
                          "settings",
                          "limits",
                          "timeout",
                          "connect_timeout",
                          "result_interval",
                          "connections_max",
                          "response_bytes_max",
                          "contract",
                          "version",
                          "currency",
                          "prices",
                          "tenants",
                          "api_keys",
                          "id",
                          "sha256",
                          "return_urls",
                          "default_return_url",
                          "keep_images",
                          "routes",
                          "method",
                          "checks",
                          "deadline",
                          "on_unknown_outcome",
                          "admin",
                          "statistics",
                          "window",
                          "budgets",
                          "tenant",
                          "per",
                          "limit",
                          "at_limit",
                          "warn_at",
                          "data_regions",
                          "concurrency_max",
                          "starts_per_second",
                          "starts_burst",
                          "breaker",
                          "consecutive_failures",
                          "failure_rate",
                          "volume_min",
                          "open_for",
                          "open_for_max",
                          "ramp",
                          "trip_for",
                          "prior",
                          "start_rate",
                          "completion_rate",
                          "pass_rate",
                          "weight",
                          "time",
                          "minimum",
                          "amount",
                          "versions",
                          "from",
                          "price",
                          "outcomes",
                          "verdict",
                          "reason",
                          "code",
                          "tiers",
                          "free_units",
                          "charged_once",
                          "days",
                          "attributes",
                          "segment_by",
                          "experiments",
                          "seed",
                          "coverage",
                          "arms",
                          "use",
                          "control",
                          "alpha",
                          "guardrail",
                          "pass_rate_drop",
                          "completion_rate_drop",
                          "cost_per_pass_rise",
                          "name",
                          "when",
                          "any",
                          "weighted",
                          "parts",
                          "cheapest",
                          "goal",
                          "pass_rate_min",
                          "unit_price_max",
                          "latency_max",
                          "explore",
                          "attempts_max",
                          "hedge_after"}) {
    EXPECT_TRUE(shown.contains(key)) << key;
  }
}

}  // namespace
}  // namespace idswitch::config
