/* An adapter in plain C11: no library, no helper, just idswitch/abi.h. The vendor is invented:
 *   POST /v1/checks        {"callback": <return url>}   201 {"id": "...", "url": "..."}
 *   GET  /v1/checks/<id>                                200 {"state": "passed" | "failed" | "open"}
 * with the API key in the header X-Api-Key, a passed or failed check billed. C++ gets a JSON
 * reader, ropes and coroutines from idswitch/sdk.hpp; here a careful search in the reply's text has
 * to do.
 */
#include <idswitch/abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(literal) \
  { literal, sizeof(literal) - 1 }
#define ID_BYTES_MAX 64

struct idsw_exchange {
  uint32_t kind;
  uint32_t steps;
  uint32_t return_url_length;
  char return_url[1024];
  char id[ID_BYTES_MAX]; /* from the state that START left; NUL-terminated */
};

static const idsw_str sku = TEXT("check");
static const idsw_str key = TEXT("check");

/* Finds "name":"value" of a flat object and copies the value, which must be plain ASCII without
 * escapes. 0: not there, or not so. */
static int member(const idsw_bytes* body, const char* name, char* out, size_t room) {
  char quoted[32];
  const int length = snprintf(quoted, sizeof quoted, "\"%s\":\"", name);
  const char* const text = (const char*)body->ptr;
  for (uint64_t i = 0; length > 0 && i + (uint64_t)length <= body->len; ++i) {
    size_t size = 0;
    const char* from = text + i + length;
    if (memcmp(text + i, quoted, (size_t)length) != 0) continue;
    while (from + size < text + body->len && from[size] > ' ' && from[size] < 127 &&
           from[size] != '"' && from[size] != '\\') {
      ++size;
    }
    if (size == 0 || size >= room || from + size >= text + body->len || from[size] != '"') return 0;
    memcpy(out, from, size);
    out[size] = '\0';
    return 1;
  }
  return 0;
}

static idsw_status charge(const idsw_sink* sink, uint32_t state, uint32_t source) {
  idsw_charge evidence = {0};
  evidence.struct_size = sizeof evidence;
  evidence.state = state;
  evidence.source = source;
  evidence.sku = sku;
  evidence.dedupe_key = key;
  return sink->charge(sink->ctx, &evidence);
}

static idsw_status fail(const idsw_sink* sink, uint32_t error_class) {
  idsw_failure failure = {0};
  failure.struct_size = sizeof failure;
  failure.error_class = error_class;
  return sink->fail(sink->ctx, &failure);
}

static idsw_status send_request(const struct idsw_exchange* exchange, const idsw_sink* sink) {
  const int starts = exchange->kind == IDSW_OP_START;
  const idsw_segment secret = {IDSW_SEGMENT_SECRET, {0}, 0, NULL, 0};
  const idsw_segment target[] = {
      {IDSW_SEGMENT_BYTES, {0}, 0, "/v1/checks", 10},
      {IDSW_SEGMENT_BYTES, {0}, 0, "/", 1},
      {IDSW_SEGMENT_BYTES, {IDSW_ENCODE_PERCENT}, 0, exchange->id, strlen(exchange->id)}};
  const idsw_segment body[] = {{IDSW_SEGMENT_BYTES, {0}, 0, "{\"callback\":\"", 13},
                               {IDSW_SEGMENT_BYTES,
                                {IDSW_ENCODE_JSON},
                                0,
                                exchange->return_url,
                                exchange->return_url_length},
                               {IDSW_SEGMENT_BYTES, {0}, 0, "\"}", 2}};
  const idsw_segment json = {IDSW_SEGMENT_BYTES, {0}, 0, "application/json", 16};
  const idsw_header headers[] = {{TEXT("X-Api-Key"), {&secret, 1}},
                                 {TEXT("Content-Type"), {&json, 1}}};
  const idsw_str steps[] = {TEXT("open"), TEXT("get")};
  idsw_request request = {0};
  request.struct_size = sizeof request;
  request.method = starts ? IDSW_POST : IDSW_GET;
  request.replay = starts ? IDSW_REPLAY_UNSAFE : IDSW_REPLAY_SAFE;
  request.billable = starts ? IDSW_BILLABLE_ON_RESULT : IDSW_BILLABLE_NEVER;
  request.target.segments = target;
  request.target.count = starts ? 1 : 3;
  request.headers = headers;
  request.header_count = starts ? 2 : 1;
  request.body.segments = body;
  request.body.count = starts ? 3 : 0;
  request.step = steps[starts ? 0 : 1];
  request.sku = sku;
  request.dedupe_key = key;
  return sink->send(sink->ctx, &request);
}

