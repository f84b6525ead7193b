// How every built plugin behaves between its first step and its last: what it does with operations
// nobody knows, after its end, when it is closed early, on many threads, and with the same inputs
// twice.

#include <gtest/gtest.h>

#include <thread>

#include "built_plugins.hpp"
#include "recording_sink.hpp"

namespace idswitch::test {
namespace {

class Conduct : public testing::TestWithParam<std::string> {};

constexpr std::uint32_t k_operations[] = {IDSW_OP_START, IDSW_OP_RESULT, IDSW_OP_SUBMIT,
                                          IDSW_OP_CALLBACK, IDSW_OP_TOKEN};

idsw_str text(std::string_view value) {
  return {value.data(), value.size()};
}

// The same operation as operation_of, straight over the ABI, with fixed entropy.
struct RawOperation {
  RawOperation(const plugin::Product& product, std::uint32_t kind, std::string_view state)
      : input(operation_of(product, kind, state)) {
    for (const Image& image : *input.media) {
      blobs.push_back(
          {blobs.size() + 1, image.bytes.size(), text(image.name), text(image.media_type)});
    }
    operation.struct_size = sizeof operation;
    operation.kind = kind;
    operation.method = input.method;
    operation.checks = input.checks;
    operation.verification_id = text(input.verification_id);
    operation.reference = text(input.reference);
    operation.person_id = text(input.person_id);
    operation.person_name = text(input.person_name);
    operation.person_id_number = text(input.person_id_number);
    operation.return_url = text(input.return_url);
    operation.callback_url = text(input.callback_url);
    operation.options = text(input.options);
    operation.state = {reinterpret_cast<const std::uint8_t*>(input.state.data()),
                       input.state.size()};
    operation.blobs = blobs.data();
    operation.blob_count = blobs.size();
    operation.slot = input.slot;
    operation.want_images = 1;
    operation.want_document = 1;
    for (int i = 0; i < 32; ++i) operation.entropy[i] = static_cast<std::uint8_t>(i * 7);
    if (kind == IDSW_OP_CALLBACK) operation.callback = &callback;
  }

  plugin::OperationInput input;
  std::vector<idsw_blob_ref> blobs;
  idsw_response callback{sizeof(idsw_response), 200, nullptr, 0, {nullptr, 0}};
  idsw_operation operation{};
};

// One exchange over the ABI. Closes it at the end.
class RawExchange {
 public:
  RawExchange(const plugin::Account& account, const idsw_operation& operation)
      : table_(account.product().library->table()) {
    status_ = table_.exchange_open(account.handle(), &operation, &handle_);
  }

  ~RawExchange() {
    if (status_ == IDSW_OK) table_.exchange_close(handle_);
  }

  bool is_open() const { return status_ == IDSW_OK; }

  idsw_status start(const idsw_sink& sink) {
    const idsw_event event{sizeof(idsw_event), IDSW_EVENT_START, k_now, 0, 0, nullptr};
    return step(event, sink);
  }

  idsw_status reply(std::string_view body, const idsw_sink& sink) {
    const idsw_response response{sizeof(idsw_response),
                                 200,
                                 nullptr,
                                 0,
                                 {reinterpret_cast<const std::uint8_t*>(body.data()), body.size()}};
    const idsw_event event{sizeof(idsw_event), IDSW_EVENT_RESPONSE, k_now, 0, ++sends_, &response};
    return step(event, sink);
  }

  idsw_status step(const idsw_event& event, const idsw_sink& sink) {
    return table_.exchange_step(handle_, &event, &sink);
  }

