// Every message in tests/sip/torture/ against the table there.
#include "sip/torture_table.hpp"
#include "solosip/sip/message.hpp"
#include "solosip/sip/validation.hpp"
#include "support/catch.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

using namespace solosip;
using namespace solosip::sip;
using torture::read;
using torture::read_table;
using torture::split;

namespace
{

std::string name_of(errc code)
{
    switch (code)
    {
    case errc::bad_start_line: return "bad_start_line";
    case errc::bad_syntax: return "bad_syntax";
    case errc::truncated: return "truncated";
    case errc::too_large: return "too_large";
    case errc::too_many: return "too_many";
    default: return describe(code);
    }
}

std::string verdict_of(const verdict& v)
{
    if (v.silent) return "drop";
    return v.ok() ? "ok" : std::to_string(v.status);
}

std::string unfolded(std::string_view value)
{
    std::string out;
    for (const char c : value)
    {
        if (c == '\r' || c == '\n') continue;
        const bool again = c == ' ' && out.ends_with(' ') && value.find('\n') != std::string::npos;
        if (!again) out += c;
    }
    return out;
}

std::string uri_fact(const uri_view& u, const std::string& key)
{
    if (key == "uri") return std::string(u.text);
    if (key == "scheme") return std::string(u.scheme_text);
    if (key == "user") return std::string(u.user);
    if (key == "unescaped") return unescape(u.user);
    if (key == "password") return std::string(u.password);
    if (key == "host") return std::string(u.host);
    if (key == "port") return std::to_string(u.port);
    if (key == "headers") return std::string(u.headers);
    if (key == "params") return std::string(u.params.text());
    return "unknown fact " + key;
}

std::string address_fact(const result<name_addr>& a, const std::string& key)
{
    if (!a) return "error";
    if (key == "tag") return std::string(a->tag());
    if (key == "display") return unfolded(a->display_name);
    if (key == "params") return std::string(a->params.text());
    if (key == "star") return a->star ? "1" : "0";
    return uri_fact(a->uri, key);
}

std::string via_fact(const result<via>& v, const std::string& key)
{
    if (!v) return "error";
    if (key == "transport") return std::string(v->transport);
    if (key == "host") return std::string(v->host);
    if (key == "port") return std::to_string(v->port);
    return std::string(v->params.find(key).value_or("absent"));
}

std::vector<std::string> values(const message_view& m, header_id id)
{
    std::vector<std::string> all;
    m.for_each_value(id, [&](std::string_view value) { all.emplace_back(value); });
    return all;
}

std::string number_fact(const message_view& m, header_id id)
{
    const auto n = m.number(id);
    return n ? std::to_string(*n) : "";
}

std::string message_fact(const message_view& m, const std::string& key)
{
    if (key == "method") return std::string(m.method_text());
    if (key == "known") return m.method() == method::unknown ? "0" : "1";
    if (key == "version") return std::string(m.version());
    if (key == "uri") return std::string(m.request_uri());
    if (key == "status") return std::to_string(m.status());
    if (key == "reason") return std::string(m.reason());
    if (key == "vias") return std::to_string(values(m, header_id::via).size());
    if (key == "routes") return std::to_string(values(m, header_id::route).size());
    if (key == "contacts") return std::to_string(values(m, header_id::contact).size());
    if (key == "headers") return std::to_string(m.header_count());
    if (key == "branch") return m.top_via() ? std::string(m.top_via()->branch()) : "error";
    if (key == "cseq") return m.cseq() ? std::to_string(m.cseq()->number) : "error";
    if (key == "max-forwards") return number_fact(m, header_id::max_forwards);
    if (key == "expires") return number_fact(m, header_id::expires);
    if (key == "call-id") return std::string(m.call_id());
    if (key == "body") return std::to_string(m.body().size());
    if (key == "truncated") return m.body_truncated() ? "1" : "0";
    if (key == "type")
        return m.content_type() ? std::string(m.content_type()->type) + "/" +
                                      std::string(m.content_type()->subtype)
                                : "error";
    return "unknown fact " + key;
}

// "uri.host" and the like.
std::string fact(const message_view& m, const std::string& key)
{
    const std::size_t dot = key.find('.');
    if (dot == std::string::npos) return message_fact(m, key);
    const std::string of = key.substr(0, dot);
    const std::string what = key.substr(dot + 1);
    if (of == "header") return unfolded(m.first(what).value_or("absent"));
    if (of == "uri")
        return parse_uri(m.request_uri()) ? uri_fact(*parse_uri(m.request_uri()), what) : "error";
    if (of == "from") return address_fact(m.from(), what);
    if (of == "to") return address_fact(m.to(), what);
    if (of == "contact") return address_fact(m.contact(), what);
    if (of == "top") return via_fact(m.top_via(), what);
    if (of == "cseq") return m.cseq() ? std::string(m.cseq()->method_text) : "error";
    if (of == "type") return std::string(m.content_type()->params.find(what).value_or("absent"));
    if (of == "via")
    {
        const auto all = values(m, header_id::via);
        const std::size_t second = what.find('.');
        const std::size_t index = std::stoul(what.substr(0, second)) - 1;
        return index < all.size() ? via_fact(parse_via(all[index]), what.substr(second + 1))
                                  : "none";
    }
    return "unknown fact " + key;
}

void check_facts(const message_view& m, const std::string& facts)
{
    for (const auto& each : split(facts, "; "))
    {
        if (each.empty()) continue;
        const std::size_t equals = each.find('=', each.starts_with("header.") ? 8 : 0);
        const std::string key = each.substr(0, equals);
        CAPTURE(key);
        CHECK(fact(m, key) == each.substr(equals + 1));
    }
}

} // namespace

TEST_CASE("torture messages", "[sip][torture]")
{
    for (const auto& each : read_table())
    {
        CAPTURE(each.file, each.section);
        const std::string bytes = read(each.file + ".sip");
        message_view m;
        const auto parsed = m.parse(bytes);
        if (!parsed)
        {
            CHECK(name_of(parsed.code()) == each.verdict);
            continue;
        }
        CHECK(verdict_of(validate(m)) == each.verdict);
        check_facts(m, each.facts);
    }
}

TEST_CASE("every torture message stands in the table once", "[sip][torture]")
{
    std::multiset<std::string> listed;
    for (const auto& each : read_table())
        listed.insert(each.file);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(SOLOSIP_TORTURE))
    {
        if (entry.path().extension() != ".sip") continue;
        CAPTURE(entry.path().stem().string());
        CHECK(listed.count(entry.path().stem().string()) == 1);
        ++files;
    }
    CHECK(files == listed.size());
}

// Cut anywhere, a message gives an error, or a message whose body is cut; never more.
TEST_CASE("torture messages cut anywhere", "[sip][torture]")
{
    for (const auto& each : read_table())
    {
        const std::string bytes = read(each.file + ".sip");
        if (each.verdict != "ok" || bytes.size() > 3'000) continue;
        for (std::size_t length = 0; length < bytes.size(); ++length)
        {
            // A copy of just this size, so that a sanitizer sees each byte too far.
            const std::vector<char> cut(bytes.begin(),
                                        bytes.begin() + static_cast<std::ptrdiff_t>(length));
            message_view m;
            if (m.parse({cut.data(), cut.size()})) static_cast<void>(validate(m));
        }
    }
}
