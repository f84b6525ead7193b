#pragma once

// Compiled once for the tests of what has Asio in it.

#include <gtest/gtest.h>

#include "precompiled_waiting.hpp"
