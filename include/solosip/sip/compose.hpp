// From calls of a writer to a message that owns its bytes.
#pragma once

#include "solosip/base/limits.hpp"
#include "solosip/sip/message.hpp"
#include "solosip/sip/writer.hpp"

#include <string>
#include <utility>

namespace solosip::sip
{

/// Calls `write(writer&)` with room for a usual message, and once more with room for the largest
/// where that was too little; so `write` must write the same each time.
template <class F>
result<message> compose(F&& write)
{
    for (const std::size_t size : {std::size_t{2'048}, limits::message_bytes})
    {
        std::string buffer(size, '\0');
        writer w(buffer);
        write(w);
        const auto text = w.finish();
        if (text) return message::parse(std::string(*text));
        if (text.code() != errc::no_space) return text.error();
    }
    return errc::too_large;
}

} // namespace solosip::sip
