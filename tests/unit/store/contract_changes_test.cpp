#include <set>

#include "contract.hpp"
#include "store/sqlite/database_file.hpp"

namespace idswitch::store {

std::string counts_text(Store& store) {
  const auto counted = store.ledger().look(all_counts());
  if (!counted) return counted.error().detail();
  const auto& usage = counted->usage;
  return "open " + std::to_string(usage[0].open) + " units " + std::to_string(usage[1].units) +
         " charged " + std::to_string(usage[2].amount.micros) + " spend " +
         std::to_string(counted->spend[0].reserved.micros) + "+" +
         std::to_string(counted->spend[0].spent.micros) + " budget " +
         std::to_string(counted->budgets[0].reserved.micros) + "+" +
         std::to_string(counted->budgets[0].spent.micros);
}

namespace {

template <class Engine>
class ContractOfChanges : public Contract<Engine> {};

TYPED_TEST_SUITE(ContractOfChanges, Engines);

Change start(std::uint64_t n, const std::string& key = {}) {
  Change change;
  if (!key.empty()) change.emplace_back(sample_claim(n, key));
  change.emplace_back(Insert{share(sample_start(n))});
  change.emplace_back(hold_of(n));
  return change;
}

TYPED_TEST(ContractOfChanges, ChangeIsAllOrNothing) {
  Change change = start(1, "k");
  change.emplace_back(AdvanceWebhook{"books", 5});
  change.emplace_back(Expose{sample_exposure(77, "a", 1)});  // there is no such verification
  const Written written = this->write(std::move(change));
  EXPECT_EQ(written.outcome, Outcome::failed);
  EXPECT_EQ(*this->store_->verifications().find(sample_id(1)), nullptr);
  EXPECT_TRUE(this->store_->ledger().entries({})->empty());
  EXPECT_FALSE(this->store_->webhooks().cursor("books")->has_value());
  EXPECT_FALSE((*find_claim(*this->store_, "k")).has_value());
  EXPECT_EQ(counts_text(*this->store_), "open 0 units 0 charged 0 spend 0+0 budget 0+0");
}

TYPED_TEST(ContractOfChanges, FailedMeansAbsentAlsoLater) {
  Change bad = start(1, "k");
  bad.emplace_back(Expose{sample_exposure(77, "a", 1)});
  EXPECT_TRUE(this->write(std::move(bad)).has_failed());
  this->reopen();
  EXPECT_EQ(*this->store_->verifications().find(sample_id(1)), nullptr);
  EXPECT_TRUE(this->write(start(1, "k")).committed());
  this->reopen();
  EXPECT_EQ(this->store_->ledger().of(sample_id(1))->size(), 1U);
}

TYPED_TEST(ContractOfChanges, WritesOfOneWriterKeepTheirOrder) {
  std::vector<Change> changes;
  for (std::uint64_t n = 1; n <= 200; ++n) changes.push_back(start(n));
  const std::vector<Written> all = this->write_all(std::move(changes));
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(all[i].entries.size(), 1U);
    EXPECT_EQ(all[i].entries[0].sequence, i + 1);
  }
}

TYPED_TEST(ContractOfChanges, OneBadOfAGroupSparesTheOthers) {
  std::vector<Change> changes;
  for (std::uint64_t n = 1; n <= 60; ++n) {
    changes.push_back(start(n));
    if (n % 3 == 0) changes.back().emplace_back(Expose{sample_exposure(777, "a", 1)});
    if (n % 5 == 0) changes.back().emplace_back(hold_of(n, Money{0}));
  }
  const std::vector<Written> all = this->write_all(std::move(changes));
  std::uint64_t position = 0;
  for (std::uint64_t n = 1; n <= 60; ++n) {
    const Outcome expected =
        n % 5 == 0 ? Outcome::refused : (n % 3 == 0 ? Outcome::failed : Outcome::committed);
    EXPECT_EQ(all[n - 1].outcome, expected) << n;
    if (expected != Outcome::committed) continue;
    EXPECT_EQ(all[n - 1].entries.at(0).sequence, ++position);
  }
  EXPECT_EQ(this->store_->ledger().verify({})->total(), 0U);
}

TYPED_TEST(ContractOfChanges, ClaimIsFreshOnceAndTheRestAppliesNothing) {
  std::vector<Change> changes;
  for (std::uint64_t n = 1; n <= 64; ++n) changes.push_back(start(n, "k"));
  const std::vector<Written> all = this->write_all(std::move(changes));
  EXPECT_TRUE(all[0].committed());
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_EQ(all[i].outcome, Outcome::claimed_before);
    EXPECT_EQ(all[i].claim.state, ClaimState::running);
    EXPECT_EQ(all[i].claim.verification, sample_id(1));
  }
  EXPECT_EQ(this->store_->ledger().entries({})->size(), 1U);
  EXPECT_EQ(counts_text(*this->store_), "open 1 units 0 charged 0 spend 300000+0 budget 300000+0");
}

