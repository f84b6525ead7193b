"""The stages of a start, as patterns over the names of functions; bench/callgrind.py says how they are used.

A function is the first stage's that matches. What is not named here works for its callers: containers, JSON texts,
SQLite and its statements, copies of records (they are the stage's that copies), the helpers of a file. A namespace's last
line takes what the lines before it left, so a new class is counted, if only as the rest of its folder.
"""

HANDSHAKE = "handshakes"
BACKGROUND = "background"
REST = "not_attributed"

STAGES = {
    HANDSHAKE: [r"^SSL_do_handshake", r"^idswitch::net::TlsSession::handshake"],
    "http_request": [r"^idswitch::net::(RequestReader|read_request_head)"],
    "http_reply": [r"^idswitch::net::(ReplyReader|read_reply_head)"],
    "request_head": [r"^idswitch::net::ClientConnection::write_head"],
    "answer_head": [r"^idswitch::net::ServerConnection::(build_reply|write)"],
    "tls": [r"^idswitch::net::TlsSession"],
    "net_rest": [r"^idswitch::net::(?!\(anonymous|find_|equal_|read_|head_)"],
    "auth": [r"^idswitch::engine::KeyRing"],
    "key_lookup": [r"^idswitch::api::HttpApi::idempotency", r"^idswitch::engine::Engine::earlier_answer",
                   r"^idswitch::store::(IdempotencyReader|SqliteStore::find_claim)"],
    "request_json": [r"^idswitch::api::parse_"],
    "answer_json": [r"^idswitch::(api|present)::(append_|render_|timestamp)", r"^idswitch::present::"],
    "api_rest": [r"^idswitch::api::(?!\(anonymous)"],
    "decision_text": [r"^idswitch::engine::decision_text"],
    "traffic": [r"^idswitch::routing::(Statistics|AccountHealth|Breaker|RateLimit|ConcurrencyLimit|Latency)",
                r"^idswitch::engine::(Turn|Traffic::(?!hold|book))"],
    "route_and_decide": [r"^idswitch::routing::", r"^idswitch::engine::(find_route|decide|person_number)\b"],
    "prepare": [r"^idswitch::engine::(StartFlow::prepare|merged_options|check_)"],
    "money": [r"^idswitch::billing::", r"^idswitch::engine::(hold_before_send|book_evidence|Traffic::(hold|book)|"
              r"Booking|person_charge)"],
    "adapter": [r"^idswitch::(plugin|sdk|jumdata)::"],
    BACKGROUND: [r"^idswitch::app::", r"^idswitch::engine::(Sweeper|Reload|Webhook|Experiment|Recovery)"],
    "engine_flow": [r"^idswitch::engine::(?!\(anonymous namespace\)::append)"],
    "queue_and_batches": [r"^idswitch::store::(Writer|Deliveries|Delivery|Job|Batch|Store|SqliteStore|WriteResult)\b"],
    "sqlite_verification": [r"^idswitch::store::Verification\w*::insert"],
    "sqlite_progress": [r"^idswitch::store::Verification"],
    "sqlite_ledger": [r"^idswitch::store::(Ledger|Chain|PersonCharge|Count|Budget)"],
    "sqlite_key": [r"^idswitch::store::(Idempotency|Claim)"],
    "sqlite_commit": [r"^idswitch::store::(GroupCommit|Database|FileLock)"],
    "store_rest": [r"^idswitch::store::(?!\(anonymous|Statement|Rows|Row)"],
    "asio": [r"^(void |auto |decltype\S* )?boost::asio::"],
}

LABELS = {
    "http_request": "HTTP request read, parse", "auth": "auth", "key_lookup": "Idempotency-Key: MAC, look-up",
    "request_json": "request JSON", "route_and_decide": "route + decide", "decision_text": "decision text",
    "prepare": "prepare (checks, options, ids)", "money": "money: hold, book, charges",
    "traffic": "traffic: turn, statistics", "adapter": "adapter: open, start, reply, close",
    "request_head": "request head", "tls": "TLS encrypt, decrypt, quiet check", "http_reply": "HTTP reply parse",
    "answer_json": "answer JSON", "answer_head": "answer head, socket write", "asio": "Asio",
    "engine_flow": "coroutines and moves: engine", "net_rest": "coroutines and moves: net",
    "api_rest": "coroutines and moves: api", "queue_and_batches": "batches, queue, wake, hand back",
    "sqlite_verification": "SQLite: verification, starting", "sqlite_progress": "SQLite: progress",
    "sqlite_ledger": "SQLite: ledger row, chain", "sqlite_key": "SQLite: Idempotency-Key",
    "sqlite_commit": "SQLite: begin, commit, WAL", "store_rest": "store: the rest",
    REST: "not attributed",
}
