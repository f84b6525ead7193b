#include <gtest/gtest.h>

#include <map>
#include <random>
#include <tuple>

#include "samples.hpp"

namespace idswitch::store {
namespace {

// The store's contract over maps and vectors: what random changes must amount to.
class Model {
 public:
  Written write(const Change& change) {
    Model after = *this;
    Written written;
    if (!after.apply(change, written)) return Written::failed(Error());
    if (written.committed()) *this = std::move(after);
    return written;
  }

  std::map<std::uint64_t, VerificationRecord> verifications;
  std::vector<LedgerEntry> ledger;

  struct Key {
    Claim claim;
    std::optional<std::pair<int, std::string>> answer;
  };

  std::map<ClaimName, Key> keys;

 private:
  // False: the change must fail.
  bool apply(const Change& change, Written& written) {
    for (const Item& item : change) {
      const auto* use = std::get_if<Claim>(&item);
      if (use == nullptr || claim(*use, written.claim)) continue;
      written.outcome = Outcome::claimed_before;
      return true;
    }
    for (const Item& item : change) {
      if (!apply(item, written)) return false;
    }
    return true;
  }

  bool apply(const Item& item, Written& written) {
    if (const auto* insert = std::get_if<Insert>(&item))
      return verifications.emplace(insert->record->id.high, *insert->record).second;
    if (const auto* progress = std::get_if<Progress>(&item)) {
      const auto found = verifications.find(progress->id.high);
      if (found == verifications.end()) return false;
      found->second = *progress->record;
    } else if (const auto* append_item = std::get_if<Append>(&item)) {
      for (const LedgerEntry& entry : append_item->entries) append(entry, written);
    } else if (const auto* answer = std::get_if<Answer>(&item)) {
      const auto found = keys.find(answer->name);
      if (found == keys.end() || found->second.answer) return true;
      const AnswerText text = answer->text();
      found->second.answer = {text.http_status, text.body};
    } else if (const auto* release = std::get_if<Release>(&item)) {
      const auto found = keys.find(release->name);
      if (found != keys.end() && !found->second.answer) keys.erase(found);
    }
    return true;
  }

  bool claim(const Claim& claim, ClaimResult& result) {
    const auto [found, fresh] = keys.emplace(claim.name, Key{claim, {}});
    if (fresh) return true;
    const Key& earlier = found->second;
    result.verification = earlier.claim.verification;
    result.claimed_unix_ms = earlier.claim.at_unix_ms;
    if (earlier.claim.request_digest != claim.request_digest) {
      result.state = ClaimState::mismatch;
    } else if (earlier.answer) {
      result.state = ClaimState::answered;
      std::tie(result.http_status, result.body) = *earlier.answer;
    } else {
      result.state = ClaimState::running;
    }
    return false;
  }

  void append(LedgerEntry entry, Written& result) {
    const auto charge = [](const LedgerEntry& e) {
      return std::tie(e.verification, e.account, e.sku, e.event, e.call);
    };
    const auto resolves = [](EntryKind kind) {
      return kind == EntryKind::capture || kind == EntryKind::void_;
    };
    const LedgerEntry* last_adjustment = nullptr;
    for (const auto& before : ledger) {
      if (charge(before) != charge(entry)) continue;
      if (resolves(entry.kind) && resolves(before.kind)) {
        ++result.entries_refused;
        return;
      }
      const bool same_hold = entry.kind == EntryKind::hold && before.kind == EntryKind::hold;
      if (same_hold) return;
      if (before.kind == EntryKind::adjust) last_adjustment = &before;
    }
    const auto words = [](const LedgerEntry& e) {
      return std::tie(e.evidence, e.source, e.amount, e.vendor_code, e.rule);
    };
    if (entry.kind == EntryKind::adjust && last_adjustment != nullptr &&
        words(*last_adjustment) == words(entry)) {
      return;
    }
    entry.sequence = ledger.size() + 1;
    ledger.push_back(std::move(entry));
  }
};

// Few of everything, so that repetitions and contradictions are common.
class RandomChanges {
 public:
  explicit RandomChanges(std::uint32_t seed) : random_(seed) {}