TYPED_TEST(ContractOfChanges, AnswerKeepsBytesAndIsMadeWhenPricesAreKnown) {
  EXPECT_TRUE(this->write(start(1, "k")).committed());
  auto seen = std::make_shared<std::int64_t>(0);
  Booking booking = capture_of(1);
  booking.price = [seen, price = booking.price](Counts& counts) {
    Booked booked = price(counts);
    *seen = booked.entries.front().amount.micros;
    return booked;
  };
  Change change;
  change.emplace_back(
      Answer{sample_name("k"), [seen] {
               return AnswerText{201, std::string("\0\xff\n", 3) + std::to_string(*seen)};
             }});
  change.emplace_back(std::move(booking));
  EXPECT_TRUE(this->write(std::move(change)).committed());
  this->reopen();
  const auto found = *find_claim(*this->store_, "k");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->state, ClaimState::answered);
  EXPECT_EQ(found->body, std::string("\0\xff\n1", 4));
}

TYPED_TEST(ContractOfChanges, ClaimExpiresOverAChangeOfGeneration) {
  Claim claim = sample_claim(1, "k");
  Claim late = sample_claim(2, "k");
  for (std::int64_t day = 0; day < 8; ++day) {
    SCOPED_TRACE(day);
    const std::string key = "k" + std::to_string(day);
    claim.name = late.name = sample_name(key);
    claim.at_unix_ms = sample_claim(1, "").at_unix_ms + day * 24 * 3'600'000;
    late.at_unix_ms = claim.at_unix_ms + std::int64_t{7} * 24 * 3'600'000 - 1;
    EXPECT_EQ(this->write({claim}).claim.state, ClaimState::fresh);
    EXPECT_EQ(this->write({late}).claim.state, ClaimState::running);
    ++late.at_unix_ms;
    EXPECT_EQ(this->write({late}).claim.state, ClaimState::fresh);
    EXPECT_EQ((*find_claim(*this->store_, key))->verification, sample_id(2));
  }
}

TYPED_TEST(ContractOfChanges, CallersKeyIsNowhereInTheFile) {
  const ClaimName name = claim_name(this->store_->key(), "acme", "order-of-somebody-4711");
  Change claiming = start(1, "k");
  std::get<Claim>(claiming.front()).name = name;
  EXPECT_TRUE(this->write(std::move(claiming)).committed());
  Change answering;
  answering.emplace_back(Answer{name, fixed(200, "{}")});
  EXPECT_TRUE(this->write(std::move(answering)).committed());
  const StoreKey key = this->store_->key();
  this->reopen();
  EXPECT_EQ(this->store_->key(), key);
  this->store_.reset();
  for (const char* suffix : {"", "-wal"}) {
    std::FILE* file = std::fopen((this->engine_.file() + suffix).c_str(), "rb");
    if (file == nullptr) continue;
    std::string bytes(std::size_t{4} << 20, '\0');
    bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
    std::fclose(file);
    EXPECT_EQ(bytes.find("order-of-somebody"), std::string::npos);
  }
}

TYPED_TEST(ContractOfChanges, ReferenceIsLookedUpAndNotSearched) {
  std::vector<Change> changes;
  for (std::uint64_t n = 1; n <= 30; ++n) {
    VerificationRecord record = sample_start(n);
    record.verification.reference = n % 3 == 0 ? "" : "case-" + std::to_string(n % 2);
    changes.push_back({Insert{share(std::move(record))}});
  }
  static_cast<void>(this->write_all(std::move(changes)));
  ListQuery query;
  query.tenant = "acme";
  query.reference = "case-1";
  EXPECT_EQ(this->store_->verifications().list(query)->size(), 10U);
  auto database = open_for_reading(this->engine_.file());
  Statement explain(*database,
                    "EXPLAIN QUERY PLAN SELECT id FROM verification AS v WHERE v.tenant = 'acme'"
                    " AND v.reference = 'x' AND v.reference <> '' AND v.id < 9"
                    " ORDER BY v.id DESC LIMIT 5");
  Rows rows(explain);
  ASSERT_TRUE(rows.next());
  const std::string detail = explain.text(3);
  EXPECT_NE(detail.find("verification_of_reference (tenant=? AND reference=? AND id<?)"),
            std::string::npos)
      << detail;
}

}  // namespace
}  // namespace idswitch::store
