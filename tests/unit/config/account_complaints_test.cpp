#include "complaint_case.hpp"

namespace idswitch::config {
namespace {

// The sample's tenant names `main`, so every case here has an account of that name.
constexpr std::string_view k_contract = "contract: {currency: CNY, prices: {}}";

std::string account(std::string_view keys) {
  return "accounts:\n main:\n  product: jumdata/life_check_v2\n  " + std::string(k_contract) +
         "\n  " + std::string(keys);
}

struct AccountCase {
  std::string_view keys;  // from line 5, column 3
  std::vector<std::string> complaints;
};

void expect(std::span<const AccountCase> cases) {
  const SampleConfig sample;
  for (const AccountCase& one : cases) {
    EXPECT_EQ(sample.complaints(account(one.keys)), one.complaints) << one.keys;
  }
}

TEST(AccountComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"accounts: {}\ntenants: {t: {api_keys: [], routes: [{method: sdk, checks: [liveness], "
       "accounts: [a]}]}}",
       {"1:11: accounts: no account: at least one is needed",
        "2:83: tenants.t.routes[0].accounts[0]: \"a\" is no account of this file: none is known "
        "here"}},
      {"accounts:\n main: {}",
       {"2:2: accounts.main.product: missing: wanted \"vendor/product\"",
        "2:2: accounts.main.contract: missing: wanted its currency and prices"}},
      {"accounts:\n main:\n", {"2:2: accounts.main: has no value: give it one, or remove the key"}},
      {"accounts:\n main:\n  product: life_check_v2\n  contract: {currency: CNY, prices: {}}",
       {"3:12: accounts.main.product: found the text \"life_check_v2\", wanted \"vendor/product\", "
        "like jumdata/life_check_v2"}},
      {"accounts:\n Main: {}\n main: {product: a/b, contract: {currency: CNY, prices: {}}}",
       {"2:2: accounts.Main: not a name: wanted 1 to 64 of a-z, 0-9, _ and -"}},
      {"accounts:\n main: {prodct: a/b, contract: {currency: CNY, prices: {}}}",
       {"2:2: accounts.main.product: missing: wanted \"vendor/product\"",
        "2:9: accounts.main.prodct: unknown key: did you mean \"product\"?"}},
  };
  expect_complaints(cases);
}

TEST(BaseUrlComplaints, AreExact) {
  const AccountCase cases[] = {
      {"base_url: http://a.example",
       {"5:13: accounts.main.base_url: secrets and pictures go there: the URL begins with "
        "\"https://\""}},
      {"base_url: https://a.example/",
       {"5:13: accounts.main.base_url: paths are appended to this URL: it has no query and no "
        "slash at the end"}},
      {"base_url: \"https://a.example?k=v\"",
       {"5:13: accounts.main.base_url: paths are appended to this URL: it has no query and no "
        "slash at the end"}},
      {"base_url: \"https://a.example#x\"",
       {"5:13: accounts.main.base_url: a URL here has no fragment (\"#...\")"}},
      {"base_url: https://user:hunter2@a.example",
       {"5:13: accounts.main.base_url: a URL here has no user name or password"}},
      {"base_url: https://", {"5:13: accounts.main.base_url: a URL needs a host"}},
      {"base_url: https://a.example:0", {"5:13: accounts.main.base_url: a port is 1 to 65535"}},
      {"base_url: {api: https://a.example, auth: http://b.example}",
       {"5:44: accounts.main.base_url.auth: secrets and pictures go there: the URL begins with "
        "\"https://\""}},
      {"base_url: [https://a.example]",
       {"5:13: accounts.main.base_url: found a list, wanted a URL like https://api.example.com"}},
      {"ca_file: no.pem",
       {"5:12: accounts.main.ca_file: cannot read DIR/no.pem: No such file or directory"}},
      {"ca_file: plugins", {"5:12: accounts.main.ca_file: DIR/plugins is not a file"}},
  };
  expect(cases);
}

TEST(SecretComplaints, NeverRepeatTheSecret) {
  const AccountCase cases[] = {
      {"secrets: {app_id: hunter2}",
       {"5:21: accounts.main.secrets.app_id: a secret must not stand in this file: write env:NAME "
        "or file:PATH, and change the secret if it stood here"}},
      {"secrets: {app_id: 123456}",
       {"5:21: accounts.main.secrets.app_id: a secret must not stand in this file: write env:NAME "
        "or file:PATH, and change the secret if it stood here"}},
      {"secrets: {app_id: [hunter2]}",
       {"5:21: accounts.main.secrets.app_id: found a list, wanted env:NAME or file:PATH"}},
      {"secrets: {app_id: }",
       {"5:13: accounts.main.secrets.app_id: has no value: give it one, or remove the key"}},
      {"secrets: hunter2",
       {"5:12: accounts.main.secrets: wanted a mapping of slots, each to env:NAME or file:PATH"}},
      {"secrets: {app_id: env:SAMPLE_MISSING}",
       {"5:21: accounts.main.secrets.app_id: the environment variable SAMPLE_MISSING is not set"}},
      {"secrets: {app_id: env:SAMPLE_EMPTY}",
       {"5:21: accounts.main.secrets.app_id: the environment variable SAMPLE_EMPTY is empty"}},
      {"secrets: {app_id: \"env:\"}",
       {"5:21: accounts.main.secrets.app_id: \"env:\" wants the name of a variable, like "
        "env:APP_KEY"}},
      {"secrets: {app_id: \"file:\"}",
       {"5:21: accounts.main.secrets.app_id: \"file:\" wants a path, like file:secrets/app_key"}},
      {"secrets: {app_id: file:missing}",
       {"5:21: accounts.main.secrets.app_id: cannot open DIR/missing: No such file or directory"}},
      {"secrets: {app_id: file:open-secret}",
       {"5:21: accounts.main.secrets.app_id: DIR/open-secret can be read by every user: chmod 600 "
        "it"}},
      {"secrets: {app_id: file:empty-secret}",
       {"5:21: accounts.main.secrets.app_id: DIR/empty-secret is empty"}},
      {"secrets: {app_id: file:plugins}",
       {"5:21: accounts.main.secrets.app_id: DIR/plugins is not a file"}},
      {"secrets: {App.Id: env:SAMPLE_SECRET}",
       {"5:13: accounts.main.secrets.App.Id: not a name: wanted 1 to 64 of a-z, 0-9, _ and -"}},
  };
  expect(cases);
}

