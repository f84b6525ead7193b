/* idswitch/abi/plugin.h - what a plugin is: one exported function that answers with one static table.
 *
 * A plugin offers products (one vendor may sell several). An account is one contract with one product;
 * an exchange is one operation on one account. The host may run the same file in its own process or in
 * a child process: nothing here may depend on which.
 */
#ifndef IDSWITCH_ABI_PLUGIN_H
#define IDSWITCH_ABI_PLUGIN_H

#include "idswitch/abi/host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what a product declares -------------------------------------------------------------- */

/* FROZEN. A place the product's requests go to. Config may override the URL. */
typedef struct idsw_origin {
  idsw_str name; /* "api" */
  idsw_str url;  /* "https://api.example.com" */
} idsw_origin;

enum { IDSW_SLOT_REQUIRED = 1u, IDSW_SLOT_DYNAMIC = 2u };

/* FROZEN. A secret slot: filled from config, or, when DYNAMIC, by the TOKEN operation. */
typedef struct idsw_slot {
  idsw_str name; /* the key under `secrets:` in config */
  idsw_str meaning;
  uint32_t flags;
  uint32_t reserved;
} idsw_slot;

enum { IDSW_RULE_ASSUMED = 1u }; /* no document states the rule */

/* FROZEN. One thing the vendor charges for, and its documented rule as data. */
typedef struct idsw_sku {
  idsw_str name;              /* "verify" */
  idsw_str meaning;
  idsw_str source;            /* which document says so */
  uint32_t billable;          /* IDSW_BILLABLE_ON_ACCEPT or ON_RESULT */
  uint32_t flags;             /* IDSW_RULE_* */
  uint32_t at_token_death;    /* IDSW_CHARGE_* of a charge nobody finished; UNKNOWN = reconcile */
  uint32_t reserved;
  const idsw_str* captured_on; /* vendor codes that settle it; empty = on acceptance */
  uint64_t captured_on_count;
  const idsw_str* released_on; /* vendor codes that give it back */
  uint64_t released_on_count;
} idsw_sku;

enum {
  IDSW_CODE_ASSUMED = 1u, /* the document is silent or disagrees; see the plugin's README */
  IDSW_CODE_PENDING = 2u, /* not an end: the person has not finished */
  IDSW_CODE_EXPIRED = 4u, /* the session is over without a result */
  IDSW_CODE_OK = 8u       /* the request was accepted */
};

/* FROZEN. How one of the vendor's codes is read: a verdict with its reason, or an error class. */
typedef struct idsw_code {
  idsw_str code;        /* "3000", "216500", "403"; as the vendor spells it */
  idsw_str word;        /* "NO_ID_PHOTO", "AUTHORIZATION_ERROR"; empty = any */
  uint32_t operations;  /* mask: 1u << IDSW_OP_* where it occurs; 0 = only on the device */
  uint32_t flags;       /* IDSW_CODE_* */
  uint32_t verdict;     /* IDSW_VERDICT_*, or NONE */
  uint32_t reason;      /* IDSW_REASON_*, or NONE */
  uint32_t error_class; /* IDSW_ERROR_*, or NONE */
  uint32_t charge;      /* IDSW_CHARGE_* that the code is evidence for */
} idsw_code;

typedef struct idsw_product {
  uint32_t struct_size;
  uint32_t methods;          /* mask: 1u << IDSW_METHOD_* */
  uint32_t checks;           /* mask of IDSW_CHECK_* */
  uint32_t operations;       /* mask: 1u << IDSW_OP_*; TOKEN if and only if a slot is DYNAMIC */
  idsw_str id;               /* "vendor/product"; lower case, digits, _ and - */
  idsw_str title;
  idsw_str document;         /* the vendor document this was written from, and its version */
  uint64_t token_lifetime_s; /* how long a started verification lives, by the document */
  const idsw_origin* origins;
  uint64_t origin_count;
  const idsw_slot* slots;
  uint64_t slot_count;
  idsw_str settings_schema;  /* JSON Schema (draft 7) of the account's `settings:` */
  idsw_str options_schema;   /* JSON Schema of a request's vendor_options.<product> */
  const idsw_sku* skus;
  uint64_t sku_count;
  const idsw_code* codes;
  uint64_t code_count;
} idsw_product;

