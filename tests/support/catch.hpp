// Catch2 2.13 or 3, whichever is installed.
#pragma once

#ifdef SOLOSIP_CATCH2_V3
#include <catch2/catch_approx.hpp>
#include <catch2/catch_message.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp> // with Approx
#endif
