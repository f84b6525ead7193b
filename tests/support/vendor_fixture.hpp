#pragma once

// VendorFixture: a file that holds one operation, the request/response pairs it makes and what must
// come of it. The people in it are invented. Format, all members but `exchanges` and `expect`
// optional:
//
//   { "about": "one sentence",
//     "operation": {"kind": "start", "method": "h5", "checks": ["liveness"], "return_url": "...",
//                   "callback_url": "...", "callback_body": "...", "callback_content_type": "...",
//                   "verification_id": "...", "person_name": "...", "person_id_number": "...",
//                   "options": {...}, "state": "...", "want_images": true, "want_document": true,
//                   "media": [{"name": "video", "media_type": "video/mp4", "bytes": "..."}]},
//     "now_unix_ms": 1750000000000,
//     "exchanges": [{"request": {"method": "POST", "target": "/x", "headers": ["A: b"], "body":
//     "..."},
//                    "response": {"status": 200, "headers": {"X": "y"}, "body": "text" or JSON,
//                                 "transport": "not_sent"}}],
//     "expect": {"outcome": "completed", "verdict": "pass", "reason": "...", "error_class": "...",
//                "field": "...", "vendor_code": "...", "vendor_message": "...",
//                "vendor_reference": "...", "state": "...", "tokens": 1,
//                "action": {"kind": "redirect", "url": "...", "token": "...", "component": "...",
//                           "code": "...", "expires_unix_ms": 0},
//                "scores": {"name": "value"}, "images": ["face_best"], "document": {"name":
//                "value"}, "charges": [{"state": "held", "source": "vendor_flag", "sku": "...",
//                             "dedupe_key": "...", "vendor_reference": "...", "vendor_code":
//                             "..."}]}}
//
// `expect` names only what matters; what it does not name is not looked at, but for charges, which
// are compared whole when they are named.

#include <filesystem>
#include <vector>

#include "support/plugin_driver.hpp"

namespace idswitch::test {

// The fixtures of a folder, in the order of their names. Throws when there are none.
std::vector<std::filesystem::path> fixtures_in(const std::filesystem::path& folder);

// Runs the fixture on the driver and reports each difference as a test failure.
void run_fixture(PluginDriver& driver, const std::filesystem::path& file);

}  // namespace idswitch::test
