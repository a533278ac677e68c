#include "solosip/sip/parameters.hpp"

#include "sip/parameter_text.hpp"
#include "solosip/base/limits.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace solosip;
using namespace solosip::sip;

namespace
{

result<parameters> scan(std::string_view text)
{
    text::scanner s(text);
    parameters p;
    if (const errc code = scan_parameters(s, p); code != errc{}) return error{code, s.offset()};
    return p;
}

// "name=value|name|..." of what iteration yields.
std::string flat(const parameters& p)
{
    std::string out;
    for (const auto& each : p)
    {
        if (!out.empty()) out += '|';
        out += each.name;
        if (each.value)
        {
            out += '=';
            out += *each.value;
        }
    }
    return out;
}

} // namespace

TEST_CASE("parameters in order, values as written", "[sip][parameters]")
{
    const struct
    {
        std::string_view text, flat;
    } table[] = {
        {"", ""},
        {";lr", "lr"},
        {";tag=abc", "tag=abc"},
        {" ; tag = abc ; lr ", "tag=abc|lr"},
        {";a=\"x;y=,\\\"z\";b=1", "a=\"x;y=,\\\"z\"|b=1"},
        {";\r\n tag\r\n =\r\n\t98asjd8", "tag=98asjd8"},
        {";received=2001:db8::9:255;x=[2001:db8::1]", "received=2001:db8::9:255|x=[2001:db8::1]"},
        {";branch=z9hG4bK/a==", "branch=z9hG4bK/a=="},
        {";n=\xc3\xa4", "n=\xc3\xa4"},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.text);
        const auto p = scan(each.text);
        REQUIRE(p);
        CHECK(flat(*p) == each.flat);
    }
}

TEST_CASE("parameters that are refused, and where", "[sip][parameters]")
{
    const struct
    {
        std::string_view text;
        std::uint32_t offset;
    } table[] = {
        {";", 1},
        {";;lr", 1},
        {"lr", 0},
        {";a=", 3},
        {";a=;b", 3},
        {";=1", 1},
        {";a=\"x", 3},
        {";a=1 b", 5},
        {";a=1,", 4},
        {";a\r\nb=1", 2},
        {";a=<x>", 3},
        {";a=\"x\"y", 6},
        {std::string_view(";a\0b", 4), 2},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.text);
        const auto p = scan(each.text);
        REQUIRE_FALSE(p);
        CHECK(p.code() == errc::bad_syntax);
        CHECK(p.error().offset == each.offset);
    }
}

TEST_CASE("finding a parameter", "[sip][parameters]")
{
    const auto p = scan(";Tag=one;LR;tag=two;empty=\"\"");
    REQUIRE(p);
    CHECK(p->find("tag") == "one");
    CHECK(p->find("lr") == "");
    CHECK(p->has("Lr"));
    CHECK(p->find("empty") == "\"\"");
    CHECK_FALSE(p->has("ta"));
    CHECK_FALSE(p->has("one"));
    CHECK(parameters().empty());
    CHECK(parameters().begin() == parameters().end());
}

TEST_CASE("too many parameters", "[sip][parameters]")
{
    std::string text;
    for (std::size_t i = 0; i < limits::parameters; ++i)
        text += ";a=1";
    CHECK(scan(text));
    text += ";a=1";
    const auto p = scan(text);
    REQUIRE_FALSE(p);
    CHECK(p.code() == errc::too_many);
}

TEST_CASE("comma separated parameters of a challenge", "[sip][parameters]")
{
    const std::string_view value =
        "realm=\"a, b\" ,\r\n nonce=x,qop=\"auth,auth-int\", , opaque=,stale";
    text::scanner whole(value);
    parameters p;
    CHECK(scan_auth_parameters(whole, p) == errc::bad_syntax); // "stale" has no value
    text::scanner s(value.substr(0, value.rfind(',')));
    REQUIRE(scan_auth_parameters(s, p) == errc{});
    CHECK(flat(p) == "realm=\"a, b\"|nonce=x|qop=\"auth,auth-int\"|opaque=");
    CHECK(p.find("QOP") == "\"auth,auth-int\"");
}

TEST_CASE("quoting", "[sip][parameters]")
{
    CHECK(unquote("\"a \\\"b\\\" \\\\c\"") == "a \"b\" \\c");
    CHECK(unquote("token") == "token");
    CHECK(unquote("\"") == "\"");
    CHECK(unquote("\"\"") == "");
    CHECK(unquote("") == "");
    CHECK(quote("a \"b\" \\c") == "\"a \\\"b\\\" \\\\c\"");
    CHECK(unquote(quote("\\\"x\\")) == "\\\"x\\");
}