 private:
  const idsw_plugin& table_;
  idsw_exchange* handle_ = nullptr;
  idsw_status status_ = IDSW_OK;
  std::uint32_t sends_ = 0;
};

// Runs an operation to its end, answering every request with body. At most 16 requests, as the host
// allows.
void run_raw(RawExchange& exchange, RecordingSink& sink, std::string_view body) {
  const idsw_sink table = sink.table();
  idsw_status status = exchange.start(table);
  for (int sends = 0; status == IDSW_OK && sink.sent && sends < 16; ++sends) {
    status = exchange.reply(body, table);
  }
  EXPECT_EQ(status, IDSW_OK);
}

TEST_P(Conduct, RefusesOperationsThatNobodyKnows) {
  for (const plugin::Product& product : products_of(GetParam())) {
    const auto account = account_of(product);
    for (const std::uint32_t kind : {0u, 6u, 31u, 32u, 99u, 0xFFFFFFFFu}) {
      const VendorRun unknown = run(account, operation_of(product, kind), {});
      ASSERT_NE(unknown.fail(), nullptr) << product.id() << " " << kind;
      EXPECT_TRUE(unknown.sent.empty()) << product.id() << " " << kind;
    }
    for (const std::uint32_t kind : k_operations) {
      if (product.offers(kind)) continue;
      const VendorRun undeclared = run(account, operation_of(product, kind), {});
      ASSERT_NE(undeclared.fail(), nullptr) << product.id() << " " << kind;
      EXPECT_TRUE(undeclared.sent.empty()) << product.id() << " " << kind;
    }
  }
}

TEST_P(Conduct, DoesNothingAfterItsEnd) {
  for (const plugin::Product& product : products_of(GetParam())) {
    const auto account = account_of(product);
    for (const std::uint32_t kind : k_operations) {
      if (!product.offers(kind)) continue;
      const RawOperation raw(product, kind, "rubbish");
      RawExchange exchange(*account, raw.operation);
      ASSERT_TRUE(exchange.is_open());
      RecordingSink sink;
      run_raw(exchange, sink, "not what was expected");
      const idsw_sink table = sink.table();
      const std::string before = sink.record;
      EXPECT_NE(exchange.reply("{}", table), IDSW_OK) << product.id() << " " << kind;
      EXPECT_NE(exchange.start(table), IDSW_OK) << product.id() << " " << kind;
      EXPECT_EQ(sink.record, before) << product.id() << " " << kind;
    }
  }
}

// Events of every kind, in every order, also such as no host sends.
TEST_P(Conduct, TakesAtMostOneActionForAnyEvent) {
  for (const plugin::Product& product : products_of(GetParam())) {
    const auto account = account_of(product);
    for (const std::uint32_t kind : k_operations) {
      if (!product.offers(kind)) continue;
      for (const std::string& state : states()) {
        for (std::uint32_t order = 0; order < 64; ++order) {
          const RawOperation raw(product, kind, state);
          RawExchange exchange(*account, raw.operation);
          RecordingSink sink;
          const idsw_sink table = sink.table();
          const idsw_response response{sizeof(idsw_response), 200, nullptr, 0, {nullptr, 0}};
          for (std::uint32_t turn = 0; turn < 3; ++turn) {
            const std::uint32_t event_kind = order >> (2 * turn) & 3;
            const idsw_event event{sizeof(idsw_event),
                                   event_kind,
                                   k_now,
                                   0,
                                   turn,
                                   event_kind == IDSW_EVENT_RESPONSE ? &response : nullptr};
            sink.actions = 0;
            const idsw_status status = exchange.step(event, table);
            EXPECT_LE(sink.actions, 1);
            if (status == IDSW_OK) {
              EXPECT_EQ(sink.actions, 1) << product.id() << " " << kind;
            }
          }
        }
      }
    }
  }
}

TEST_P(Conduct, MayBeClosedAtAnyTime) {
  for (const plugin::Product& product : products_of(GetParam())) {
    const auto account = account_of(product);
    for (const std::uint32_t kind : k_operations) {
      if (!product.offers(kind)) continue;
      for (const std::string& state : states()) {
        const RawOperation raw(product, kind, state);
        for (int steps = 0; steps <= 2; ++steps) {
          RawExchange exchange(*account, raw.operation);
          RecordingSink sink;
          const idsw_sink table = sink.table();
          if (steps > 0) (void)exchange.start(table);
          if (steps > 1 && sink.sent) (void)exchange.reply("{}", table);
        }
      }
    }
  }
}

// What the host lent is gone when exchange_open returns.
TEST_P(Conduct, CopiesWhatItKeeps) {
  for (const plugin::Product& product : products_of(GetParam())) {
    const auto account = account_of(product);
    for (const std::uint32_t kind : k_operations) {
      if (!product.offers(kind)) continue;
      for (const std::string& state : states()) {
        const RawOperation kept(product, kind, state);
        RawExchange expected(*account, kept.operation);
        RecordingSink expected_sink;
        (void)expected.start(expected_sink.table());

        auto lent = std::make_unique<RawOperation>(product, kind, state);
        std::string name(k_person_name);
        std::string own_state = state;
        std::string options(lent->input.options);
        lent->operation.person_name = text(name);
        lent->operation.options = text(options);
        lent->operation.state.ptr = reinterpret_cast<const std::uint8_t*>(own_state.data());
        RawExchange exchange(*account, lent->operation);
        for (std::string* gone : {&name, &own_state, &options}) gone->assign(gone->size(), '#');
        for (auto& blob : lent->blobs) blob = {};
        lent.reset();
        RecordingSink sink;
        (void)exchange.start(sink.table());
        EXPECT_EQ(sink.record, expected_sink.record) << product.id() << " " << kind;
      }
    }
  }
}

TEST_P(Conduct, GivesTheSameBytesForTheSameInputs) {
  for (const plugin::Product& product : products_of(GetParam())) {
    const auto first = account_of(product);
    const auto second = account_of(product);
    for (const std::uint32_t kind : k_operations) {
      if (!product.offers(kind)) continue;
      for (const std::string& state : states()) {
        const RawOperation raw(product, kind, state);
        RecordingSink sinks[2];
        for (int i = 0; i < 2; ++i) {
          RawExchange exchange(i == 0 ? *first : *second, raw.operation);
          run_raw(exchange, sinks[i], "{\"code\":1}");
        }
        EXPECT_EQ(sinks[0].record, sinks[1].record) << product.id() << " " << kind;
      }
    }
  }
}

// What is stored and logged must not name the person, whatever the vendor answers.
TEST_P(Conduct, KeepsThePersonOutOfStateMessagesAndKeys) {
  const std::string echo = "{\"code\":400,\"message\":\"x\"}";
  for (const plugin::Product& product : products_of(GetParam())) {
    const auto account = account_of(product);
    for (const std::uint32_t kind : k_operations) {
      if (!product.offers(kind)) continue;
      for (const std::string& state : states()) {
        for (std::size_t reply = 0; reply <= recorded_replies().size(); ++reply) {
          const std::string& body = reply == 0 ? echo : recorded_replies()[reply - 1];
          if (body.find(k_person_name) != std::string::npos) continue;
          const RawOperation raw(product, kind, state);
          RawExchange exchange(*account, raw.operation);
          RecordingSink sink;
          run_raw(exchange, sink, body);
          for (const std::string_view canary : {k_person_name, k_person_id_number}) {
            EXPECT_EQ(sink.state.find(canary), std::string::npos) << product.id() << " " << kind;
            EXPECT_EQ(sink.free_text.find(canary), std::string::npos)
                << product.id() << " " << kind;
          }
        }
      }
    }
  }
}

TEST_P(Conduct, RunsManyExchangesOfOneAccountAtOnce) {
  constexpr int k_threads = 4;
  for (const plugin::Product& product : products_of(GetParam())) {
    const auto account = account_of(product);
    for (const std::uint32_t kind : k_operations) {
      if (!product.offers(kind)) continue;
      std::vector<RawOperation> raws;
      std::vector<std::string> expected;
      for (const std::string& state : states()) {
        RawExchange exchange(*account, raws.emplace_back(product, kind, state).operation);
        RecordingSink sink;
        run_raw(exchange, sink, "{\"code\":1}");
        expected.push_back(sink.record);
      }
      std::vector<std::string> wrong(k_threads);
      std::vector<std::thread> threads;
      for (int thread = 0; thread < k_threads; ++thread) {
        threads.emplace_back([&, thread] {
          for (std::size_t i = 0; i < 200; ++i) {
            const std::size_t which = (i + static_cast<std::size_t>(thread)) % raws.size();
            idsw_operation operation = raws[which].operation;
            operation.blobs = raws[which].blobs.data();
            if (operation.callback != nullptr) operation.callback = &raws[which].callback;
            RawExchange exchange(*account, operation);
            RecordingSink sink;
            run_raw(exchange, sink, "{\"code\":1}");
            if (sink.record != expected[which])
              wrong[static_cast<std::size_t>(thread)] = sink.record;
          }
        });
      }
      for (std::thread& thread : threads) thread.join();
      EXPECT_EQ(wrong, std::vector<std::string>(k_threads)) << product.id() << " " << kind;
    }
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name;
  for (const char c : info.param.substr(0, info.param.rfind('.')))
    name += std::isalnum(c) ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Contract, Conduct, testing::ValuesIn(built_plugins()), test_name);

}  // namespace
}  // namespace idswitch::test
