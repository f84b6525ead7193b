#include "engine/explanation.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

using routing::Availability;

constexpr std::int64_t k_now = 1'795'000'000'000;  // in November 2026

// ---- a plugin in this process: stub/sdk and stub/page
// --------------------------------------------

idsw_str text(std::string_view from) {
  return {from.data(), from.size()};
}

const idsw_sku* skus() {
  static const idsw_sku made[] = {{text("check"), text("v"), text("d"), IDSW_BILLABLE_ON_ACCEPT, 0,
                                   0, 0, nullptr, 0, nullptr, 0}};
  return made;
}

idsw_product product(std::string_view id, std::uint32_t method, std::uint32_t checks) {
  static const idsw_origin origins[] = {{text("api"), text("https://api.example.com")}};
  static const idsw_slot slots[] = {{text("key"), text("the key"), IDSW_SLOT_REQUIRED, 0}};
  constexpr std::string_view k_schema = R"({"type":"object","additionalProperties":false})";
  return {sizeof(idsw_product),
          1u << method,
          checks,
          1u << IDSW_OP_START | 1u << IDSW_OP_RESULT,
          text(id),
          text("Thing"),
          text("none"),
          600,
          origins,
          1,
          slots,
          1,
          text(k_schema),
          text(k_schema),
          skus(),
          1,
          nullptr,
          0};
}

const idsw_product& sdk_product() {
  static const idsw_product made =
      product("stub/sdk", IDSW_METHOD_SDK, IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH);
  return made;
}

const idsw_product& page_product() {
  static const idsw_product made = product("stub/page", IDSW_METHOD_H5, IDSW_CHECK_LIVENESS);
  return made;
}

idsw_status IDSW_CALL entry(const idsw_hello*, const idsw_plugin** out) {
  static const idsw_product* const products[] = {&sdk_product(), &page_product()};
  static const idsw_plugin table = {
      sizeof(idsw_plugin),
      IDSW_MAGIC,
      IDSW_ABI_MINOR,
      0,
      text("stub"),
      text("1.0.0"),
      text("Stub"),
      products,
      2,
      [](const idsw_host*) -> idsw_status { return IDSW_OK; },
      [] {},
      nullptr,
      [](const idsw_account_config*, const idsw_text_sink*, idsw_account** account) -> idsw_status {
        static int one = 0;
        *account = reinterpret_cast<idsw_account*>(&one);
        return IDSW_OK;
      },
      [](idsw_account*) {},
      [](idsw_account*, const idsw_operation*, idsw_exchange**) -> idsw_status {
        return IDSW_E_UNSUPPORTED;
      },
      [](idsw_exchange*, const idsw_event*, const idsw_sink*) -> idsw_status {
        return IDSW_E_STATE;
      },
      [](idsw_exchange*) {}};
  *out = &table;
  return IDSW_OK;
}

// ---- a configuration
// -----------------------------------------------------------------------------

constexpr std::string_view k_config = R"(
server: {public_url: "https://id.example.com", certificate_file: none.pem, private_key_file: none.pem}
store: {path: x.db}
plugins: {directory: ".", allow: []}
accounts:
  a: &sdk
    product: stub/sdk
    ca_file: none.pem
    secrets: {key: env:NOT_SET_ON_THIS_MACHINE}
    data_regions: [cn]
    breaker: {consecutive_failures: 1, open_for: 10s, ramp: 30s}
    contract: {currency: CNY, prices: {check: "0.30"}}
ACCOUNTS
budgets:
  monthly-shop: {tenant: shop, accounts: [d], per: month, limit: "0.10", currency: CNY}
tenants:
  shop:
    api_keys: []
    return_urls: []
    data_regions: [cn]
    accounts: [a, b, c, d, abroad, page, spare]
    attributes: {vip: truth}
    statistics: {segment_by: [region]}
    experiments:
      cheap-first:
        seed: one
        coverage: COVERAGE
        arms: {control: {weight: 1, use: a}, variant: {weight: 1, use: b}}
        control: control
    routes:
      - name: sdk
        method: sdk
        checks: [liveness]
        when: {region: {prefix: [cn-, hk-]}, any: [{risk: {above: 0.8}}, {amount: {at_least: 10, below: 20}}],
               not: {channel: [app, web], vip: true}}
        use: USE
      - {name: page, method: h5, checks: [liveness], use: [page]}
  bank:
    api_keys: []
    return_urls: []
    routes: [{name: bank, method: h5, checks: [liveness], use: [of-the-bank]}]
)";

