#include "store/sqlite/change_writer.hpp"

#include <algorithm>

namespace idswitch::store {
namespace {

const Claim* claim_of(const Change& change) {
  for (const Item& item : change) {
    if (const auto* claim = std::get_if<Claim>(&item)) return claim;
  }
  return nullptr;
}

// Of the entries that are written for this verification.
std::uint32_t last_number(VerificationId id, const std::vector<LedgerEntry>& entries) {
  std::uint32_t last = 0;
  for (const LedgerEntry& entry : entries) {
    if (entry.verification == id) last = std::max(last, entry.number);
  }
  return last;
}

void lose_case(Written& written) {
  written.outcome = Outcome::lost_case;
  written.entries.clear();
  written.error = Error(Errc::conflict, "another request has worked on it meanwhile; ask again");
}

}  // namespace

ChangeWriter::ChangeWriter(Database& database, LaneWriter& lane, CountCache& counts,
                           OffsetOf offset_of)
    : lane_(lane),
      counts_(counts),
      offset_of_(std::move(offset_of)),
      verifications_(database),
      work_(database),
      ledger_(database, lane),
      claims_(database),
      images_(database),
      experiments_(database),
      statistics_(database),
      webhooks_(database),
      config_versions_(database),
      retention_(database) {}

Result<void> ChangeWriter::begin() {
  claims_.begin();
  const std::int64_t set_back_ms = lane_.set_back_ms();
  return set_back_ms == 0 ? Result<void>() : work_.set_back(set_back_ms, lane_.now_unix_ms());
}

Result<Applied> ChangeWriter::apply(const Change& change, Written& written) {
  counts_.begin();
  const Claim* claimed = claim_of(change);
  if (claimed != nullptr) {
    const auto fresh = claim(*claimed, written);
    if (!fresh || *fresh != Applied::whole) return fresh;
  }
  auto guarded = price(change, written);
  if (guarded && *guarded == Applied::whole) guarded = guard(change, written);
  if (!guarded) return guarded;
  if (*guarded == Applied::nothing) {
    counts_.drop();
    if (claimed == nullptr) return Applied::nothing;
    const auto taken_back = claims_.take_back(*claimed);
    return taken_back ? Result<Applied>(Applied::nothing) : taken_back.error();
  }
  if (*guarded == Applied::in_part) return guarded;
  if (const auto kept = counts_.keep(); !kept) return kept.error();
  const auto appended = append(written);
  if (!appended || *appended != Applied::whole) return appended;
  for (const Item& item : change) {
    const auto done = std::visit([&](const auto& one) { return apply(one, written); }, item);
    if (!done) return done.error();
  }
  return Applied::whole;
}

Result<Applied> ChangeWriter::claim(const Claim& claim, Written& written) {
  auto claimed = claims_.claim(claim);
  if (!claimed) return claimed.error();
  written.claim = std::move(*claimed);
  if (written.claim.state == ClaimState::fresh) return Applied::whole;
  written.outcome = Outcome::claimed_before;
  return Applied::nothing;
}

Result<Applied> ChangeWriter::price(const Change& change, Written& written) {
  // All of them first: a budget that is made is a sum, in which no price of this change may be.
  std::vector<std::pair<const Booking*, CountCache::Prepared>> bookings;
  for (const Item& item : change) {
    const auto* booking = std::get_if<Booking>(&item);
    if (booking == nullptr) continue;
    auto prepared = counts_.prepare(booking->touch);
    if (!prepared) return prepared.error();
    bookings.emplace_back(booking, std::move(*prepared));
  }
  for (const auto& [booking, prepared] : bookings) {
    Booked booked = counts_.price(prepared, booking->price);
    if (booked.refused) {
      written.entries.clear();
      written.outcome = Outcome::refused;
      written.error = Error(Errc::budget_exhausted, *booked.refused);
      written.refused = std::move(booked.refused);
      return Applied::nothing;
    }
    std::move(booked.entries.begin(), booked.entries.end(), std::back_inserter(written.entries));
  }
  return Applied::whole;
}

Result<Applied> ChangeWriter::guard(const Change& change, Written& written) {
  auto lost = Applied::nothing;
  for (const Item& item : change) {
    const auto has = has_case(item, written);
    if (!has) return has.error();
    if (!*has) {
      lose_case(written);
      return lost;
    }
    const bool is_guard =
        std::holds_alternative<Progress>(item) || std::holds_alternative<Lease>(item) ||
        std::holds_alternative<GiveBack>(item) || std::holds_alternative<ErasePerson>(item);
    if (is_guard) lost = Applied::in_part;
  }
  return Applied::whole;
}

Result<bool> ChangeWriter::has_case(const Item& item, const Written& written) {
  if (const auto* progress = std::get_if<Progress>(&item)) {
    const VerificationRecord& record = *progress->record;
    const std::int64_t set_back_ms = lane_.set_back_ms(record.verification.updated_unix_ms);
    return work_.progress(*progress, last_number(progress->id, written.entries), set_back_ms);
  }
  if (const auto* lease = std::get_if<Lease>(&item))
    return work_.lease(*lease, lane_.set_back_ms(lease->made_unix_ms));
  if (const auto* given = std::get_if<GiveBack>(&item)) return work_.give_back(*given);
  if (const auto* erased = std::get_if<ErasePerson>(&item)) return retention_.take(*erased);
  return true;
}

Result<Applied> ChangeWriter::append(Written& written) {
  for (LedgerEntry& entry : written.entries) {
    const auto appended = ledger_.append(entry);
    if (!appended) return appended.error();
    if (*appended == Appended::added) continue;
    lose_case(written);
    return Applied::in_part;
  }
  return Applied::whole;
}

Result<void> ChangeWriter::apply(const Insert& item, Written&) {
  const VerificationRecord& record = *item.record;
  if (auto done = verifications_.insert(record); !done) return done;
  const bool is_begun =
      record.verification.status != Status::starting || record.next_ask_unix_ms != 0;
  return is_begun ? work_.insert(record) : Result<void>();
}

Result<void> ChangeWriter::apply(const Progress& item, Written&) {
  return verifications_.update(*item.record);
}

Result<void> ChangeWriter::apply(const Append& item, Written& written) {
  for (LedgerEntry entry : item.entries) {
    if (!entry.utc_offset_min) entry.utc_offset_min = offset_of_(entry.account);
    const auto appended = ledger_.append(entry);
    if (!appended) return appended.error();
    if (*appended == Appended::refused) ++written.entries_refused;
    if (*appended != Appended::added) continue;
    if (auto counted = count(entry); !counted) return counted;
  }
  return {};
}

Result<void> ChangeWriter::count(const LedgerEntry& entry) {
  CountsFold without(offset_of_), with(offset_of_);
  std::vector<LedgerEntry> charge;
  if (entry.kind != EntryKind::hold) {
    auto hold = ledger_.hold_of(entry);
    if (!hold) return hold.error();
    if (*hold) charge.push_back(std::move(**hold));
  }
  if (!charge.empty()) without.take(charge);
  charge.push_back(entry);
  with.take(charge);
  return counts_.add(with, without);
}

Result<void> ChangeWriter::apply(const Answer& item, Written&) {
  return claims_.answer(item.name, item.text());
}

Result<void> ChangeWriter::apply(const Release& item, Written&) {
  return claims_.release(item.name);
}

Result<void> ChangeWriter::apply(const KeepImage& item, Written&) {
  return images_.keep(item);
}

Result<void> ChangeWriter::apply(const Expose& item, Written&) {
  return experiments_.expose(item.exposure);
}

Result<void> ChangeWriter::apply(const PauseExperiment& item, Written&) {
  return experiments_.pause(item.pause);
}

Result<void> ChangeWriter::apply(const Admit& item, Written&) {
  return experiments_.admit(item.admission);
}

Result<void> ChangeWriter::apply(const ResumeExperiment& item, Written&) {
  return experiments_.resume(item.tenant, item.experiment, item.seed);
}

Result<void> ChangeWriter::apply(const KeepStatistic& item, Written&) {
  return statistics_.keep(item.slice);
}

Result<void> ChangeWriter::apply(const ChargePerson& item, Written&) {
  return counts_.charge_person({item.account, item.sku, item.person}, item.at_unix_ms);
}

Result<void> ChangeWriter::apply(const FinishedUpTo& item, Written&) {
  lane_.finished_up_to(item.high);
  return {};
}

Result<void> ChangeWriter::apply(const ErasePerson& item, Written&) {
  std::vector<PersonKey> charged;
  if (auto erased = retention_.erase(item, charged); !erased) return erased;
  for (const PersonKey& key : charged) {
    if (auto forgotten = counts_.charge_person(key, 0); !forgotten) return forgotten;
  }
  return {};
}

Result<void> ChangeWriter::apply(const ForgottenPerson& item, Written&) {
  return retention_.note(item);
}

Result<std::int64_t> ChangeWriter::retain(const Retain& step) {
  return retention_.retain(step);
}

Result<std::size_t> ChangeWriter::forget_claims_before(std::int64_t unix_ms) {
  return claims_.forget_before(unix_ms);
}

Result<std::size_t> ChangeWriter::forget_statistics_before(std::int64_t unix_ms) {
  return statistics_.forget_before(unix_ms);
}

Result<std::int64_t> ChangeWriter::adopt(const AdoptedConfig& config) {
  if (const auto limited = counts_.adopt(config.limits); !limited) return limited.error();
  return config_versions_.adopt(config.text, config.sha256, config.now_unix_ms);
}

}  // namespace idswitch::store
