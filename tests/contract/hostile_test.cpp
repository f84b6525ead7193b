// Every built plugin, every operation, every reply that a vendor should never send: one action
// comes out, no verdict of pass, and every request that could cost money leaves evidence.

#include <gtest/gtest.h>

#include <random>

#include "built_plugins.hpp"

namespace idswitch::test {
namespace {

class HostileVendor : public testing::TestWithParam<std::string> {};

constexpr int k_statuses[] = {100, 101, 200, 201, 202, 204, 206, 299, 301, 302, 304, 307, 400,
                              401, 402, 403, 404, 405, 408, 409, 410, 413, 415, 418, 422, 429,
                              431, 451, 500, 501, 502, 503, 504, 505, 511, 520, 599};

constexpr std::uint32_t k_transports[] = {IDSW_TRANSPORT_NOT_SENT, IDSW_TRANSPORT_SENT_NO_REPLY,
                                          IDSW_TRANSPORT_REPLY_TOO_BIG, IDSW_TRANSPORT_REPLY_BROKEN,
                                          99};

std::vector<std::string> junk() {
  return {
      "",
      " ",
      "ok",
      "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>",
      "<?xml version=\"1.0\"?><code>200</code>",
      "null",
      "true",
      "0",
      "200",
      "1e999",
      "\"pass\"",
      "[]",
      "{}",
      "[{\"code\":200}]",
      "{\"code\":",
      "{\"code\":200",
      "{\"code\":200}}",
      "{\"code\":\"\xFF\xFE\"}",
      "{\"\xC3\x28\":1}",
      "{\"code\":200,\"code\":200,\"result_code\":1000,\"result_code\":1000,\"error\":0,\"error\":"
      "1}",
      "{\"code\":null,\"result_code\":null,\"error_code\":null,\"error_no\":null,\"result\":null}",
      "{\"code\":[],\"result_code\":{},\"error_code\":[0],\"data\":7,\"result\":\"x\"}",
      "{\"code\":999999999999999999999,\"result_code\":-0,\"error_code\":1e3}",
      "{\"code\":\"PASS\",\"result_code\":\"PASS\",\"verdict\":\"pass\",\"passed\":true}",
      std::string(100'000, '['),
      std::string(100'000, '{'),
      std::string(200, '[') + std::string(200, ']'),
      std::string(1'000'000, 'x'),
      std::string(4096, '\0'),
      "\xEF\xBB\xBF{\"code\":200}"};
}

// What must hold of any run, whatever came back.
void expect_cautious(const VendorRun& run, const std::string& about) {
  if (const auto* finish = run.finish()) {
    EXPECT_NE(finish->verdict, IDSW_VERDICT_PASS) << about;
  }
  if (const auto* fail = run.fail()) {
    EXPECT_EQ(fail->detail, "") << about << ": the host had to give the adapter up";
  }
  for (const plugin::SendStep& send : run.sent) {
    if (send.billable == IDSW_BILLABLE_NEVER) continue;
    const bool evidence =
        std::any_of(run.charges.begin(), run.charges.end(), [&](const auto& charge) {
          return charge.sku == send.sku && charge.event == send.dedupe_key;
        });
    EXPECT_TRUE(evidence) << about << ": request " << send.step << " could cost " << send.sku
                          << " and leaves no evidence";
  }
}

std::string shown(const Answer& answer) {
  return std::to_string(answer.status) + "/" + std::to_string(answer.transport) + " " +
         answer.body.substr(0, 100);
}

// Calls body with every account, operation, set of checks and state of the plugin.
template <class Body>
void each_operation(const std::string& plugin_file, Body body) {
  for (const plugin::Product& product : products_of(plugin_file)) {
    const auto account = account_of(product);
    for (const std::uint32_t kind :
         {IDSW_OP_START, IDSW_OP_RESULT, IDSW_OP_SUBMIT, IDSW_OP_CALLBACK, IDSW_OP_TOKEN}) {
      if (!product.offers(kind)) continue;
      for (const std::uint32_t checks : check_masks(product)) {
        for (const std::string& state : states()) {
          body(account, operation_of(product, kind, state, checks));
          if (kind == IDSW_OP_START || kind == IDSW_OP_TOKEN) break;  // they have no state
        }
      }
    }
  }
}

std::string about(const plugin::OperationInput& input, const Answer& answer) {
  return "operation " + std::to_string(input.kind) + ", state \"" +
         std::string(input.state.substr(0, 60)) + "\", answer " + shown(answer);
}

TEST_P(HostileVendor, NeverGetsAPassOutOfJunk) {
  const std::vector<std::string> bodies = junk();
  each_operation(GetParam(), [&](const auto& account, const plugin::OperationInput& input) {
    for (const std::string& body : bodies) {
      for (const int status : {200, 400, 503}) {
        const Answer answer{status, body};
        expect_cautious(run(account, input, answer), about(input, answer));
      }
    }
  });
}

TEST_P(HostileVendor, NeverGetsAPassOutOfAStatus) {
  each_operation(GetParam(), [&](const auto& account, const plugin::OperationInput& input) {
    for (const int status : k_statuses) {
      for (const char* body : {"", "{}", "<html></html>"}) {
        const Answer answer{status, body};
        expect_cautious(run(account, input, answer), about(input, answer));
      }
    }
  });
}

TEST_P(HostileVendor, NeverGetsAPassOutOfSilence) {
  each_operation(GetParam(), [&](const auto& account, const plugin::OperationInput& input) {
    for (const std::uint32_t transport : k_transports) {
      const Answer answer{0, "", transport};
      const VendorRun silent = run(account, input, answer);
      expect_cautious(silent, about(input, answer));
      for (const plugin::SendStep& send : silent.sent) {
        if (send.billable != IDSW_BILLABLE_ON_ACCEPT || transport == IDSW_TRANSPORT_NOT_SENT)
          continue;
        EXPECT_EQ(silent.charges.back().state, IDSW_CHARGE_UNKNOWN) << about(input, answer);
      }
    }
  });
}

// Replies that this vendor or another one really sends, cut anywhere.
TEST_P(HostileVendor, NeverGetsAPassOutOfATruncatedReply) {
  each_operation(GetParam(), [&](const auto& account, const plugin::OperationInput& input) {
    for (const std::string& body : recorded_replies()) {
      if (body.empty() || (body.front() != '{' && body.front() != '[')) continue;
      for (std::size_t size = 0; size < body.size(); size += 1 + body.size() / 24) {
        const Answer answer{200, body.substr(0, size)};
        expect_cautious(run(account, input, answer), about(input, answer));
      }
    }
  });
}

// Whole and mutated replies of all vendors may mean anything here, but the rules of conduct hold.
TEST_P(HostileVendor, GetsOneActionAndEvidenceForAnyReply) {
  std::mt19937 random(20250102);
  each_operation(GetParam(), [&](const auto& account, const plugin::OperationInput& input) {
    for (const std::string& recorded : recorded_replies()) {
      for (int round = 0; round < 4; ++round) {
        std::string body = recorded;
        for (int edit = 0; edit < round && !body.empty(); ++edit) {
          body[random() % body.size()] = static_cast<char>(random());
        }
        const Answer answer{200, body};
        VendorRun any = run(account, input, answer);
        if (auto* finish = std::get_if<plugin::FinishStep>(&any.end)) finish->verdict = 0;
        expect_cautious(any, about(input, answer));
      }
    }
  });
}

// Without this the tests above could pass by never getting as far as a request.
TEST_P(HostileVendor, IsReachedByEveryOperationThatAsksIt) {
  for (const plugin::Product& product : products_of(GetParam())) {
    const auto account = account_of(product);
    for (const std::uint32_t kind :
         {IDSW_OP_START, IDSW_OP_RESULT, IDSW_OP_SUBMIT, IDSW_OP_TOKEN}) {
      if (!product.offers(kind)) continue;
      std::size_t sent = 0;
      for (const std::string& state : states()) {
        sent += run(account, operation_of(product, kind, state), {503, ""}).sent.size();
      }
      EXPECT_GT(sent, 0u) << product.id() << " operation " << kind;
    }
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name;
  for (const char c : info.param.substr(0, info.param.rfind('.')))
    name += std::isalnum(c) ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Contract, HostileVendor, testing::ValuesIn(built_plugins()), test_name);

}  // namespace
}  // namespace idswitch::test