std::string replaced(std::string whole, std::string_view what, const std::string& with) {
  for (std::size_t at = 0; (at = whole.find(what, at)) != std::string::npos; at += with.size()) {
    whole.replace(at, what.size(), with);
  }
  return whole;
}

std::string account_line(const std::string& name, const std::string& product,
                         const std::string& more) {
  return "  " + name + ": {product: " + product +
         ", secrets: {key: 'env:NOT_SET_ON_THIS_MACHINE'}, contract: {currency: CNY, prices: " +
         "{check: \"0.40\"}}, breaker: {consecutive_failures: 1, open_for: 10s, ramp: 30s}, " +
         more + "}\n";
}

std::string config_text(const std::string& use, const std::string& coverage = "100%") {
  std::string accounts;
  for (const char* name : {"b", "c", "d", "spare"}) {
    const bool is_c = std::string_view(name) == "c";
    accounts += account_line(
        name, "stub/sdk",
        std::string("data_regions: [cn], limits: {concurrency_max: ") + (is_c ? "1}" : "0}"));
  }
  accounts += account_line("abroad", "stub/sdk", "data_regions: [us]");
  accounts += account_line("stranger", "stub/sdk", "data_regions: [cn]");
  accounts += account_line("page", "stub/page", "data_regions: [cn]");
  accounts += account_line("of-the-bank", "stub/page", "data_regions: [cn]");
  std::string text = replaced(std::string(k_config), "ACCOUNTS\n", accounts);
  text = replaced(text, "&sdk", "");
  text = replaced(text, "COVERAGE", coverage);
  return replaced(text, "USE", use);
}

std::shared_ptr<Setup> setup_of(const std::string& text) {
  static const auto library = plugin::Library::adopt(entry, "stub");
  if (!library) throw std::runtime_error(library.error().detail());
  config::LoadResult loaded = config::load_text(text, "test.yaml", "/", config::Secrets::left_out);
  for (const auto& complaint : loaded.complaints) ADD_FAILURE() << complaint.line();
  auto setup = std::make_shared<Setup>();
  setup->config = std::move(loaded.config);
  for (const auto& [name, account] : setup->config.accounts) {
    const bool is_page = account.product == "stub/page";
    AccountRuntime runtime;
    runtime.config = account;
    auto adapter = plugin::Account::open(
        {*library, is_page ? &page_product() : &sdk_product(), is_page ? 1u : 0u},
        {name, account.settings, account.secrets, {""}});
    if (!adapter) throw std::runtime_error(adapter.error().detail());
    runtime.adapter = *adapter;
    runtime.skus = {"check"};
    routing::AccountFacts& facts = setup->facts[name];
    facts.name = name;
    facts.data_regions = account.data_regions;
    facts.prior = account.prior;
    facts.charged_prior_ppm[0].fill(config::k_all_ppm);
    setup->accounts.emplace(name, std::move(runtime));
  }
  for (const auto& [name, tenant] : setup->config.tenants) {
    setup->tables.try_emplace(name, tenant,
                              [&](const std::string& account) -> const routing::AccountFacts& {
                                return setup->facts.at(account);
                              });
  }
  return setup;
}

StartRequest request(const std::string& person = "person-1") {
  using Type = RequestAttribute::Type;
  StartRequest request;
  request.tenant = "shop";
  request.method = IDSW_METHOD_SDK;
  request.checks = IDSW_CHECK_LIVENESS;
  request.person = {person, "王小明", "11010519491231002X"};
  request.attributes = {{"region", Type::text, "cn-gd"}, {"risk", Type::number, "0.9"}};
  return request;
}

OperationReport failed(std::uint32_t error_class, std::int64_t retry_after_ms = 0) {
  OperationReport report;
  plugin::FailStep fail;
  fail.error_class = error_class;
  fail.retry_after_ms = static_cast<decltype(fail.retry_after_ms)>(retry_after_ms);
  report.end = fail;
  return report;
}