  Change next() {
    Change change;
    if (one_in(3))
      change.push_back(sample_claim(below(40), key(), static_cast<std::uint8_t>(below(2))));
    for (auto count = below(3); count > 0; --count) change.push_back(Insert{share(record())});
    for (auto count = below(3); count > 0 && one_in(2); --count)
      change.push_back(progress_of(share(record())));
    for (auto count = below(4); count > 0; --count) change.push_back(Append{{entry()}});
    if (one_in(3))
      change.push_back(Answer{sample_name(key()),
                              fixed(static_cast<int>(200 + below(3)), std::to_string(below(99)))});
    if (one_in(6)) change.push_back(Release{sample_name(key())});
    return change;
  }

  std::size_t below(std::size_t bound) { return random_() % bound; }

 private:
  bool one_in(std::size_t n) { return below(n) == 0; }

  std::string key() { return "key-" + std::to_string(below(12)); }

  VerificationRecord record() {
    const auto n = below(300);
    return one_in(2) ? sample_start(n) : sample_progress(n);
  }

  LedgerEntry entry() {
    LedgerEntry entry = sample_entry(below(15), static_cast<EntryKind>(1 + below(4)));
    entry.event = std::to_string(below(2));
    entry.call = 1 + below(2);
    entry.amount = {static_cast<std::int64_t>(below(2))};
    entry.source = static_cast<std::uint32_t>(below(2));
    return entry;
  }

  std::mt19937 random_;
};

std::string text_of(const Written& written) {
  if (written.has_failed()) return "failed";
  const ClaimResult& c = written.claim;
  return std::to_string(static_cast<int>(c.state)) + '|' + c.verification.text() + '|' +
         std::to_string(c.claimed_unix_ms) + '|' + std::to_string(c.http_status) + '|' + c.body +
         '|' + std::to_string(written.entries_refused);
}

void expect_same(Store& store, const Model& model) {
  for (std::uint64_t n = 0; n < 300; ++n) {
    const auto found = store.verifications().find(sample_id(n));
    ASSERT_TRUE(found);
    const auto expected = model.verifications.find(sample_id(n).high);
    ASSERT_EQ(*found != nullptr, expected != model.verifications.end()) << n;
    if (*found) {
      EXPECT_EQ(store::text_of(**found), store::text_of(expected->second));
    }
  }
  const auto ledger =
      store.ledger().entries({.tenant = {}, .account = {}, .after = 0, .limit = 100'000});
  ASSERT_TRUE(ledger);
  ASSERT_EQ(ledger->size(), model.ledger.size());
  for (std::size_t i = 0; i < model.ledger.size(); ++i) {
    EXPECT_EQ(store::text_of((*ledger)[i]), store::text_of(model.ledger[i]));
    EXPECT_EQ((*ledger)[i].sequence, model.ledger[i].sequence);
  }
  const auto interrupted = store::starting_of(store);
  ASSERT_TRUE(interrupted);
  std::size_t starting = 0;
  for (const auto& [high, record] : model.verifications) {
    starting += record.verification.status == Status::starting ? 1 : 0;
  }
  EXPECT_EQ(interrupted->size(), starting);
  for (int n = 0; n < 12; ++n) {
    const std::string key = "key-" + std::to_string(n);
    const auto known = model.keys.find(sample_name(key));
    const bool is_claimed = known != model.keys.end();
    const auto found =
        find_claim(store, key, is_claimed ? known->second.claim.request_digest[0] : 0);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->has_value(), is_claimed) << key;
    if (!is_claimed) continue;
    const Model::Key& expected = known->second;
    EXPECT_EQ((*found)->state, expected.answer ? ClaimState::answered : ClaimState::running);
    EXPECT_EQ((*found)->body, expected.answer ? expected.answer->second : "");
  }
}

TEST(Property, RandomChangesAmountToWhatTheModelSays) {
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    SCOPED_TRACE(seed);
    const Folder folder;
    Model model;
    RandomChanges random(seed);
    auto store = open_store(folder.file());
    for (int burst = 0; burst < 30; ++burst) {
      // Queued together, so that good and bad ones share a group.
      std::vector<std::string> expected;
      std::vector<std::string> actual;
      for (auto count = 1 + random.below(20); count > 0; --count) {
        Change change = random.next();
        expected.push_back(text_of(model.write(change)));
        store->write(std::move(change),
                     [&actual](const Written& written) { actual.push_back(text_of(written)); });
      }
      ASSERT_TRUE(write(*store, Change()));
      ASSERT_EQ(actual, expected);
      if (burst % 10 == 9) {
        expect_same(*store, model);
        store.reset();
        store = open_store(folder.file());
        expect_same(*store, model);
      }
    }
  }
}

}  // namespace
}  // namespace idswitch::store
