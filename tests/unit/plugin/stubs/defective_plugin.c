/* A plugin with one defect, chosen by a macro. Without one it is sound: product `defective/thing`.
 */

#include <idswitch/abi.h>

#define TEXT(literal) \
  { literal, sizeof(literal) - 1 }

#if !defined(DEFECT_NO_EXPORT)

static idsw_status IDSW_CALL init(const idsw_host* host) {
  (void)host;
#if defined(DEFECT_INIT_FAILS)
  return IDSW_E_INTERNAL;
#elif defined(DEFECT_INIT_TWICE_FAILS)
  static int calls = 0;
  return calls++ == 0 ? IDSW_OK : IDSW_E_STATE;
#else
  return IDSW_OK;
#endif
}

static void IDSW_CALL deinit(void) {}

static idsw_status IDSW_CALL account_open(const idsw_account_config* config,
                                          const idsw_text_sink* why, idsw_account** out) {
  (void)config;
  (void)why;
  *out = 0;
  return IDSW_E_UNSUPPORTED;
}

static void IDSW_CALL account_close(idsw_account* account) {
  (void)account;
}

static idsw_status IDSW_CALL exchange_open(idsw_account* account, const idsw_operation* operation,
                                           idsw_exchange** out) {
  (void)account;
  (void)operation;
  *out = 0;
  return IDSW_E_UNSUPPORTED;
}

static idsw_status IDSW_CALL exchange_step(idsw_exchange* exchange, const idsw_event* event,
                                           const idsw_sink* sink) {
  (void)exchange;
  (void)event;
  (void)sink;
  return IDSW_E_STATE;
}

static void IDSW_CALL exchange_close(idsw_exchange* exchange) {
  (void)exchange;
}

static const idsw_origin origins[] = {
#if defined(DEFECT_PLAIN_HTTP)
    {TEXT("api"), TEXT("http://api.example.com")},
#else
    {TEXT("api"), TEXT("https://api.example.com")},
#endif
};

#if defined(DEFECT_DYNAMIC_WITHOUT_TOKEN)
#define SLOT_FLAGS IDSW_SLOT_DYNAMIC
#else
#define SLOT_FLAGS IDSW_SLOT_REQUIRED
#endif
static const idsw_slot slots[] = {
    {TEXT("api_key"), TEXT("the key"), SLOT_FLAGS, 0},
#if defined(DEFECT_SLOT_TWICE)
    {TEXT("api_key"), TEXT("the key"), SLOT_FLAGS, 0},
#endif
};

static const idsw_sku skus[] = {{TEXT("verify"), TEXT("one check"), TEXT("price list"),
#if defined(DEFECT_SKU_NEVER_BILLED)
                                 IDSW_BILLABLE_NEVER,
#else
                                 IDSW_BILLABLE_ON_ACCEPT,
#endif
                                 0, 0, 0, 0, 0, 0, 0}};

static const idsw_code codes[] = {
#if defined(DEFECT_CODE_WITHOUT_MEANING)
    {TEXT("1000"), {0, 0}, 1u << IDSW_OP_START, 0, 0, 0, 0, 0},
#else
    {TEXT("1000"), {0, 0}, 1u << IDSW_OP_START, IDSW_CODE_OK, 0, 0, 0, 0},
#endif
};

#if defined(DEFECT_BAD_OPERATIONS)
#define OPERATIONS (1u << 30 | 1u << IDSW_OP_START | 1u << IDSW_OP_RESULT)
#elif defined(DEFECT_NO_START)
#define OPERATIONS (1u << IDSW_OP_RESULT)
#elif defined(DEFECT_NO_END)
#define OPERATIONS (1u << IDSW_OP_START)
#elif defined(DEFECT_TOKEN_WITHOUT_DYNAMIC)
#define OPERATIONS (1u << IDSW_OP_START | 1u << IDSW_OP_RESULT | 1u << IDSW_OP_TOKEN)
#elif defined(DEFECT_CALLBACK_WITHOUT_RESULT)
#define OPERATIONS (1u << IDSW_OP_START | 1u << IDSW_OP_SUBMIT | 1u << IDSW_OP_CALLBACK)
#else
#define OPERATIONS (1u << IDSW_OP_START | 1u << IDSW_OP_RESULT)
#endif

