// solosip parse: does this library accept a message, and what does it understand?
#include "commands.hpp"

#include "solosip/base/error.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/sip/validation.hpp"
#include "solosip/trace/summary.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <optional>
#include <string>

namespace solosip::program
{
namespace
{

using nlohmann::ordered_json;

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

ordered_json describe_address(const result<sip::name_addr>& a)
{
    if (!a) return nullptr;
    ordered_json out = {{"uri", a->uri.text}};
    if (!a->display_name.empty()) out["name"] = sip::unquote(a->display_name);
    if (!a->tag().empty()) out["tag"] = a->tag();
    return out;
}

ordered_json describe_message(const sip::message_view& m)
{
    ordered_json out;
    out["event"] = "parsed";
    if (m.is_request())
    {
        out["method"] = m.method_text();
        out["uri"] = m.request_uri();
    }
    else
    {
        out["status"] = m.status();
        out["reason"] = m.reason();
    }
    out["from"] = describe_address(m.from());
    out["to"] = describe_address(m.to());
    out["call_id"] = m.call_id();
    if (const auto c = m.cseq()) out["cseq"] = {{"number", c->number}, {"method", c->method_text}};
    if (m.has(sip::header_id::contact)) out["contact"] = describe_address(m.contact());
    if (const auto via = m.top_via())
        out["via"] = {{"transport", via->transport},
                      {"host", via->host},
                      {"port", via->port},
                      {"branch", via->branch()}};
    auto headers = ordered_json::array();
    for (std::size_t i = 0; i < m.header_count(); ++i)
    {
        const auto h = m.header(i);
        const std::string_view known = sip::to_string(h.id);
        headers.push_back({{"name", known.empty() ? h.name : known}, {"value", h.value}});
    }
    out["headers"] = std::move(headers);
    if (const auto type = m.content_type())
        out["content_type"] = std::string(type->type) + '/' + std::string(type->subtype);
    out["body_bytes"] = m.body().size();
    return out;
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
                                              ordered_json::error_handler_t::replace)
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
