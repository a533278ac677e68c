// One datagram. A view never points outside its bytes; printing and owning keep the message; the
// messages that are made of it, and editing it, give messages again.
#include "solosip/sip/message.hpp"
#include "fuzz/property.hpp"
#include "fuzz/values.hpp"
#include "solosip/sip/compose.hpp"
#include "solosip/sip/multipart.hpp"
#include "solosip/sip/validation.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using namespace solosip;
using namespace solosip::sip;
using fuzz::check_uri;
using fuzz::check_value;
using fuzz::require;
using fuzz::within;

namespace
{

void check_body(const message_view& m)
{
    const auto type = m.content_type();
    if (!type) return;
    const auto sdp = find_content(m.body(), *type, "application", "sdp");
    require(!sdp || within(*sdp, m.body()), "a description lies in the body");
    const std::string boundary = unquote(type->params.find("boundary").value_or("b"));
    multipart parts(m.body(), boundary);
    std::size_t total = 0;
    while (const auto part = parts.next())
    {
        require(within(part->headers, m.body()) && within(part->content, m.body()),
                "a part lies in the body");
        total += part->headers.size() + part->content.size();
        static_cast<void>(part->type());
    }
    require(total <= m.body().size(), "parts do not overlap");
}

std::vector<std::string> values(const message_view& m, header_id id)
{
    std::vector<std::string> all;
    m.for_each_value(id,
                     [&](std::string_view value)
                     {
                         require(within(value, m.bytes()), "a value lies in the message");
                         require(!value.empty(), "no empty value of a list");
                         all.emplace_back(value);
                     });
    return all;
}

void check_views(const message_view& m, std::string_view whole)
{
    require(within(m.bytes(), whole), "the message lies in the datagram");
    for (const auto part : {m.method_text(), m.request_uri(), m.reason(), m.version(),
                            m.start_line(), m.body(), m.call_id()})
        require(within(part, m.bytes()), "a view lies in the message");
    require(m.is_request() == (m.status() == 0), "a request has no status");
    for (std::size_t i = 0; i < m.header_count(); ++i)
    {
        const header_field line = m.header(i);
        require(within(line.name, m.bytes()) && within(line.value, m.bytes()),
                "a header line lies in the message");
        require(m.first(line.name).has_value(), "a header is found by its name");
        require(line.id == header_id_from(line.name), "a header has its name's number");
        check_value(line.value);
        m.list_has(line.id, line.value);
        for (const auto& value : values(m, line.id))
            check_value(value);
        static_cast<void>(m.number(line.id));
    }
    check_uri(m.request_uri());
    static_cast<void>(m.top_via());
    static_cast<void>(m.from());
    static_cast<void>(m.to());
    static_cast<void>(m.cseq());
    static_cast<void>(m.contact());
    static_cast<void>(m.content_type());
    check_body(m);
    const verdict v = validate(m);
    require(v.ok() == v.why.empty(), "what is wrong has a reason");
    require(v.status == 0 || reason_phrase(v.status) != "", "an answer is a known one");
    const verdict lenient = validate(m, demand::necessary);
    require(!v.ok() || lenient.ok(), "what is good altogether is good enough");
    if (!lenient.ok()) return;
    require(m.top_via() && m.from() && m.to() && m.cseq(), "a valid message can be used");
    require(!m.body_truncated(), "a valid message is whole");
}

bool same(const message_view& a, const message_view& b)
{
    if (a.status() != b.status() || a.method_text() != b.method_text() ||
        a.request_uri() != b.request_uri() || a.header_count() != b.header_count() ||
        a.body() != b.body() || a.reason() != b.reason())
        return false;
    for (std::size_t i = 0; i < a.header_count(); ++i)
        if (a.header(i).name != b.header(i).name || a.header(i).value != b.header(i).value)
            return false;
    return true;
}

// A message that owns its bytes is the same, and stays so when it is printed line by line.
void check_round_trip(const message_view& m)
{
    const message own(m);
    require(same(*own, m), "an owned message is the same");
    const auto again = message::parse(own.bytes());
    require(again && same(**again, m), "its bytes parse to the same");
    message copy = own;
    const message moved = std::move(copy);
    require(same(*moved, m), "copies and moves are the same");

    bool refused = false;
    std::string room(m.bytes().size() * 2 + 200, '\0');
    writer w(room);
    if (m.is_request())
        w.request(m.method_text(), m.request_uri());
    else
        w.status(m.status(), m.reason());
    for (std::size_t i = 0; i < m.header_count(); ++i)
    {
        const header_field line = m.header(i);
        if (line.id == header_id::content_length) continue;
        refused = refused ||
                  line.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
        w.header(line.name, line.value);
    }
    w.body({}, m.body());
    const auto text = w.finish();
    if (refused) require(!text, "line breaks are refused");
    if (!text) return;
    message_view printed;
    if (!printed.parse(*text))
        // A Content-Length that was not there may be the one line too many.
        require(text->size() > limits::message_bytes || m.header_count() == limits::headers,
                "what is printed parses");
    else
    {
        require(printed.status() == m.status() && printed.body() == m.body() &&
                    printed.request_uri() == m.request_uri(),
                "printing keeps the message");
        for (const header_id id : {header_id::via, header_id::contact, header_id::supported})
            require(values(printed, id) == values(m, id), "printing keeps the values");
    }
}

void check_editing(const message_view& m)
{
    message edited(m);
    const auto vias = values(m, header_id::via);
    edited.remove_first_value(header_id::via);
    const auto fewer = values(*edited, header_id::via);
    require(fewer.size() + 1 == vias.size() || vias.empty(), "one value less");
    for (std::size_t i = 0; i < fewer.size(); ++i)
        require(fewer[i] == vias[i + 1], "the others stay");
    if (edited.prepend(header_id::via, "SIP/2.0/UDP h"))
        require(edited->top_via()->host == "h", "the new Via is on top");
    if (edited.set(header_id::subject, "one"))
        require(values(*edited, header_id::subject) == std::vector<std::string>{"one"}, "one line");
    if (edited.set_body("a/b", "content"))
    {
        require(edited->body() == "content", "the new body");
        require(edited->content_type()->is("a", "b"), "the new type");
        require(edited->number(header_id::content_length).value_or(0) == 7, "the new length");
    }
    for (std::size_t i = 0; i < m.header_count(); ++i)
        edited.remove(m.header(i).id);
    require(edited->is_request() == m.is_request(), "the start line stays");
}

void check_companions(const message_view& m)
{
    const endpoint source{ip_address::v4(192, 0, 2, 1), 5060};
    const auto response = make_response(m, 200, {}, "tag", source);
    const bool full = m.header_count() == limits::headers || m.bytes().size() > 30'000;
    require(response.has_value() == m.is_request() || full, "every request has a response");
    if (!response) return;
    require((*response)->status() == 200, "the response has its status");
    require(values(**response, header_id::via).size() == values(m, header_id::via).size(),
            "all Vias go back");
    if (const auto ack = make_ack(m, **response))
        require((*ack)->method() == method::ack && (*ack)->header_count() >= 6, "an ACK");
    if (const auto cancel = make_cancel(m))
        require((*cancel)->method() == method::cancel && (*cancel)->header_count() >= 6,
                "a CANCEL");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view datagram(reinterpret_cast<const char*>(data), size);
    message_view m;
    const auto parsed_message = m.parse(datagram);
    if (!parsed_message)
    {
        require(parsed_message.error().offset <= size, "the offset lies in the datagram");
        check_value(datagram.substr(0, 2'000));
        return 0;
    }
    check_views(m, datagram);
    check_round_trip(m);
    check_editing(m);
    check_companions(m);
    return 0;
}
