#pragma once

// A configuration made ready to run over a plugin in this process. Its products are declared and
// its accounts open; no operation of theirs works, so whoever runs some plays the vendor. All are
// billed on acceptance, under the SKU "check".
//
//   stub/sdk     method sdk, liveness and id_match, can be asked for its result
//   stub/page    method h5, liveness, can be asked for its result
//   stub/video   method video_code, liveness, takes a video

#include <memory>
#include <string>
#include <string_view>

#include "engine/setup/setup.hpp"

namespace idswitch::engine::test {

// Complaints about the text fail the test.
config::Config stub_config(const std::string& text);

// Version 1.
std::shared_ptr<Setup> stub_setup(config::Config config);

// The text with each `what` replaced.
std::string replaced(std::string whole, std::string_view what, const std::string& with);

}  // namespace idswitch::engine::test