OperationReport worked() {
  OperationReport report;
  report.end = plugin::FinishStep();
  return report;
}

class ExplanationTest : public testing::Test {
 protected:
  void use(const std::string& policy, const std::string& coverage = "100%") {
    text_ = config_text(policy, coverage);
    setup_ = setup_of(text_);
    setup_->version = 4;
    traffic_ = std::make_unique<Traffic>(*setup_, clock_);
  }

  Explanation explained(const StartRequest& asked = request(), std::uint64_t seed = 1) {
    auto done = explain(*setup_, *traffic_, nullptr, clock_.now_unix_ms(), asked, seed);
    if (!done) {
      ADD_FAILURE() << done.error().detail();
      return {};
    }
    return std::move(*done);
  }

  AccountChoice of(const std::string& account, const StartRequest& asked = request(),
                   std::uint64_t seed = 1) {
    for (AccountChoice& one : explained(asked, seed).accounts) {
      if (one.account == account) return std::move(one);
    }
    ADD_FAILURE() << "no account " << account;
    return {};
  }

  void end(const std::string& account, OperationReport report) {
    Turn turn = traffic_->begin(account, true);
    ASSERT_TRUE(turn.granted());
    turn.end(report);
  }

  // A verification as a start would have stored it.
  VerificationRecord recorded(const StartRequest& asked = request()) {
    auto choice = find_route(*setup_, *setup_->tenant("shop"), asked);
    EXPECT_TRUE(choice);
    EXPECT_TRUE(decide(*setup_, *traffic_, nullptr, clock_.now_unix_ms(), 99, false, *choice));
    VerificationRecord record;
    record.decision = decision_text(*setup_->tenant("shop"), choice->decision);
    record.segment = choice->segment;
    record.config_version = 4;
    record.verification.id = "ver_x";
    record.verification.tenant = "shop";
    record.verification.method = asked.method;
    record.verification.checks = asked.checks;
    record.verification.person_id = asked.person.id;
    return record;
  }

  ManualClock clock_{k_now};
  std::string text_;
  std::shared_ptr<Setup> setup_;
  std::unique_ptr<Traffic> traffic_;
};

TEST_F(ExplanationTest, SaysWhichRouteTakesARequestAndWhy) {
  use("[a, b]");
  const Explanation found = explained();
  EXPECT_EQ(found.config_version, 4);
  EXPECT_EQ(found.route, "sdk");
  EXPECT_EQ(text_.substr(0, text_.find("- name: sdk")).find("nowhere"), std::string::npos);
  const auto before = text_.substr(0, text_.find("- name: sdk"));
  EXPECT_EQ(found.where.line, 1 + std::count(before.begin(), before.end(), '\n'));
  EXPECT_EQ(found.when,
            "region begins with one of cn-, hk- and (risk above 0.8 or (amount at least 10 and "
            "below 20)) and not (channel is one of app, web and vip is true)");
  EXPECT_EQ(found.segment, "shop/region=cn-gd");
  EXPECT_TRUE(found.experiment.empty());
  StartRequest page = request();
  page.method = IDSW_METHOD_H5;
  page.return_url.clear();
  page.attributes.clear();
  const auto other = explain(*setup_, *traffic_, nullptr, k_now, page, 1);
  if (other) EXPECT_EQ(other->when, "every request");
}

TEST_F(ExplanationTest, HasEveryAccountOfTheTenantAndNoOther) {
  use("[a, b]");
  std::vector<std::string> names;
  for (const AccountChoice& one : explained().accounts) names.push_back(one.account);
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "page", "c", "d", "abroad", "spare"}));
  EXPECT_EQ(of("a").sentence, "first of the list");
  EXPECT_EQ(of("b").sentence, "next of the list");
  EXPECT_EQ(of("a").position, 1u);
  EXPECT_EQ(of("b").position, 2u);
  EXPECT_EQ(of("a").first_ppm, 1'000'000u);
  EXPECT_EQ(of("spare").position, 0u);
  EXPECT_EQ(of("spare").why, "not_in_route");
  EXPECT_EQ(of("spare").sentence, "not named by sdk");
  EXPECT_EQ(of("page").sentence, "its product offers no method sdk");
}

