#pragma once

// Config: one immutable, checked configuration. config_load makes it from YAML; nothing else does.
// The reference with every key is configs/idswitch.yaml. Plain values; any thread.

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/money.hpp"
#include "base/secret.hpp"

namespace idswitch::config {

// Where something stands in the file, for error messages.
struct Position {
  std::string file;
  int line = 0;    // from 1
  int column = 0;  // from 1

  std::string text() const;  // "file:line:column"
};

struct Server {
  std::string listen = "127.0.0.1:8080";
  std::string public_url;  // what vendors and browsers reach us at: "https://id.example.com", no
                           // slash at the end
  std::string certificate_file;
  std::string private_key_file;
  std::size_t threads = 0;  // 0 = one per core
  std::size_t body_bytes_max = 24 * 1024 * 1024;
  std::chrono::milliseconds stop_grace{30'000};
};

struct StoreFile {
  std::string path;  // relative paths are relative to the config file
};

struct Plugins {
  std::string directory;           // where plugin files lie
  std::vector<std::string> allow;  // file stems that may be loaded ("baidu" = libidswitch_baidu.so)
};

// What the vendor's charges cost us, by our contract.
struct Contract {
  std::string version = "1";
  std::string currency;                 // "CNY"
  std::map<std::string, Money> prices;  // by SKU
  Position where;
};

struct Limits {
  std::chrono::milliseconds timeout{10'000};  // one request to the vendor
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::milliseconds result_interval{5'000};  // GET asks the vendor at most this often
  std::size_t connections_max = 256;                 // per lane
  std::size_t response_bytes_max = 16 * 1024 * 1024;
};

// One contract with one vendor product.
struct Account {
  std::string name;
  std::string product;                           // "jumdata/life_check_v2"
  std::map<std::string, std::string> base_urls;  // by origin name; "" = the product's first origin
  std::string ca_file;                           // empty = the system's store
  std::map<std::string, Secret> secrets;         // by slot name
  std::string settings = "{}";                   // JSON object
  Limits limits;
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

// Which accounts serve which requests, in order.
struct Route {
  std::uint32_t method = 0;                    // IDSW_METHOD_*
  std::uint32_t checks = 0;                    // the exact set this route is for
  std::vector<std::string> accounts;           // names; at least one; asked in this order
  std::chrono::milliseconds deadline{20'000};  // for the whole request, failover included
  OnUnknownOutcome on_unknown_outcome = OnUnknownOutcome::wait;
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
  std::vector<Route> routes;
  Position where;
};

struct Config {
  std::string file;
  Server server;
  StoreFile store;
  log::Level log_level = log::Level::info;
  Plugins plugins;
  std::map<std::string, Account> accounts;
  std::map<std::string, Tenant> tenants;
};

}  // namespace idswitch::config
