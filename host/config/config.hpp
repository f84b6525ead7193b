#pragma once

// Config: one immutable, checked configuration. config_load makes it from YAML; nothing else does.
// The reference with every key is configs/idswitch.yaml. Plain values; any thread.

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/secret.hpp"
#include "base/values/byte_size.hpp"
#include "base/values/money.hpp"
#include "config/contract.hpp"
#include "config/position.hpp"
#include "config/rules.hpp"

namespace idswitch::config {

struct Server {
  std::string listen = "127.0.0.1:8080";
  std::string public_url;  // what vendors and browsers reach us at: "https://id.example.com", no
                           // slash at the end
  std::string certificate_file;
  std::string private_key_file;
  std::size_t threads = 0;  // 0 = one per core
  std::size_t body_bytes_max = 24 * k_mib;
  std::size_t buffered_bytes_max = 256 * k_mib;  // of all requests' bodies together
  std::chrono::milliseconds stop_grace{30'000};
};

struct StoreFile {
  std::string path;  // relative paths are relative to the config file
};

struct Plugins {
  std::string directory;           // where plugin files lie
  std::vector<std::string> allow;  // file stems that may be loaded ("baidu" = libidswitch_baidu.so)
};

// Asking for results, which can wait, apart from what opens and submits, which cannot.
struct FollowUpLimits {
  // At the vendor at the same time, beside the account's other operations; 0 = any number. Adapted
  // downwards while the vendor says that there are too many.
  std::uint32_t concurrency_max = 0;
  std::uint32_t per_second = 0;  // 0 = any number
};

struct Limits {
  std::chrono::milliseconds timeout{10'000};  // one request to the vendor
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::milliseconds result_interval{5'000};  // GET asks the vendor at most this often
  std::size_t connections_max = 256;                 // per lane
  std::size_t response_bytes_max = 16 * k_mib;
  // Starts and submits at the vendor at the same time, over all lanes; 0 = any number. Adapted
  // downwards while the vendor says that there are too many.
  std::uint32_t concurrency_max = 0;
  std::uint32_t starts_per_second = 0;  // 0 = any number
  std::uint32_t starts_burst = 0;  // how many may come at once; at least 1 with starts_per_second
  FollowUpLimits follow_ups;
};

// When an account is not asked for a while.
struct Breaker {
  std::uint32_t consecutive_failures = 5;
  std::uint32_t failure_rate_ppm = 500'000;  // of the operations in `window`, ...
  std::uint32_t volume_min = 20;             // ... when there were at least so many
  std::chrono::milliseconds window{30'000};
  std::chrono::milliseconds open_for{10'000};       // doubled each time a probe fails, ...
  std::chrono::milliseconds open_for_max{300'000};  // ... up to this
  std::chrono::milliseconds ramp{30'000};           // from the first success to the full share
  std::chrono::milliseconds trip_for{
      600'000};  // after credentials, account_suspended, quota_exhausted
};

// What is believed of an account before anything was seen.
struct Prior {
  std::uint32_t start_rate_ppm = 990'000;       // starts that open a session
  std::uint32_t completion_rate_ppm = 850'000;  // sessions that end with a verdict
  std::uint32_t pass_rate_ppm = 850'000;        // verdicts that are a pass
  std::uint32_t weight = 20;                    // as if so many had been seen
};

// One contract with one vendor product.
struct Account {
  std::string name;
  std::string product;                           // "jumdata/life_check_v2"
  std::map<std::string, std::string> base_urls;  // by origin name; "" = the product's first origin
  std::string ca_file;                           // empty = the system's store
  std::map<std::string, Secret> secrets;         // by slot name
  std::string settings = "{}";                   // JSON object
  std::vector<std::string> data_regions;         // where the vendor keeps what it is given: "cn"
  Limits limits;
  Breaker breaker;
  Prior prior;
  Contract contract;
  Position where;  // of the account's name
  std::map<std::string, Position>
      positions;  // of keys below it, by path: "product", "secrets/app_id",
                  // "settings/auth", "contract/prices/verify"
};

enum class OnUnknownOutcome : std::uint8_t {
  wait,   // stop: no second paid vendor while the first may still bill
  go_on,  // ask the next account, and let both holds stand
};

// A rule: which requests it is for, and which accounts serve them. The first route that matches
// counts.
struct Route {
  std::string name;          // unique in the tenant; "route-1" and so on when the file gives none
  std::uint32_t method = 0;  // IDSW_METHOD_*
  std::uint32_t checks = 0;  // the exact set this route is for
  Condition when;            // true without parts: every request
  Policy use;
  std::vector<std::string> accounts;  // every account that `use` can lead to, each once, in the
                                      // file's order; at least one
  std::chrono::milliseconds deadline{20'000};  // for the whole request, failover included
  std::uint32_t attempts_max = 0;              // accounts asked for one request; 0 = all
  OnUnknownOutcome on_unknown_outcome = OnUnknownOutcome::wait;
  // Ask the second account beside the first one when that has not answered for so long; 0 = never.
  // Only where every account's start is documented as free.
  std::chrono::milliseconds hedge_after{0};
  Position where;
};

struct ApiKey {
  std::string id;                         // for logs: which key it was
  std::array<std::uint8_t, 32> sha256{};  // of the key's text; the key itself is nowhere
};

struct Tenant {
  std::string name;
  std::vector<ApiKey> api_keys;
  std::vector<std::string> return_urls;  // allowed; matched by return_url_allowed, return_urls.hpp
  std::string default_return_url;        // used when the request has none; may be empty
  bool keep_images = false;              // store the vendor's pictures
  std::vector<std::string> allowed_accounts;  // empty = all
  std::vector<std::string> data_regions;      // data may go to these only; empty = anywhere
  std::vector<Attribute> attributes;          // the built-in ones first
  std::vector<std::uint32_t> segment_by;  // indices of the text attributes that split statistics
  std::vector<Experiment> experiments;    // by name
  std::vector<Route> routes;
  Position where;
};

// What may be spent in a period. A charge counts from its hold on, in the period of the hold, by
// the time of its account's contract.
struct Budget {
  std::string name;
  std::string tenant;                 // empty = every tenant
  std::vector<std::string> accounts;  // empty = every account
  Per per = Per::month;
  Money limit;
  std::string currency;                 // only charges in this currency count
  bool stops = true;                    // false: only warns
  std::uint32_t warn_at_ppm = 800'000;  // of limit
  Position where;
};

// Where events of charges are sent to. By default about three days of retries.
struct Webhook {
  std::string name;
  std::string url;             // https; may have a query
  std::string ca_file;         // empty = the system's store
  std::string tenant;          // only its events; empty = every tenant's
  std::vector<Secret> keys;    // decoded, 24 to 64 bytes each; every one signs; at least one
  std::uint32_t types = 0;     // mask_of the ChargeEvents that are sent
  std::size_t in_flight = 64;  // so many requests run to it at most
  std::chrono::milliseconds timeout{15'000};  // of one request
  // What passes before the second attempt, before the third and so on; after the last one the event
  // is dead.
  std::vector<std::chrono::milliseconds> retries{
      std::chrono::seconds(5), std::chrono::minutes(5), std::chrono::minutes(30),
      std::chrono::hours(2),   std::chrono::hours(5),   std::chrono::hours(10),
      std::chrono::hours(14),  std::chrono::hours(20),  std::chrono::hours(24)};
  Position where;
};

struct Statistics {
  std::chrono::milliseconds window{24 * 3'600'000};  // what is older is forgotten, a 24th at a time
};

using Days = std::chrono::duration<int, std::ratio<86'400>>;

// How long what is kept, from the beginning of its verification; nothing = for ever. The ledger
// always is.
struct Retention {
  std::optional<Days> pictures = Days(30);
  std::optional<Days> states_and_actions;
  std::optional<Days> attempts_and_decisions;
  std::optional<Days> person_ids;
  std::optional<Days> verifications;
};

struct Config {
  std::string file;
  Server server;
  StoreFile store;
  log::Level log_level = log::Level::info;
  Plugins plugins;
  std::vector<ApiKey> admin_keys;  // for /admin/...
  Statistics statistics;
  Retention retention;
  std::map<std::string, Account> accounts;
  std::vector<Budget> budgets;  // by name
  std::map<std::string, Tenant> tenants;
  std::vector<Webhook> webhooks;  // by name
};

}  // namespace idswitch::config
