// Parsing a message, reading its fields, judging it, framing it and printing it take nothing from
// the heap, whatever the message is.
#include "solosip/sip/framer.hpp"
#include "solosip/sip/message_view.hpp"
#include "solosip/sip/validation.hpp"
#include "solosip/sip/writer.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace solosip;
using namespace solosip::sip;

namespace
{

std::vector<std::string> torture()
{
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(SOLOSIP_TORTURE))
    {
        std::ifstream in(entry.path(), std::ios::binary);
        all.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return all;
}

std::size_t read_everything(const message_view& m)
{
    std::size_t sum = m.body().size();
    for (std::size_t i = 0; i < m.header_count(); ++i)
    {
        m.for_each_value(m.header(i).id,
                         [&](std::string_view v)
                         {
                             if (const auto a = parse_name_addr(v)) sum += a->tag().size();
                             if (const auto w = parse_via(v)) sum += w->branch().size();
                         });
        if (const auto a = parse_auth(m.header(i).value)) sum += a->params.has("nonce") ? 1 : 0;
    }
    if (const auto uri = parse_uri(m.request_uri())) sum += uri->host.size();
    if (const auto type = m.content_type()) sum += type->params.has("boundary") ? 1 : 0;
    return sum + (validate(m).ok() ? 1 : 0);
}

std::size_t print(const message_view& m, std::span<char> room)
{
    writer w(room);
    if (m.is_request())
        w.request(m.method_text(), m.request_uri());
    else
        w.status(m.status(), m.reason());
    for (std::size_t i = 0; i < m.header_count(); ++i)
        if (const header_field line = m.header(i); line.id != header_id::content_length)
            w.header(line.name, line.value);
    w.body({}, m.body());
    const auto text = w.finish();
    return text ? text->size() : 0;
}

} // namespace

TEST_CASE("the counter of allocations counts")
{
    const std::size_t before = support::allocations();
    // Not a container, whose memory Clang leaves out where it sees what becomes of it.
    ::operator delete(::operator new(8));
    CHECK(support::allocations() > before);
}

TEST_CASE("parsing, reading and printing take nothing from the heap")
{
    const auto all = torture();
    REQUIRE(all.size() > 200);
    static std::array<char, 200'000> room;
    std::size_t sum = 0;
    const std::size_t before = support::allocations();
    for (const std::string& text : all)
    {
        message_view m;
        if (!m.parse(text)) continue;
        sum += read_everything(m);
        sum += print(m, room);
    }
    CHECK(support::allocations() == before);
    CHECK(sum > 10'000);
}
