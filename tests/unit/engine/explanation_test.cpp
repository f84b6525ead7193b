#include "explanation_sample.hpp"

namespace idswitch::engine {
namespace {

TEST_F(ExplanationTest, SaysWhichRouteTakesARequestAndWhy) {
  use("[a, b]");
  const Explanation found = explained();
  EXPECT_EQ(found.config_version, 4);
  EXPECT_EQ(found.route, "sdk");
  const auto before = text_.substr(0, text_.find("- name: sdk"));
  EXPECT_EQ(found.where.line, 1 + std::count(before.begin(), before.end(), '\n'));
  EXPECT_EQ(
      found.when,
      "region begins with one of cn-, hk- and (risk above 0.8 or amount at least 10 but below 20) "
      "and not (channel is one of app, web and vip is true)");
  EXPECT_EQ(found.segment, "shop/region=cn-gd");
  EXPECT_TRUE(found.experiment.empty());
  EXPECT_EQ(found.where.file, "test.yaml");
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
  EXPECT_EQ(of("a").figures->worst_price.text(), "0.30") << "also where the route ignores costs";
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
  EXPECT_EQ(traffic_->view(*setup_, nullptr, "a", "shop")->in_flight, 0u);
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
               "decided again a (full), abroad (data_region)"},
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
    EXPECT_NE(all.find(row.difference), std::string::npos) << row.to << "\n" << all;
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

TEST_F(ExplanationTest, PricesWhatWasRecordedWithoutCosts) {
  use("[b, a]");
  const VerificationRecord record = recorded();
  const auto now = redecide(*setup_of(config_text("{cheapest: [b, a]}")), *setup_, record);
  ASSERT_TRUE(now && now->decided);
  EXPECT_EQ(now->decided->accounts[0].account, "a");
  EXPECT_EQ(now->decided->accounts[0].figures->worst_price.text(), "0.30");
  EXPECT_EQ(now->notes, (std::vector<std::string>{
                            "what the accounts were seen to do is not recorded: their priors "
                            "count"}));
}

TEST_F(ExplanationTest, NamesTheWeightOfWhoeverIsDrawnInsteadOfOneThatIsDown) {
  use("{weighted: {seed: x, parts: [{weight: 80, use: a}, {weight: 20, use: b}]}}");
  end("a", failed(IDSW_ERROR_UNAVAILABLE));
  for (int i = 0; i < 20; ++i) {
    const Explanation found = explained(request("person-" + std::to_string(i)));
    EXPECT_EQ(found.accounts[0].sentence, "drawn by weight 20 of 100 for this person");
    EXPECT_EQ(found.accounts[1].sentence, "only when all others fail: its breaker is open");
  }
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
  // Who is vip there is what the second attribute says, not the first.
  use("[a, b]");
  StartRequest vip = request();
  vip.attributes.push_back({"vip", RequestAttribute::Type::truth, "true"});
  const std::string narrower =
      replaced(replaced(text_, "attributes: {vip: truth}", "attributes: {aa: truth, vip: truth}"),
               "{channel: [app, web], vip: true}", "{vip: true}");
  now = redecide(*setup_of(narrower), *setup_, recorded(vip));
  ASSERT_TRUE(now);
  EXPECT_FALSE(now->decided);
  use("{experiment: cheap-first}");
  now = redecide(*setup_of(replaced(text_, "seed: one", "seed: two")), *setup_, record);
  ASSERT_TRUE(now && now->decided);
  EXPECT_EQ(now->decided->exposure, routing::Exposure::Kind::counted) << "another experiment";
}

}  // namespace
}  // namespace idswitch::engine