static idsw_status read_opened(const idsw_event* event, const idsw_sink* sink) {
  char url[512];
  char id[ID_BYTES_MAX];
  idsw_outcome outcome = {0};
  const int good = event->kind == IDSW_EVENT_RESPONSE && event->response->status == 201 &&
                   member(&event->response->body, "id", id, sizeof id) &&
                   member(&event->response->body, "url", url, sizeof url) &&
                   strncmp(url, "https://", 8) == 0;
  if (!good) {
    /* Nobody can finish a session whose address never reached us. */
    const int arrived = event->kind == IDSW_EVENT_RESPONSE;
    const idsw_status status = charge(sink, IDSW_CHARGE_NOT_CHARGED, IDSW_SOURCE_ASSUMED);
    if (status != IDSW_OK) return status;
    if (!arrived || event->response->status >= 500) return fail(sink, IDSW_ERROR_UNAVAILABLE);
    if (event->response->status == 401) return fail(sink, IDSW_ERROR_CREDENTIALS);
    return fail(sink, IDSW_ERROR_PROTOCOL);
  }
  outcome.struct_size = sizeof outcome;
  outcome.kind = IDSW_OUTCOME_OPENED;
  outcome.state.ptr = (const uint8_t*)id;
  outcome.state.len = strlen(id);
  outcome.action.kind = IDSW_ACTION_REDIRECT;
  outcome.action.expires_unix_ms = event->now_unix_ms + 1800000;
  outcome.action.url.ptr = url;
  outcome.action.url.len = strlen(url);
  if (charge(sink, IDSW_CHARGE_HELD, IDSW_SOURCE_DOCUMENTED_RULE) != IDSW_OK) return IDSW_E_DENIED;
  return sink->finish(sink->ctx, &outcome);
}

static idsw_status read_result(const idsw_event* event, const idsw_sink* sink) {
  char state[16];
  idsw_outcome outcome = {0};
  outcome.struct_size = sizeof outcome;
  if (event->kind != IDSW_EVENT_RESPONSE || event->response->status >= 500) {
    return fail(sink, IDSW_ERROR_UNAVAILABLE);
  }
  if (event->response->status != 200 ||
      !member(&event->response->body, "state", state, sizeof state)) {
    return fail(sink, IDSW_ERROR_PROTOCOL);
  }
  if (strcmp(state, "open") == 0) {
    outcome.kind = IDSW_OUTCOME_PENDING;
    return sink->finish(sink->ctx, &outcome);
  }
  outcome.kind = IDSW_OUTCOME_COMPLETED;
  if (strcmp(state, "passed") == 0) {
    outcome.verdict = IDSW_VERDICT_PASS;
  } else if (strcmp(state, "failed") == 0) {
    outcome.verdict = IDSW_VERDICT_FAIL;
    outcome.reason = IDSW_REASON_LIVENESS_NOT_PASSED;
  } else { /* a word that no document lists is never a pass, and what it costs nobody knows */
    outcome.verdict = IDSW_VERDICT_INCONCLUSIVE;
    outcome.reason = IDSW_REASON_VENDOR_UNKNOWN_CODE;
    if (charge(sink, IDSW_CHARGE_UNKNOWN, IDSW_SOURCE_INFERRED) != IDSW_OK) return IDSW_E_DENIED;
    return sink->finish(sink->ctx, &outcome);
  }
  if (charge(sink, IDSW_CHARGE_CAPTURED, IDSW_SOURCE_RESULT_CODE) != IDSW_OK) return IDSW_E_DENIED;
  return sink->finish(sink->ctx, &outcome);
}

/* ---- the table ----------------------------------------------------------------------------- */

static idsw_status IDSW_CALL init(const idsw_host* host) {
  return host == NULL ? IDSW_E_ARGUMENT : IDSW_OK;
}

static void IDSW_CALL deinit(void) {}

/* There is nothing to keep, but a handle must not be null. */
static idsw_status IDSW_CALL account_open(const idsw_account_config* config,
                                          const idsw_text_sink* why, idsw_account** out) {
  static char account;
  (void)why;
  if (config == NULL || out == NULL) return IDSW_E_ARGUMENT;
  *out = (idsw_account*)&account;
  return IDSW_OK;
}

static void IDSW_CALL account_close(idsw_account* account) {
  (void)account;
}

