#include "samples.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <future>
#include <sstream>

#include "store/sqlite/database_file.hpp"

namespace idswitch::store {

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "idswitch-store-XXXXXX").string();
  const char* made = ::mkdtemp(pattern.data());
  EXPECT_NE(made, nullptr);
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

VerificationId sample_id(std::uint64_t n) {
  return {(std::uint64_t{1} << 60) + n * 1000, 0x9e3779b97f4a7c15ULL * (n + 1)};
}

VerificationRecord sample_start(std::uint64_t n, const std::string& tenant) {
  VerificationRecord record;
  record.id = sample_id(n);
  record.return_url = "https://platform.example/done?x=" + std::to_string(n);
  record.path_secrets.fill(static_cast<std::uint8_t>(n));
  record.decision = "{\"rule\":\"" + std::to_string(n) + "\"}";
  record.segment = "h5/zh";
  record.config_version = static_cast<std::int64_t>(n) + 3;
  Verification& v = record.verification;
  v.id = record.id.text();
  v.tenant = tenant;
  v.method = 1;
  v.checks = 3;
  v.person_id = "person-" + std::to_string(n);
  v.reference = "order-" + std::to_string(n);
  v.created_unix_ms = v.updated_unix_ms = 1'700'000'000'000 + static_cast<std::int64_t>(n);
  return record;
}

