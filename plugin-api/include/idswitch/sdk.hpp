#pragma once

// idswitch/sdk.hpp - the header-only C++20 layer over the adapter ABI: no ABI of its own, nothing to
// link. Start with plugin-api/README.md, which writes an adapter in ten minutes.

#include "idswitch/sdk/plugin.hpp"
