#include <gtest/gtest.h>

#include <functional>

#include "samples.hpp"

namespace idswitch::store {
namespace {

// The entries of three verifications by turns.
EventName event(std::uint64_t sequence) {
  return {sample_id(sequence % 3), 1 + static_cast<std::uint32_t>(sequence / 3)};
}

WebhookFailure failure(std::uint64_t sequence, std::int64_t next_try,
                       WebhookState state = WebhookState::waiting,
                       const std::string& endpoint = "books") {
  return {endpoint, event(sequence), sequence, 4, next_try, state, "it answered 503"};
}

std::string text_of(const std::vector<WebhookFailure>& failures) {
  std::string text;
  for (const auto& f : failures) {
    text += (text.empty() ? "" : " ") + std::to_string(f.sequence) + "/" +
            std::to_string(f.attempts) + "@" + std::to_string(f.next_try_unix_ms);
  }
  return text;
}

class WebhookStates : public testing::Test {
 protected:
  WebhookStates() : store_(open_store(folder_.file())) {}

  void change(const std::function<void(Change&)>& fill) {
    Change batch;
    fill(batch);
    EXPECT_FALSE(batch.empty());
    ASSERT_TRUE(write(*store_, std::move(batch)));
  }

  std::string waiting() {
    return text_of(*store_->webhooks().pending({"books", WebhookState::waiting, {}}));
  }

  std::string dead() {
    return text_of(*store_->webhooks().pending({"books", WebhookState::dead, {}}));
  }

  Folder folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(WebhookStates, CursorGoesForwardOnlyAndByEndpoint) {
  EXPECT_FALSE(store_->webhooks().cursor("books")->has_value());
  change([](Change& b) { b.push_back(AdvanceWebhook{"books", 7}); });
  change([](Change& b) { b.push_back(AdvanceWebhook{"books", 5}); });
  EXPECT_EQ(**store_->webhooks().cursor("books"), 7U);
  EXPECT_FALSE(store_->webhooks().cursor("other")->has_value());
  store_.reset();
  store_ = open_store(folder_.file());
  EXPECT_EQ(**store_->webhooks().cursor("books"), 7U);
}

TEST_F(WebhookStates, FailureComesBackWholeAndIsReplacedByTheNext) {
  change([](Change& b) { b.push_back(FailWebhook{failure(9, 100)}); });
  WebhookFailure again = failure(9, 300);
  again.attempts = 5;
  again.last_error = "no answer";
  change([&](Change& b) { b.push_back(FailWebhook{again}); });
  const auto found = *store_->webhooks().pending({"books", WebhookState::waiting, {}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].endpoint, "books");
  EXPECT_EQ(found[0].sequence, 9U);
  EXPECT_EQ(found[0].event, (EventName{sample_id(0), 4}));
  EXPECT_EQ(found[0].attempts, 5U);
  EXPECT_EQ(found[0].next_try_unix_ms, 300);
  EXPECT_EQ(found[0].state, WebhookState::waiting);
  EXPECT_EQ(found[0].last_error, "no answer");
}

TEST_F(WebhookStates, DueOnesComeByTimeAndOthersByName) {
  change([](Change& b) {
    b.push_back(FailWebhook{failure(1, 300)});
    b.push_back(FailWebhook{failure(2, 100)});
    b.push_back(FailWebhook{failure(3, 50, WebhookState::dead)});
    b.push_back(FailWebhook{failure(4, 100)});
    b.push_back(FailWebhook{failure(5, 1, WebhookState::waiting, "other")});
  });
  EXPECT_EQ(text_of(*store_->webhooks().due("books", 300, 10)), "4/4@100 2/4@100 1/4@300");
  EXPECT_EQ(text_of(*store_->webhooks().due("books", 299, 10)), "4/4@100 2/4@100");
  EXPECT_EQ(text_of(*store_->webhooks().due("books", 300, 1)), "4/4@100");
  EXPECT_EQ(waiting(), "1/4@300 4/4@100 2/4@100");
  EXPECT_EQ(text_of(*store_->webhooks().pending({"books", WebhookState::waiting, event(1), 0, 1})),
            "4/4@100");
  EXPECT_EQ(dead(), "3/4@50");
  // Those whose entries are not behind a place in the ledger.
  EXPECT_EQ(text_of(*store_->webhooks().pending({"books", WebhookState::waiting, {}, 2, 9})),
            "4/4@100");
  EXPECT_EQ(*store_->webhooks().next_try("books"), 100);
  EXPECT_EQ(*store_->webhooks().next_try("nobody"), 0);
  EXPECT_EQ(text_of(*store_->webhooks().pending_of("books", sample_id(1))), "1/4@300 4/4@100");
}

TEST_F(WebhookStates, DeliveredOnesAreDropped) {
  change([](Change& b) {
    b.push_back(FailWebhook{failure(1, 300)});
    b.push_back(FailWebhook{failure(2, 100)});
  });
  change([](Change& b) { b.push_back(DropWebhook{"books", event(1)}); });
  change([](Change& b) { b.push_back(DropWebhook{"books", event(55)}); });
  EXPECT_EQ(waiting(), "2/4@100");
}

TEST_F(WebhookStates, DeadOnesAreReplayedOneOrAll) {
  change([](Change& b) {
    for (std::uint64_t n = 1; n <= 3; ++n)
      b.push_back(FailWebhook{failure(n, 50, WebhookState::dead)});
    b.push_back(FailWebhook{failure(4, 60)});
    b.push_back(FailWebhook{failure(5, 60, WebhookState::dead, "other")});
  });
  change([](Change& b) { b.push_back(ReplayWebhook{"books", event(2), 700}); });
  EXPECT_EQ(waiting(), "4/4@60 2/0@700");
  EXPECT_EQ(dead(), "3/4@50 1/4@50");
  change([](Change& b) { b.push_back(ReplayWebhook{"books", {}, 800}); });
  EXPECT_EQ(waiting(), "3/0@800 1/0@800 4/4@60 2/0@700");
  EXPECT_EQ(store_->webhooks().pending({"other", WebhookState::dead, {}})->size(), 1U);
}

TEST_F(WebhookStates, ForgettingAnEndpointLeavesTheOthers) {
  change([](Change& b) {
    b.push_back(AdvanceWebhook{"books", 7});
    b.push_back(AdvanceWebhook{"other", 8});
    b.push_back(FailWebhook{failure(1, 300)});
    b.push_back(FailWebhook{failure(1, 300, WebhookState::waiting, "other")});
  });
  change([](Change& b) { b.push_back(ForgetWebhook{"books"}); });
  EXPECT_EQ(waiting(), "");
  EXPECT_FALSE(store_->webhooks().cursor("books")->has_value());
  EXPECT_EQ(**store_->webhooks().cursor("other"), 8U);
  EXPECT_EQ(store_->webhooks().pending({"other", WebhookState::waiting, {}})->size(), 1U);
}

}  // namespace
}  // namespace idswitch::store