static idsw_status IDSW_CALL exchange_open(idsw_account* account, const idsw_operation* operation,
                                           idsw_exchange** out) {
  struct idsw_exchange* exchange;
  if (account == NULL || operation == NULL || out == NULL) return IDSW_E_ARGUMENT;
  if (operation->kind != IDSW_OP_START && operation->kind != IDSW_OP_RESULT)
    return IDSW_E_UNSUPPORTED;
  exchange = calloc(1, sizeof *exchange);
  if (exchange == NULL) return IDSW_E_NO_MEMORY;
  exchange->kind = operation->kind;
  /* A pointer may be null when its length is 0. */
  if (operation->return_url.len > 0 && operation->return_url.len < sizeof exchange->return_url) {
    memcpy(exchange->return_url, operation->return_url.ptr, operation->return_url.len);
    exchange->return_url_length = (uint32_t)operation->return_url.len;
  }
  if (operation->state.len > 0 && operation->state.len < sizeof exchange->id) {
    memcpy(exchange->id, operation->state.ptr, operation->state.len);
  }
  *out = exchange;
  return IDSW_OK;
}

static idsw_status IDSW_CALL exchange_step(idsw_exchange* exchange, const idsw_event* event,
                                           const idsw_sink* sink) {
  if (exchange == NULL || event == NULL || sink == NULL) return IDSW_E_ARGUMENT;
  switch (exchange->steps++) {
    case 0:
      if (exchange->kind == IDSW_OP_START && exchange->return_url_length == 0) {
        return fail(sink, IDSW_ERROR_INVALID_REQUEST);
      }
      if (exchange->kind == IDSW_OP_RESULT && exchange->id[0] == '\0') {
        return fail(sink, IDSW_ERROR_PROTOCOL);
      }
      return send_request(exchange, sink);
    case 1:
      return exchange->kind == IDSW_OP_START ? read_opened(event, sink) : read_result(event, sink);
    default: exchange->steps = 2; return IDSW_E_STATE;
  }
}

static void IDSW_CALL exchange_close(idsw_exchange* exchange) {
  free(exchange);
}

/* ---- what the product declares --------------------------------------------------------------- */

static const idsw_origin origins[] = {{TEXT("api"), TEXT("https://api.example.com")}};
static const idsw_slot slots[] = {
    {TEXT("api_key"), TEXT("the account's API key"), IDSW_SLOT_REQUIRED, 0}};
static const idsw_str billed[] = {TEXT("passed"), TEXT("failed")};
static const idsw_sku skus[] = {{TEXT("check"), TEXT("one finished check"),
                                 TEXT("Example API, prices"), IDSW_BILLABLE_ON_RESULT, 0,
                                 IDSW_CHARGE_RELEASED, 0, billed, 2, NULL, 0}};
#define RESULT (1u << IDSW_OP_RESULT)
static const idsw_code codes[] = {
    {TEXT("open"), {NULL, 0}, RESULT, IDSW_CODE_PENDING, 0, 0, 0, IDSW_CHARGE_HELD},
    {TEXT("passed"), {NULL, 0}, RESULT, 0, IDSW_VERDICT_PASS, 0, 0, IDSW_CHARGE_CAPTURED},
    {TEXT("failed"),
     {NULL, 0},
     RESULT,
     0,
     IDSW_VERDICT_FAIL,
     IDSW_REASON_LIVENESS_NOT_PASSED,
     0,
     IDSW_CHARGE_CAPTURED}};
static const idsw_product face_check = {
    sizeof(idsw_product),
    1u << IDSW_METHOD_H5,
    IDSW_CHECK_LIVENESS,
    1u << IDSW_OP_START | RESULT,
    TEXT("example-c/face_check"),
    TEXT("Face check (an example in C)"),
    TEXT("Example API 1.0"),
    1800,
    origins,
    1,
    slots,
    1,
    TEXT("{\"type\":\"object\",\"additionalProperties\":false}"),
    TEXT("{\"type\":\"object\",\"additionalProperties\":false}"),
    skus,
    1,
    codes,
    3};
static const idsw_product* const products[] = {&face_check};
static const idsw_plugin table = {sizeof(idsw_plugin),
                                  IDSW_MAGIC,
                                  IDSW_ABI_MINOR,
                                  0,
                                  TEXT("example-c"),
                                  TEXT("1.0.0"),
                                  TEXT("Example"),
                                  products,
                                  1,
                                  init,
                                  deinit,
                                  NULL,
                                  account_open,
                                  account_close,
                                  exchange_open,
                                  exchange_step,
                                  exchange_close};

IDSW_EXPORT idsw_status IDSW_CALL idswitch_plugin_v1(const idsw_hello* hello,
                                                     const idsw_plugin** out);

idsw_status IDSW_CALL idswitch_plugin_v1(const idsw_hello* hello, const idsw_plugin** out) {
  if (hello == NULL || out == NULL) return IDSW_E_ARGUMENT;
  if (hello->magic != IDSW_MAGIC || hello->pointer_bits != 64 ||
      hello->min_plugin_minor > IDSW_ABI_MINOR) {
    return IDSW_E_ABI;
  }
  *out = &table;
  return IDSW_OK;
}
