// One header value through every parser of values; and what they take, in a message, is found
// again.
#include "fuzz/values.hpp"
#include "solosip/sip/message_view.hpp"

#include <cstddef>
#include <cstdint>

using namespace solosip;
using namespace solosip::sip;
using fuzz::require;

namespace
{

// A value that has no line break, or only folds, is the same behind a header's name.
void check_in_message(std::string_view value, header_id id)
{
    std::string text = "OPTIONS sip:h SIP/2.0\r\n";
    text += to_string(id);
    text += ": ";
    text += value;
    text += "\r\n\r\n";
    message_view m;
    if (!m.parse(text) || m.header_count() != 1) return;
    require(m.header(0).id == id, "a header has its name's number");
    m.for_each_value(id, [&](std::string_view each)
                     { require(fuzz::within(each, m.bytes()), "in place"); });
    if (id != header_id::from) return;
    const auto alone = parse_name_addr(value);
    const auto inside = m.from();
    if (!alone || !inside) return;
    require(alone->uri.text == inside->uri.text && alone->tag() == inside->tag(),
            "a value means the same in a message");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view value(reinterpret_cast<const char*>(data), size);
    fuzz::check_value(value);
    for (const header_id id :
         {header_id::from, header_id::via, header_id::contact, header_id::supported})
        check_in_message(value, id);
    return 0;
}
