#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "idswitch/abi/vocabulary.h"
#include "sample_config.hpp"

namespace idswitch::config {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> no_complaints() {
  return {};
}

TEST(ConfigLoad, GivesDefaultsToWhatIsNotWritten) {
  const SampleConfig sample;
  const LoadResult result = sample.load("");
  ASSERT_EQ(sample.complaints(""), no_complaints());
  const Config& config = result.config;
  EXPECT_EQ(config.file, "f");
  EXPECT_EQ(config.server.listen, "127.0.0.1:8080");
  EXPECT_EQ(config.server.threads, 0u);
  EXPECT_EQ(config.server.body_bytes_max, 24u << 20);
  EXPECT_EQ(config.server.stop_grace, 30s);
  EXPECT_EQ(config.log_level, log::Level::info);
  const Account& account = config.accounts.at("main");
  EXPECT_TRUE(account.base_urls.empty());
  EXPECT_EQ(account.ca_file, "");
  EXPECT_EQ(account.settings, "{}");
  EXPECT_EQ(account.limits.timeout, 10s);
  EXPECT_EQ(account.limits.connect_timeout, 3s);
  EXPECT_EQ(account.contract.versions.front().version, "1");
  const Tenant& tenant = config.tenants.at("shop");
  EXPECT_FALSE(tenant.keep_images);
  ASSERT_EQ(tenant.routes.size(), 1u);
  EXPECT_EQ(tenant.routes[0].deadline, 20s);
  EXPECT_EQ(tenant.routes[0].on_unknown_outcome, OnUnknownOutcome::wait);
}

TEST(ConfigLoad, ReadsServerStoreLogAndPlugins) {
  const SampleConfig sample;
  const auto text =
      "server:\n"
      "  listen: '[::1]:0'\n"
      "  public_url: https://id.example.com/kyc\n"
      "  certificate_file: cert.pem\n"
      "  private_key_file: key.pem\n"
      "  threads: 2\n"
      "  body_bytes_max: 512KiB\n"
      "  buffered_bytes_max: 1MiB\n"
      "  stop_grace: 1500ms\n"
      "store: {path: data/../x.db}\n"
      "log: {level: warn}\n"
      "plugins: {directory: ./plugins, allow: [jumdata, aliyun-faceid]}\n";
  ASSERT_EQ(sample.complaints(text), no_complaints());
  const Config config = sample.load(text).config;
  EXPECT_EQ(config.server.listen, "[::1]:0");
  EXPECT_EQ(config.server.public_url, "https://id.example.com/kyc");
  EXPECT_EQ(config.server.certificate_file, sample.folder().path("cert.pem"));
  EXPECT_EQ(config.server.private_key_file, sample.folder().path("key.pem"));
  EXPECT_EQ(config.server.threads, 2u);
  EXPECT_EQ(config.server.body_bytes_max, 512u << 10);
  EXPECT_EQ(config.server.buffered_bytes_max, 1u << 20);
  EXPECT_EQ(config.server.stop_grace, 1500ms);
  EXPECT_EQ(config.store.path, sample.folder().path("x.db"));
  EXPECT_EQ(config.log_level, log::Level::warn);
  EXPECT_EQ(config.plugins.directory, sample.folder().path("plugins"));
  EXPECT_EQ(config.plugins.allow, (std::vector<std::string>{"jumdata", "aliyun-faceid"}));
}

TEST(ConfigLoad, LeavesRoomForTwoOfTheLargestBodies) {
  const SampleConfig sample;
  const auto buffered = [&](const std::string& line) {
    return sample.load("server: {public_url: https://id.example.com" + line + "}\n")
        .config.server.buffered_bytes_max;
  };
  EXPECT_EQ(buffered(""), 256u << 20);
  EXPECT_EQ(buffered(", body_bytes_max: 200MiB"), 400u << 20);
}

constexpr std::string_view k_account =
    "accounts:\n"
    "  main:\n"
    "    product: aliyun-faceid/sdk_v1_2\n"
    "    base_url: {api: https://api.example:8443, auth: https://auth.example/v1}\n"
    "    ca_file: cert.pem\n"
    "    secrets:\n"
    "      app_key: env:SAMPLE_SECRET\n"
    "      app_secret: file:secret\n"
    "    settings:\n"
    "      auth: signature\n"
    "      nested: {depth: [1, two, {three: 3}]}\n"
    "    limits: {timeout: 2s, result_interval: 0s, connections_max: 7, response_bytes_max: 1MiB}\n"
    "    contract:\n"
    "      version: 2026\n"
    "      currency: CNY\n"
    "      prices:\n"
    "        face_verify: 1.00\n"
    "        retry: \"0.000001\"\n"
    "        gift: 0\n";

TEST(ConfigLoad, ReadsAnAccount) {
  const SampleConfig sample;
  ASSERT_EQ(sample.complaints(k_account), no_complaints());
  const Account account = sample.load(k_account).config.accounts.at("main");
  EXPECT_EQ(account.name, "main");
  EXPECT_EQ(account.product, "aliyun-faceid/sdk_v1_2");
  EXPECT_EQ(account.base_urls,
            (std::map<std::string, std::string>{{"api", "https://api.example:8443"},
                                                {"auth", "https://auth.example/v1"}}));
  EXPECT_EQ(account.ca_file, sample.folder().path("cert.pem"));
  EXPECT_EQ(account.secrets.at("app_key").reveal(), "from the environment");
  EXPECT_EQ(account.secrets.at("app_secret").reveal(), "from a file");
  EXPECT_EQ(account.limits.timeout, 2s);
  EXPECT_EQ(account.limits.connect_timeout, 2s) << "the default never exceeds timeout";
  EXPECT_EQ(account.limits.result_interval, 0s);
  EXPECT_EQ(account.limits.connections_max, 7u);
  EXPECT_EQ(account.limits.response_bytes_max, 1u << 20);
  EXPECT_EQ(account.contract.versions.front().version, "2026");
  EXPECT_EQ(account.contract.currency, "CNY");
  EXPECT_EQ(account.contract.versions.front().prices.at("face_verify").price.micros, 1'000'000);
  EXPECT_EQ(account.contract.versions.front().prices.at("retry").price.micros, 1);
  EXPECT_EQ(account.contract.versions.front().prices.at("gift").price.micros, 0);
}

TEST(ConfigLoad, RemembersWhereAnAccountsKeysStand) {
  const SampleConfig sample;
  const Account account = sample.load(k_account).config.accounts.at("main");
  EXPECT_EQ(account.where.text(), "f:2:3");
  EXPECT_EQ(account.contract.where.text(), "f:13:5");
  const std::pair<const char*, const char*> expected[] = {
      {"product", "f:3:5"},
      {"base_url", "f:4:5"},
      {"base_url/auth", "f:4:47"},
      {"ca_file", "f:5:5"},
      {"secrets", "f:6:5"},
      {"secrets/app_secret", "f:8:7"},
      {"settings", "f:9:5"},
      {"settings/auth", "f:10:7"},
      {"settings/nested", "f:11:7"},
      {"settings/nested/depth", "f:11:16"},
      {"settings/nested/depth/1", "f:11:27"},
      {"settings/nested/depth/2/three", "f:11:33"},
      {"limits", "f:12:5"},
      {"contract", "f:13:5"},
      {"contract/currency", "f:15:7"},
      {"contract/prices", "f:16:7"},
      {"contract/prices/face_verify", "f:17:9"},
  };
  for (const auto& [path, position] : expected) {
    ASSERT_TRUE(account.positions.contains(path)) << path;
    EXPECT_EQ(account.positions.at(path).text(), position) << path;
  }
}

TEST(ConfigLoad, ReadsATenant) {
  const SampleConfig sample;
  const auto text =
      "tenants:\n"
      "  shop:\n"
      "    api_keys:\n"
      "      - id: backend\n"
      "        sha256: 00FF000000000000000000000000000000000000000000000000000000000a0b\n"
      "      - {id: \"7\", sha256: "
      "1111111111111111111111111111111111111111111111111111111111111111}\n"
      "    return_urls: [https://shop.example, \"http://localhost:3000/x/\"]\n"
      "    default_return_url: https://shop.example/done?a=b\n"
      "    keep_images: true\n"
      "    routes:\n"
      "      - method: sdk\n"
      "        checks: [id_match, liveness]\n"
      "        accounts: [spare, main]\n"
      "        deadline: 1m\n"
      "        on_unknown_outcome: go_on\n"
      "      - {method: video_code, checks: [liveness], accounts: [main]}\n";
  ASSERT_EQ(sample.complaints(text), no_complaints());
  const Tenant tenant = sample.load(text).config.tenants.at("shop");
  EXPECT_EQ(tenant.name, "shop");
  EXPECT_EQ(tenant.where.text(), "f:2:3");
  ASSERT_EQ(tenant.api_keys.size(), 2u);
  EXPECT_EQ(tenant.api_keys[0].id, "backend");
  EXPECT_EQ(tenant.api_keys[0].sha256[1], 0xFF);
  EXPECT_EQ(tenant.api_keys[0].sha256[31], 0x0B);
  EXPECT_EQ(tenant.api_keys[1].sha256[0], 0x11);
  EXPECT_EQ(tenant.return_urls.size(), 2u);
  EXPECT_EQ(tenant.default_return_url, "https://shop.example/done?a=b");
  EXPECT_TRUE(tenant.keep_images);
  ASSERT_EQ(tenant.routes.size(), 2u);
  const Route& route = tenant.routes[0];
  EXPECT_EQ(route.method, std::uint32_t{IDSW_METHOD_SDK});
  EXPECT_EQ(route.checks, std::uint32_t{IDSW_CHECK_LIVENESS} | IDSW_CHECK_ID_MATCH);
  EXPECT_EQ(route.accounts, (std::vector<std::string>{"spare", "main"}));
  EXPECT_EQ(route.deadline, 60s);
  EXPECT_EQ(route.on_unknown_outcome, OnUnknownOutcome::go_on);
  EXPECT_EQ(route.where.text(), "f:11:9");
}

TEST(Settings, BecomeJsonByTheCoreSchema) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"true", "true"},
      {"False", "false"},
      {"\"true\"", "\"true\""},
      {"yes", "\"yes\""},
      {"off", "\"off\""},
      {"NO", "\"NO\""},
      {"7", "7"},
      {"-0", "-0"},
      {"\"7\"", "\"7\""},
      {"0.80", "0.80"},
      {"1e3", "1e3"},
      {"0777", "\"0777\""},
      {"0o17", "\"0o17\""},
      {"0x1F", "\"0x1F\""},
      {"1_000", "\"1_000\""},
      {"+1", "\"+1\""},
      {".5", "\".5\""},
      {"5.", "\"5.\""},
      {".inf", "\".inf\""},
      {"12:30", "\"12:30\""},
      {"2026-01-02", "\"2026-01-02\""},
      {"[]", "[]"},
      {"{}", "{}"},
      {"[1, [a]]", "[1,[\"a\"]]"},
      {"'it''s'", "\"it's\""},
      {"\"a\\nb\\\"\"", "\"a\\nb\\\"\""},
      {"9223372036854775807", "9223372036854775807"},
      {"\xE5\x90\x8D", "\"\xE5\x90\x8D\""},
  };
  const SampleConfig sample;
  for (const auto& [yaml, json] : cases) {
    const std::string text =
        "accounts: {main: {product: a/b, contract: {currency: CNY, prices: {}}, settings: {v: " +
        std::string(yaml) + "}}}";
    ASSERT_EQ(sample.complaints(text), no_complaints()) << yaml;
    const std::string settings = sample.load(text).config.accounts.at("main").settings;
    EXPECT_EQ(settings, "{\"v\":" + std::string(json) + "}");
    boost::system::error_code error;
    boost::json::parse(settings, error);
    EXPECT_FALSE(error) << settings;
  }
}

TEST(ConfigLoad, TakesTenThousandTenants) {
  const SampleConfig sample;
  std::string text = "tenants:\n";
  for (int i = 0; i < 10'000; ++i) {
    text += " t" + std::to_string(i) +
            ": {api_keys: [], routes: [{method: h5, checks: [liveness], accounts: [main]}]}\n";
  }
  EXPECT_EQ(sample.load(text).config.tenants.size(), 10'000u);
}

}  // namespace
}  // namespace idswitch::config