VerificationRecord sample_progress(std::uint64_t n, const std::string& tenant) {
  VerificationRecord record = sample_start(n, tenant);
  record.options = R"({"title":"x"})";
  record.next_ask_unix_ms = 1'700'000'060'000;
  record.state = std::string("\0binary\xff state", 14);
  Verification& v = record.verification;
  v.status = Status::completed;
  v.account = "jumdata-main";
  v.product = "jumdata/life_check_v2";
  v.action = {1, 1'700'000'007'000, "https://h5.example/?t=\"1\"", "token\n", "component", "4711"};
  v.verdict = 2;
  v.reason = 101;
  v.vendor_code = "223120";
  v.vendor_message = "\u6d3b\u4f53\u672a\u901a\u8fc7";
  v.vendor_reference = "vendor-" + std::to_string(n);
  v.scores = {{"liveness", "0.98"}, {"face", "77.5"}, {"liveness", "again"}};
  v.attempts = {{"baidu", 1, 7, 3, 503, "token", "110", "busy", "connection refused", 1, 250'000},
                {"jumdata-main", 2, 0, 0, 200, "get_result", "", "", "", -5, 3'000'000'000}};
  v.failure = {"no_vendor_available", 503, "No vendor", "Try \\ again", "/person/name", true};
  v.updated_unix_ms += 5;
  v.expires_unix_ms = v.created_unix_ms + 7'200'000;
  return record;
}

LedgerEntry sample_entry(std::uint64_t n, EntryKind kind, const std::string& tenant) {
  LedgerEntry entry;
  entry.verification = sample_id(n);
  entry.tenant = tenant;
  entry.account = "jumdata-main";
  entry.sku = "life_check";
  entry.event = "init-" + std::to_string(n);
  entry.kind = kind;
  entry.amount = {kind == EntryKind::void_ ? 0 : 300'000};
  entry.currency = "CNY";
  entry.at_unix_ms = 1'700'000'000'000;
  entry.evidence = 2;
  entry.source = 3;
  entry.vendor_code = "200";
  entry.vendor_reference = "vendor-" + std::to_string(n);
  entry.contract_version = "2024-01";
  entry.rule = "night";
  return entry;
}

Exposure sample_exposure(std::uint64_t n, const std::string& arm, std::uint64_t person) {
  Exposure exposure;
  exposure.verification = sample_id(n);
  exposure.tenant = "acme";
  exposure.experiment = "cheaper";
  exposure.seed = "2024-06";
  exposure.arm = arm;
  exposure.weights = "a=50 b=50";
  exposure.person = person;
  exposure.at_unix_ms = sample_start(n).verification.created_unix_ms;
  return exposure;
}

ClaimName sample_name(const std::string& key) {
  ClaimName name{};
  std::copy_n(key.begin(), std::min(key.size(), name.size()), name.begin());
  return name;
}

Claim sample_claim(std::uint64_t n, const std::string& key, std::uint8_t digest) {
  Claim claim;
  claim.name = sample_name(key);
  claim.request_digest.fill(digest);
  claim.verification = sample_id(n);
  claim.at_unix_ms = 1'700'000'000'000;
  return claim;
}

std::unique_ptr<Store> open_store(const std::string& file) {
  Options options;
  options.path = file;
  options.queue_max = 10'000'000;  // tests queue more than a switch would
  auto opened = Store::open(options);
  if (!opened) {
    ADD_FAILURE() << opened.error().detail();
    std::abort();
  }
  return std::move(*opened);
}

std::unique_ptr<GroupCommit> open_group(const std::string& file) {
  static const SystemClock k_clock;
  auto database = open_for_writing(file);
  if (!database) {
    ADD_FAILURE() << database.error().detail();
    std::abort();
  }
  auto group = std::make_unique<GroupCommit>(std::move(*database), k_clock);
  EXPECT_TRUE(group->join());
  return group;
}

Result<std::optional<ClaimResult>> find_claim(Store& store, const std::string& key,
                                              std::uint8_t digest) {
  return store.verifications().find_claim(sample_name(key),
                                          sample_claim(0, key, digest).request_digest);
}

Result<Written> write(Store& store, Change change) {
  std::promise<Written> promise;
  auto future = promise.get_future();
  store.write(std::move(change), [&](Written result) { promise.set_value(std::move(result)); });
  Written written = future.get();
  if (written.has_failed()) return written.error;
  return written;
}

Result<std::vector<VerificationRecord>> starting_of(Store& store) {
  RecordedQuery query;
  query.limit = 1'000'000;
  auto records = store.verifications().recorded(query);
  if (!records) return records.error();
  std::erase_if(*records, [](const VerificationRecord& record) {
    return record.verification.status != Status::starting;
  });
  return records;
}

std::string text_of(const VerificationRecord& record) {
  const Verification& v = record.verification;
  std::ostringstream out;
  out << record.id.text() << '|' << v.id << '|' << v.tenant << '|' << static_cast<int>(v.status)
      << '|' << v.method << '|' << v.checks << '|' << v.person_id << '|' << v.reference << '|'
      << v.account << '|' << v.product << '|' << v.verdict << '|' << v.reason << '|'
      << v.vendor_code << '|' << v.vendor_message << '|' << v.vendor_reference << '|'
      << v.created_unix_ms << '|' << v.updated_unix_ms << '|' << v.expires_unix_ms << '|'
      << record.state << '|' << record.options << '|' << record.return_url << '|' << record.decision
      << '|' << record.segment << '|' << record.config_version << '|' << record.next_ask_unix_ms
      << "|secret";
  for (const auto byte : record.path_secrets) out << ' ' << static_cast<int>(byte);
  const Action& a = v.action;
  out << "|action " << a.kind << ' ' << a.expires_unix_ms << ' ' << a.url << ' ' << a.token << ' '
      << a.component << ' ' << a.code;
  for (const Pair& s : v.scores) out << "|score " << s.name << ' ' << s.value;
  for (const Attempt& t : v.attempts) {
    out << "|attempt " << t.account << ' ' << t.operation << ' ' << t.error_class << ' '
        << t.transport << ' ' << t.http_status << ' ' << t.step << ' ' << t.vendor_code << ' '
        << t.vendor_message << ' ' << t.detail << ' ' << t.started_unix_ms << ' ' << t.latency_us;
  }
  const Problem& f = v.failure;
  out << "|failure " << f.code << ' ' << f.http_status << ' ' << f.title << ' ' << f.detail << ' '
      << f.field << ' ' << f.retryable;
  return out.str();
}

std::string text_of(const LedgerEntry& e) {
  std::ostringstream out;
  out << e.verification.text() << '|' << e.tenant << '|' << e.account << '|' << e.sku << '|'
      << e.event << '|' << e.call << '|' << static_cast<int>(e.kind) << '|' << e.amount.micros
      << '|' << e.currency << '|' << e.at_unix_ms << '|' << e.evidence << '|' << e.source << '|'
      << e.vendor_code << '|' << e.vendor_reference << '|' << e.contract_version << '|' << e.rule;
  return out.str();
}

}  // namespace idswitch::store
