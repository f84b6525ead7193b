// An account's settings, secrets and options, held against what its product declares.

#include "plugin/account.hpp"

#include <gtest/gtest.h>

#include "scripted_plugin.hpp"

namespace idswitch::test {
namespace {

using plugin::Account;
using plugin::AccountSettings;

Result<std::shared_ptr<Account>> opened(std::string settings,
                                        std::map<std::string, Secret> secrets) {
  AccountSettings account;
  account.name = "acme-main";
  account.settings = std::move(settings);
  account.secrets = std::move(secrets);
  return Account::open(scripted_account()->product(), std::move(account));
}

TEST(Account, NamesTheSecretThatIsMissing) {
  const auto account = opened("{}", {});
  ASSERT_FALSE(account);
  EXPECT_EQ(account.error().code(), Errc::config_invalid);
  EXPECT_EQ(account.error().field(), "secrets/api_key");
  EXPECT_NE(account.error().detail().find("acme-main"), std::string::npos);
}

TEST(Account, NamesTheSecretThatNobodyKnows) {
  const auto account = opened("{}", {{"api_key", Secret("k")}, {"apikey", Secret("k")}});
  ASSERT_FALSE(account);
  EXPECT_EQ(account.error().field(), "secrets/apikey");
  EXPECT_NE(account.error().detail().find("it has: api_key, spare"), std::string::npos);
}

TEST(Account, GivesNoValueToADynamicSlot) {
  const auto account = opened("{}", {{"api_key", Secret("k")}, {"token", Secret("k")}});
  ASSERT_FALSE(account);
  EXPECT_EQ(account.error().field(), "secrets/token");
}

TEST(Account, NamesTheSettingThatIsWrong) {
  const struct {
    std::string settings, field, says;
  } rows[] = {
      {R"({"mode":"quick"})", "settings/mode", ""},
      {R"({"level":"high"})", "settings/level", ""},
      {R"({"leval":1})", "settings", "known are: mode, level"},
      {"[]", "settings", "mapping"},
      {"{", "settings", "mapping"},
  };

  for (const auto& row : rows) {
    const auto account = opened(row.settings, {{"api_key", Secret("k")}});
    ASSERT_FALSE(account) << row.settings;
    EXPECT_EQ(account.error().field(), row.field) << row.settings;
    EXPECT_NE(account.error().detail().find(row.says), std::string::npos)
        << account.error().detail();
  }
}

TEST(Account, LaysTheCallersOptionsOverTheSettings) {
  const auto account = scripted_account(R"({"mode":"slow","level":1})");
  EXPECT_EQ(*account->options(""), R"({"mode":"slow","level":1})");
  EXPECT_EQ(*account->options("{}"), R"({"mode":"slow","level":1})");
  EXPECT_EQ(*account->options(R"({"mode":"fast"})"), R"({"mode":"fast","level":1})");
  const auto wrong = account->options(R"({"mode":"quick"})");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code(), Errc::invalid_field);
  EXPECT_EQ(wrong.error().field(), "/mode");
  EXPECT_FALSE(account->options("[1]"));
  EXPECT_FALSE(account->options("{"));
}

TEST(Account, SlotsWithoutAValueHaveNone) {
  const auto account = scripted_account();
  EXPECT_EQ(account->slot(k_api_key_slot)->secret->reveal(), "k3y");
  EXPECT_FALSE(account->slot(k_token_slot));
  EXPECT_FALSE(account->slot(k_spare_slot));
  EXPECT_FALSE(account->slot(64));
  EXPECT_FALSE(account->slot(~std::uint64_t{0}));
}

}  // namespace
}  // namespace idswitch::test