TEST_F(ExplanationTest, SaysWhyAnAccountIsLeftOut) {
  use("[a, b, c, d, abroad, stranger]");
  EXPECT_EQ(of("abroad").why, "data_region");
  EXPECT_EQ(of("abroad").sentence, "left out: keeps data in us, the tenant's may go to cn");
  EXPECT_EQ(of("stranger").why, "not_allowed");
  EXPECT_EQ(of("stranger").sentence, "left out: not among the tenant's `accounts`");
  EXPECT_EQ(of("d").why, "budget");
  EXPECT_EQ(of("d").sentence, "left out: budget monthly-shop is used up");
  const Turn under_way = traffic_->begin("c", false);
  EXPECT_EQ(of("c").why, "full");
  EXPECT_EQ(of("c").sentence, "left out: as many operations under way as its limits allow");
  end("a", failed(IDSW_ERROR_THROTTLED, 60'000));
  EXPECT_EQ(of("a").why, "throttled");
  EXPECT_EQ(of("a").sentence, "left out: the vendor asked for a pause");
  EXPECT_EQ(of("a").now.availability, Availability::throttled);
  EXPECT_EQ(of("a").now.until_unix_ms, k_now + 60'000);
  EXPECT_EQ(of("a").position, 0u);
  EXPECT_EQ(of("b").position, 1u);
}

TEST_F(ExplanationTest, SaysThatTheStartRateIsUsedUp) {
  use("[a, b]");
  text_ = replaced(text_, "    ca_file: none.pem\n", "    limits: {starts_per_second: 1}\n");
  setup_ = setup_of(text_);
  traffic_ = std::make_unique<Traffic>(*setup_, clock_);
  end("a", worked());
  EXPECT_EQ(of("a").why, "over_rate");
  EXPECT_EQ(of("a").sentence, "left out: its starts_per_second are used up");
}

TEST_F(ExplanationTest, SaysWhyAnAccountIsTheLastResort) {
  use("[a, b]");
  end("a", failed(IDSW_ERROR_UNAVAILABLE));
  EXPECT_EQ(of("a").why, "last_resort");
  EXPECT_EQ(of("a").sentence, "only when all others fail: its breaker is open");
  EXPECT_EQ(of("a").position, 2u);
  clock_.advance(std::chrono::seconds(11));
  end("a", worked());
  EXPECT_EQ(of("a").now.availability, Availability::ramping);
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) seen.insert(of("a", request(), seed).sentence);
  EXPECT_EQ(seen, (std::set<std::string>{
                      "first of the list",
                      "only when all others fail: it was down and takes 10% of the requests, not "
                      "this one"}));
  end("a", failed(IDSW_ERROR_CREDENTIALS));
  EXPECT_EQ(of("a").sentence, "only when all others fail: it refused us (credentials)");
}

TEST_F(ExplanationTest, SaysByWhichWeightAPersonWasDrawn) {
  use("{weighted: {seed: x, parts: [{weight: 80, use: a}, {weight: 20, use: [b, a]}]}}");
  int with_80 = 0;
  for (int i = 0; i < 200; ++i) {
    const Explanation found = explained(request("person-" + std::to_string(i)));
    const AccountChoice& first = found.accounts[0];
    const bool is_a = first.account == "a";
    EXPECT_EQ(first.why, "drawn");
    EXPECT_EQ(first.sentence,
              std::string("drawn by weight ") + (is_a ? "80" : "20") + " of 100 for this person");
    EXPECT_EQ(first.first_ppm, is_a ? 800'000u : 200'000u);
    EXPECT_EQ(found.accounts[1].sentence,
              is_a ? "next in the same draw, should those before it fail" : "next of the list")
        << i;
    with_80 += is_a ? 1 : 0;
    EXPECT_TRUE(found.is_sticky);
  }
  EXPECT_GT(with_80, 130);
  EXPECT_LT(with_80, 190);
  const Explanation nobody = explained(request(""));
  EXPECT_FALSE(nobody.is_sticky);
  EXPECT_NE(nobody.accounts[0].sentence.find(", for this request: it has no person"),
            std::string::npos);
  // When those drawn first are out, the others' weight is named.
  end("a", failed(IDSW_ERROR_THROTTLED, 60'000));
  EXPECT_EQ(explained().accounts[0].sentence, "drawn by weight 20 of 100 for this person");
}

TEST_F(ExplanationTest, SaysWhatTheCheapestCosts) {
  use("{cheapest: [b, a]}");
  // 0.30 a session that is always charged, 0.85 * 0.85 of the sessions pass.
  EXPECT_EQ(of("a").sentence,
            "cheapest: " + of("a").figures->cost_per_pass->text() + " CNY per pass");
  EXPECT_EQ(of("a").why, "cheapest");
  EXPECT_EQ(of("a").figures->cost_per_pass->micros / 1000, 415);
  EXPECT_EQ(of("a").figures->expected_charge.text(), "0.297");
  EXPECT_EQ(of("a").figures->worst_price.text(), "0.30");
  EXPECT_EQ(of("a").figures->rates.pass_rate_ppm, 850'000u);
  EXPECT_EQ(of("a").figures->prior_weight, 20u);
  EXPECT_FALSE(of("a").figures->latency_p95_ms);
  EXPECT_EQ(of("b").sentence.find("next by cost: 0.55"), 0u) << of("b").sentence;
  EXPECT_EQ(of("spare").figures->worst_price.text(), "0.40") << "also who is not asked";
  traffic_->started("a", "", false, 100'000);
  EXPECT_EQ(*of("a").figures->latency_p95_ms, 129 - 1);
  EXPECT_EQ(of("a").now.account.starts, 1u);
  use("{cheapest: {accounts: [b, a], goal: spend}}");
  EXPECT_EQ(of("a").sentence, "cheapest: 0.297 CNY expected");
}

TEST_F(ExplanationTest, SaysWhichLimitIsMissed) {
  use("{cheapest: {accounts: [a, b], unit_price_max: \"0.35\"}}");
  EXPECT_EQ(of("b").why, "missed_limit");
  EXPECT_EQ(of("b").sentence.find("behind the others: can cost 0.40, more than 0.35; 0.5"), 0u)
      << of("b").sentence;
  use("{cheapest: {accounts: [a, b], pass_rate_min: 90%}}");
  EXPECT_EQ(of("b").sentence.find("behind the others: pass rate 85% is below 90%; "), 0u);
  use("{cheapest: {accounts: [a, b], latency_max: 1s}}");
  traffic_->started("b", "", false, 2'000'000);
  EXPECT_EQ(of("b").sentence.find(
                "behind the others: 95 of 100 starts take up to 2048 ms, more than 1000 ms; "),
            0u)
      << of("b").sentence;
}

TEST_F(ExplanationTest, SaysThatItExplores) {
  use("{cheapest: {accounts: [a, b], explore: 100%}}");
  EXPECT_EQ(of("b").why, "explored");
  EXPECT_EQ(of("b").sentence.find("tried first, to learn about it (explore 100%): 0.5"), 0u);
}

TEST_F(ExplanationTest, NamesTheArmAndWhetherItCounts) {
  use("{experiment: cheap-first}");
  EXPECT_EQ(explained().experiment, "cheap-first");
  EXPECT_EQ(explained().exposure, routing::Exposure::Kind::counted);
  std::set<std::string> arms;
  for (int i = 0; i < 50; ++i) {
    const Explanation found = explained(request("person-" + std::to_string(i)));
    EXPECT_EQ(found.accounts[0].account, found.arm == "control" ? "a" : "b");
    arms.insert(found.arm);
  }
  EXPECT_EQ(arms.size(), 2u);
  EXPECT_EQ(explained(request("")).exposure, routing::Exposure::Kind::no_person);
  traffic_->pause("shop", setup_->tenant("shop")->experiments[0]);
  EXPECT_EQ(explained().exposure, routing::Exposure::Kind::paused);
  EXPECT_EQ(explained().arm, "control");
  use("{experiment: cheap-first}", "0.000001");
  EXPECT_EQ(explained().exposure, routing::Exposure::Kind::not_covered);
}

TEST_F(ExplanationTest, ChecksARequestAsAStartDoes) {
  use("[a, b]");
  const auto error = [&](StartRequest asked) {
    const auto found = explain(*setup_, *traffic_, nullptr, k_now, asked, 1);
    return found ? "" : std::string(describe(found.error().code()).name) + found.error().field();
  };
  StartRequest asked = request();
  asked.tenant = "nobody";
  EXPECT_EQ(error(asked), "unauthorized");
  asked = request();
  asked.checks = IDSW_CHECK_ID_MATCH;
  EXPECT_EQ(error(asked), "unsupported_combination/checks");
  asked = request();
  asked.attributes[0].name = "regin";
  EXPECT_EQ(error(asked), "unknown_field/attributes/regin");
  asked = request();
  asked.attributes[1].value = "0.8";  // above 0.8 it must be
  EXPECT_EQ(error(asked), "unsupported_combination/checks");
  asked = request();
  asked.person.id.assign(129, 'x');
  EXPECT_EQ(error(asked), "invalid_field/person/id");
  asked = request();
  asked.vendor_options = R"({"stub/sdk":{"x":1}})";
  EXPECT_EQ(error(asked).find("invalid_field"), 0u) << error(asked);
}

TEST_F(ExplanationTest, TakesNothingAndChangesNothing) {
  use("[a, b]");
  text_ = replaced(text_, "    ca_file: none.pem\n", "    limits: {starts_per_second: 1}\n");
  setup_ = setup_of(text_);
  traffic_ = std::make_unique<Traffic>(*setup_, clock_);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(of("a").position, 1u);
  EXPECT_EQ(traffic_->view(*setup_, "a", "shop").in_flight, 0u);
  for (const auto& budget : traffic_->budgets()) EXPECT_EQ(budget.reserved.micros, 0);
}

// ---- replays
// -------------------------------------------------------------------------------------

TEST_F(ExplanationTest, AgreesWithWhatWasDecided) {
  for (const char* policy :
       {"[a, b]", "{cheapest: {accounts: [a, b, c], explore: 40%}}", "{experiment: cheap-first}",
        "{weighted: [{weight: 3, use: a}, {weight: 2, use: {cheapest: [b, c]}}]}"}) {
    use(policy);
    end("b", failed(IDSW_ERROR_UNAVAILABLE));
    const VerificationRecord record = recorded();
    const auto done = replay(*setup_of(text_), record);
    ASSERT_TRUE(done) << policy;
    EXPECT_TRUE(done->differences.empty()) << policy << ": " << done->differences[0];
    EXPECT_EQ(done->recorded.route, "sdk");
    EXPECT_EQ(done->recorded.seed, 99u);
    EXPECT_EQ(done->recorded.accounts[0].figures.has_value(),
              std::string_view(policy).find("cheapest:") != std::string_view::npos)
        << "figures only where they were recorded";
  }
}

TEST_F(ExplanationTest, SaysWhatATamperedRecordDiffersIn) {
  use("[a, b, abroad]");
  const VerificationRecord good = recorded();

  struct Row {
    const char* from;
    const char* to;
    const char* difference;
  };

  for (const Row& row : {
           Row{"[[\"a\",0,0,1000000", "[[\"b\",0,0,1000000", "position 1: recorded b"},
           Row{"[[\"a\",0,0,1000000", "[[\"a\",3,0,1000000", "(cheapest, first for 100%)"},
           Row{"[[\"a\",0,0,1000000", "[[\"a\",0,0,500000", "first for 50%"},
           Row{"[[\"a\",0,0,1000000,-1", "[[\"a\",0,0,1000000,7", "charge 0.000007"},
           Row{",[\"b\",0,0,0,-1,-1,0]", "", "position 2: recorded nobody"},
           Row{"[[\"abroad\",2]]", "[]", "left out: recorded nobody"},
           Row{"\"left_out\"", "\"now\":{\"a\":{\"full\":true}},\"left_out\"",
               "decided again abroad (data_region), a (full)"},
           Row{"\"left_out\"", "\"arm\":[\"cheap-first\",\"variant\",0],\"left_out\"",
               "experiment: recorded cheap-first variant (counted); decided again none"},
           Row{"\"left_out\"", "\"not_sticky\":true,\"left_out\"", "sticky: recorded no"},
           Row{"cn-gd", "us-ny", "route: recorded sdk; decided again none"},
       }) {
    VerificationRecord record = good;
    ASSERT_NE(record.decision.find(row.from), std::string::npos) << row.from << record.decision;
    record.decision = replaced(record.decision, row.from, row.to);
    const auto done = replay(*setup_, record);
    ASSERT_TRUE(done) << record.decision;
    std::string all;
    for (const std::string& one : done->differences) all += one + "\n";
    if (std::string_view(row.difference).find("decided again abroad") == std::string_view::npos) {
      EXPECT_NE(all.find(row.difference), std::string::npos) << row.to << "\n" << all;
    } else {
      EXPECT_NE(all.find("a (full)"), std::string::npos) << all;
    }
  }
}

TEST_F(ExplanationTest, CannotReplayWhatDoesNotFit) {
  use("[a, b]");
  VerificationRecord record = recorded();
  record.decision.resize(record.decision.size() - 4);
  EXPECT_EQ(replay(*setup_, record).error().code(), Errc::invalid_field);
  record.decision.clear();
  EXPECT_EQ(replay(*setup_, record).error().code(), Errc::not_found);
  record = recorded();
  record.verification.tenant = "nobody";
  EXPECT_EQ(replay(*setup_, record).error().code(), Errc::not_found);
}

TEST_F(ExplanationTest, DiffersUnderAChangedConfiguration) {
  use("[a, b]");
  const VerificationRecord record = recorded();
  const auto done = replay(*setup_of(config_text("[b, a]")), record);
  ASSERT_TRUE(done);
  EXPECT_FALSE(done->differences.empty()) << "it is held against the order of another version";
}

TEST_F(ExplanationTest, DecidesTheSameRequestUnderAnotherConfiguration) {
  use("{cheapest: [a, b]}");
  end("a", failed(IDSW_ERROR_UNAVAILABLE));
  const VerificationRecord record = recorded();
  const auto names = [](const Redecision& found) {
    std::string text;
    for (const AccountChoice& one : found.decided->accounts) {
      text += one.account + (one.position > 0 ? "+" : "-") + " ";
    }
    return text;
  };
  auto now = redecide(*setup_of(config_text("[c, a, b]")), *setup_, record);
  ASSERT_TRUE(now && now->decided);
  EXPECT_EQ(names(*now), "c+ b+ a+ ") << "a was down, as recorded";
  ASSERT_EQ(now->notes.size(), 1u);
  EXPECT_EQ(now->notes[0],
            "nothing is recorded of c: taken as up and never seen, at its contract's prices");
  EXPECT_EQ(now->decided->accounts[0].figures->worst_price.text(), "0.40");

  now = redecide(*setup_of(replaced(text_, "name: sdk", "name: sdk-2")), *setup_, record);
  ASSERT_TRUE(now && now->decided);
  EXPECT_EQ(now->notes, (std::vector<std::string>{"there is no route sdk any more",
                                                  "route sdk-2 takes the request, not sdk"}));
  now = redecide(*setup_of(replaced(text_, "[cn-, hk-]", "hk-")), *setup_, record);
  ASSERT_TRUE(now);
  EXPECT_FALSE(now->decided);
  EXPECT_EQ(now->notes, (std::vector<std::string>{"no route takes the request any more"}));
}

TEST_F(ExplanationTest, KnowsPausesAndAttributesByTheirNames) {
  use("{experiment: cheap-first}");
  traffic_->pause("shop", setup_->tenant("shop")->experiments[0]);
  const VerificationRecord record = recorded();
  const std::string other =
      replaced(text_, "attributes: {vip: truth}", "attributes: {aa: truth, vip: truth}");
  auto now = redecide(*setup_of(other), *setup_, record);
  ASSERT_TRUE(now && now->decided);
  EXPECT_EQ(now->decided->exposure, routing::Exposure::Kind::paused);
  now = redecide(*setup_of(replaced(text_, "seed: one", "seed: two")), *setup_, record);
  ASSERT_TRUE(now && now->decided);
  EXPECT_EQ(now->decided->exposure, routing::Exposure::Kind::counted) << "another experiment";
}

}  // namespace
}  // namespace idswitch::engine
