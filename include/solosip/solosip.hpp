// Everything that an application needs.
#pragma once

#include "solosip/agent.hpp"
#include "solosip/any_handler.hpp"
#include "solosip/audio.hpp"
#include "solosip/base/error.hpp"
#include "solosip/call.hpp"
#include "solosip/config.hpp"
#include "solosip/invitation.hpp"
#include "solosip/operation.hpp"
#include "solosip/request.hpp"
#include "solosip/trace_sink.hpp"
#include "solosip/transfer.hpp"