/* ---- the plugin's table -------------------------------------------------------------------- */

typedef struct idsw_account idsw_account;   /* one configured account; immutable once open */
typedef struct idsw_exchange idsw_exchange; /* one operation in flight */

typedef struct idsw_account_config {
  uint32_t struct_size;
  uint32_t product;          /* index into idsw_plugin.products */
  idsw_str settings;         /* JSON object that satisfies settings_schema */
  uint64_t slots_present;    /* bit i: slot i has a value in config (the value never arrives) */
  const idsw_str* base_paths; /* per origin: path prefix of the configured base URL, "" or "/x"; the
                                 host puts it before every target, a signer may need to know it */
  uint64_t base_path_count;
} idsw_account_config;

/* Where account_open says what is wrong; at most 512 bytes are kept. [in-call] */
typedef struct idsw_text_sink {
  void* ctx;
  void(IDSW_CALL* text)(void* ctx, const idsw_str* text);
} idsw_text_sink;

typedef struct idsw_plugin {
  uint32_t struct_size;
  uint32_t magic;          /* IDSW_MAGIC */
  uint32_t abi_minor;      /* what the plugin was built with */
  uint32_t min_host_minor; /* the oldest host it can live with */
  idsw_str id;             /* "baidu"; the vendor's part of every product id */
  idsw_str version;        /* the plugin's own version, "1.0.0" */
  idsw_str vendor;         /* for people */
  const idsw_product* const* products;
  uint64_t product_count;

  /* init is called once per process before anything else, deinit never (plugins are not unloaded);
   * both exist for child processes and tests that count. [exclusive] */
  idsw_status(IDSW_CALL* init)(const idsw_host* host);
  void(IDSW_CALL* deinit)(void);
  /* A named extension of the plugin; NULL = not offered. May itself be NULL. [any-thread] */
  const void*(IDSW_CALL* extension)(const idsw_str* id);

  /* Reads the settings. On IDSW_E_SETTINGS, why says in one sentence what to change. [any-thread] */
  idsw_status(IDSW_CALL* account_open)(const idsw_account_config* config, const idsw_text_sink* why,
                                       idsw_account** out);
  /* After its last exchange was closed. [serial] */
  void(IDSW_CALL* account_close)(idsw_account* account);

  /* Copies what it needs of the operation. [any-thread] */
  idsw_status(IDSW_CALL* exchange_open)(idsw_account* account, const idsw_operation* operation,
                                        idsw_exchange** out);
  /* One event in, exactly one action out through the sink. [serial] */
  idsw_status(IDSW_CALL* exchange_step)(idsw_exchange* exchange, const idsw_event* event,
                                        const idsw_sink* sink);
  /* At any time, also in the middle. [serial] */
  void(IDSW_CALL* exchange_close)(idsw_exchange* exchange);
} idsw_plugin;

/* ---- the one exported symbol --------------------------------------------------------------- */

typedef struct idsw_hello {
  uint32_t struct_size;
  uint32_t magic;
  uint32_t abi_minor;        /* the host's */
  uint32_t min_plugin_minor; /* the oldest plugin it can live with */
  uint32_t pointer_bits;     /* 64 */
  uint32_t reserved;
} idsw_hello;

/* Stores a static table at *out and answers IDSW_OK, or answers IDSW_E_ABI. It must not allocate, log
 * or start anything: it may run in a process that only looks. The symbol is `idswitch_plugin_v1`. */
typedef idsw_status(IDSW_CALL* idsw_entry_v1)(const idsw_hello* hello, const idsw_plugin** out);

#define IDSW_ENTRY_SYMBOL "idswitch_plugin_v1"

#ifdef __cplusplus
}
#endif
#endif