TEST(SettingsComplaints, AreExact) {
  const AccountCase cases[] = {
      {"settings: [a]", {"5:13: accounts.main.settings: found a list, wanted a mapping"}},
      {"settings: {a: 1, a: 2}",
       {"5:20: accounts.main.settings.a: repeated: it stands already in line 5; keep one"}},
      {"settings: {a: {b: ~}}",
       {"5:18: accounts.main.settings.a.b: has no value: give it one, or remove the key"}},
      {"settings: {a: 123456789012345678901}",
       {"5:17: accounts.main.settings.a: a number too large to keep all its digits: put it in "
        "quotes"}},
  };
  expect(cases);
}

TEST(LimitsComplaints, AreExact) {
  const AccountCase cases[] = {
      {"limits: {timeout: 10}",
       {"5:21: accounts.main.limits.timeout: found the number 10, wanted a duration with its unit, "
        "like \"10s\", \"500ms\" or \"2m\""}},
      {"limits: {timeout: 0s}",
       {"5:21: accounts.main.limits.timeout: 0s is out of range: wanted 100ms to 5m"}},
      {"limits: {timeout: 2s, connect_timeout: 3s}",
       {"5:42: accounts.main.limits.connect_timeout: longer than timeout, which includes it"}},
      {"limits: {timeot: 2s}",
       {"5:12: accounts.main.limits.timeot: unknown key: did you mean \"timeout\"?"}},
      {"limits: {connections_max: 0}",
       {"5:29: accounts.main.limits.connections_max: 0 is out of range: wanted 1 to 65535"}},
      {"limits: {response_bytes_max: 16}",
       {"5:32: accounts.main.limits.response_bytes_max: found the number 16, wanted a size with "
        "its unit, like \"512KiB\" or \"24MiB\""}},
  };
  expect(cases);
}

TEST(ContractComplaints, AreExact) {
  const auto contract = [](std::string_view inside) {
    return "accounts:\n main:\n  product: a/b\n  contract: " + std::string(inside);
  };

  const struct {
    std::string_view inside;
    std::vector<std::string> complaints;
  } cases[] = {
      {"{prices: {}}",
       {"4:3: accounts.main.contract.currency: missing: wanted three capital letters, like CNY"}},
      {"{currency: CNY}",
       {"4:3: accounts.main.contract.prices: missing: wanted a price for each thing the vendor "
        "charges for"}},
      {"{currency: yuan, prices: {}}",
       {"4:24: accounts.main.contract.currency: found the text \"yuan\", wanted a currency in "
        "three capital letters, like CNY"}},
      {"{currency: CNY, prices: {verify: -0.30}}",
       {"4:46: accounts.main.contract.prices.verify: -0.30 is negative: a price is 0 or more"}},
      {"{currency: CNY, prices: {verify: 0.0000001}}",
       {"4:46: accounts.main.contract.prices.verify: found the number 0.0000001, wanted an amount "
        "with at most six decimals, like \"0.30\""}},
      {"{currency: CNY, prices: {verify: 3e-1}}",
       {"4:46: accounts.main.contract.prices.verify: found the number 3e-1, wanted an amount with "
        "at most six decimals, like \"0.30\""}},
      {"{currency: CNY, prices: {verify: \"0,30\"}}",
       {"4:46: accounts.main.contract.prices.verify: found the text \"0,30\", wanted an amount "
        "with at most six decimals, like \"0.30\""}},
      {"{currency: CNY, prices: {verify: free}}",
       {"4:46: accounts.main.contract.prices.verify: found the text \"free\", wanted an amount "
        "with at most six decimals, like \"0.30\""}},
      {"{currency: CNY, prices: [0.30]}",
       {"4:37: accounts.main.contract.prices: found a list, wanted a mapping"}},
      {"{currency: CNY, price: {}, prices: {}}",
       {"4:29: accounts.main.contract.price: unknown key: did you mean \"prices\"?"}},
  };

  const SampleConfig sample;
  for (const auto& one : cases) {
    EXPECT_EQ(sample.complaints(contract(one.inside)), one.complaints) << one.inside;
  }
}

}  // namespace
}  // namespace idswitch::config