static const idsw_product thing = {
#if defined(DEFECT_SHORT_PRODUCT)
    8,
#else
    sizeof(idsw_product),
#endif
#if defined(DEFECT_BAD_METHODS)
    1u << 20,
#else
    1u << IDSW_METHOD_H5,
#endif
    IDSW_CHECK_LIVENESS,
    OPERATIONS,
#if defined(DEFECT_BAD_PRODUCT_ID)
    TEXT("other/thing"),
#elif defined(DEFECT_TRAILING_GARBAGE_ID)
    TEXT("defective/thing!"),
#else
    TEXT("defective/thing"),
#endif
    TEXT("Thing"),
    TEXT("no document"),
    600,
#if defined(DEFECT_NO_ORIGIN)
    0,
    0,
#else
    origins,
    1,
#endif
    slots,
    sizeof slots / sizeof slots[0],
#if defined(DEFECT_BAD_SCHEMA)
    TEXT("{\"type\":"),
#else
    TEXT("{\"type\":\"object\"}"),
#endif
    TEXT("{}"),
    skus,
#if defined(DEFECT_NO_SKU)
    0,
#else
    1,
#endif
    codes,
    1};

static const idsw_product* const products[] = {
#if defined(DEFECT_NULL_PRODUCT)
    0
#else
    &thing
#endif
};

static const idsw_plugin table = {
#if defined(DEFECT_TABLE_SIZE)
    sizeof(idsw_plugin) + 8,
#elif defined(DEFECT_TABLE_SHORT)
    16,
#else
    sizeof(idsw_plugin),
#endif
#if defined(DEFECT_MAGIC)
    0x12345678u,
#else
    IDSW_MAGIC,
#endif
    IDSW_ABI_MINOR,
#if defined(DEFECT_NEEDS_NEWER_HOST)
    IDSW_ABI_MINOR + 7,
#else
    0,
#endif
#if defined(DEFECT_BAD_ID)
    TEXT("Defective Inc."),
#else
    TEXT("defective"),
#endif
    TEXT("1.0.0"),
    TEXT("Defective"),
    products,
#if defined(DEFECT_NO_PRODUCT)
    0,
#else
    1,
#endif
    init,
    deinit,
    0,
    account_open,
    account_close,
    exchange_open,
#if defined(DEFECT_NULL_FUNCTION)
    0,
#else
    exchange_step,
#endif
    exchange_close};

#if defined(DEFECT_WRONG_MAJOR)
#define ENTRY idswitch_plugin_v2
#else
#define ENTRY idswitch_plugin_v1
#endif

IDSW_EXPORT idsw_status IDSW_CALL ENTRY(const idsw_hello* hello, const idsw_plugin** out);

#if defined(DEFECT_UNDEFINED_SYMBOL)
int idsw_nobody_defines_this(void);
#endif

idsw_status IDSW_CALL ENTRY(const idsw_hello* hello, const idsw_plugin** out) {
  (void)hello;
  (void)out;
#if defined(DEFECT_UNDEFINED_SYMBOL)
  if (idsw_nobody_defines_this() != 0) return IDSW_E_INTERNAL;
#endif
#if defined(DEFECT_REFUSES_HELLO)
  return IDSW_E_ABI;
#elif defined(DEFECT_NULL_TABLE)
  *out = 0;
  return IDSW_OK;
#else
  *out = &table;
  return IDSW_OK;
#endif
}

#else

IDSW_EXPORT int something_else(void);

int something_else(void) {
  return 1;
}

#endif
