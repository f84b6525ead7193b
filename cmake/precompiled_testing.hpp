#pragma once

// Compiled once for the tests of what has no Asio in it.

#include <gtest/gtest.h>

#include "precompiled_plain.hpp"
