// solosip parse: does this library accept a message, and what does it understand?
#include "commands.hpp"
#include "parse_json.hpp"

#include "solosip/base/error.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/sip/validation.hpp"
#include "solosip/trace/summary.hpp"

#include <iostream>
#include <optional>
#include <string>

namespace solosip::program
{
namespace
{

struct rejection
{
    std::string why;
    std::size_t offset;
};

// Where the typed parser of a header stops; nothing where it has none, or accepts the value.
std::optional<error> judge(const sip::header_field& h)
{
    const auto failure = [](const auto& r) -> std::optional<error>
    {
        if (r) return std::nullopt;
        return r.error();
    };
    switch (h.id)
    {
    case sip::header_id::via: return failure(sip::parse_via(h.value));
    case sip::header_id::from:
    case sip::header_id::to: return failure(sip::parse_name_addr(h.value));
    case sip::header_id::cseq: return failure(sip::parse_cseq(h.value));
    case sip::header_id::content_type: return failure(sip::parse_media_type(h.value));
    case sip::header_id::content_length:
    case sip::header_id::max_forwards:
    case sip::header_id::expires: return failure(sip::parse_number(h.value));
    default: return std::nullopt;
    }
}

// `validate` says which rule is broken; the place is where a typed parser stops, else the end of
// the headers, where what is missing should have been.
std::size_t offending_byte(const sip::message_view& m, std::string_view text)
{
    for (std::size_t i = 0; i < m.header_count(); ++i)
        if (const auto e = judge(m.header(i)))
            return static_cast<std::size_t>(m.header(i).value.data() - text.data()) + e->offset;
    return m.body().data() ? static_cast<std::size_t>(m.body().data() - text.data()) : text.size();
}

std::optional<rejection> check(sip::message_view& m, std::string_view text)
{
    if (const auto parsed = m.parse(text); !parsed)
        return rejection{describe(parsed.code()), parsed.error().offset};
    const sip::verdict v = sip::validate(m);
    if (v.ok()) return std::nullopt;
    std::string why(v.why.empty() ? "breaks a rule of RFC 3261" : v.why);
    if (v.status != 0) why += " (" + std::to_string(v.status) + ')';
    return rejection{why, offending_byte(m, text)};
}

} // namespace

int run_parse(const options& o)
{
    const std::string text = read_file(o.parse_file, "a file with one SIP message, or -");
    sip::message_view m;
    if (const auto bad = check(m, text))
    {
        std::cerr << "solosip: rejected at byte " << bad->offset << ": " << bad->why << '\n';
        return exit_failed;
    }
    if (o.output.json)
        std::cout << describe_message(m).dump(-1, ' ', false,
                                              nlohmann::json::error_handler_t::replace)
                  << '\n';
    else
    {
        std::cout << "accepted: "
                  << (m.is_request() ? trace::escaped(m.method_text()) : std::to_string(m.status()))
                  << ", " << m.header_count() << " headers, " << m.body().size()
                  << " bytes of body\n";
    }
    return 0;
}

} // namespace solosip::program
