// The whole public API.
#pragma once

#include "solosip/agent.hpp"
#include "solosip/audio.hpp"
#include "solosip/base/error.hpp"
#include "solosip/call.hpp"
#include "solosip/config.hpp"
#include "solosip/invitation.hpp"
#include "solosip/trace.hpp"
