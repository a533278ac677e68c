#include "solosip/sip/message_view.hpp"

#include "support/catch.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace solosip;
using namespace solosip::sip;

namespace
{

const std::string invite =
    "INVITE sip:bob@biloxi.example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1, SIP/2.0/TCP b.example.com;branch=z9hG4bK2\r\n"
    "v: SIP/2.0/UDP c.example.com;branch=z9hG4bK3\r\n"
    "Max-Forwards: 70\r\n"
    "f: \"Alice, A.\" <sip:alice@atlanta.example.com>;tag=88sja8x\r\n"
    "TO :\r\n sip:bob@biloxi.example.com\r\n"
    "Call-ID: 987asjd97y7atg\r\n"
    "CSeq: 986759 INVITE\r\n"
    "Subject:   two words\t \r\n"
    "s :\r\n"
    "Supported: 100rel,  timer ,,replaces\r\n"
    "k: path;x=y\r\n"
    "X-Strange: ;;,,;;,;\r\n"
    "Contact: \"a,b\" <sip:a,b@h>, <sip:c@h>;q=0.1\r\n"
    "Content-Type: application/sdp\r\n"
    "l: 4\r\n"
    "\r\n"
    "v=0\ntrailing";

std::vector<std::string_view> values(const message_view& m, header_id id)
{
    std::vector<std::string_view> all;
    m.for_each_value(id, [&](std::string_view value) { all.push_back(value); });
    return all;
}

} // namespace

TEST_CASE("a request found in place", "[sip][message_view]")
{
    message_view m;
    REQUIRE(m.parse(invite));
    CHECK(m.is_request());
    CHECK(m.method() == method::invite);
    CHECK(m.method_text() == "INVITE");
    CHECK(m.request_uri() == "sip:bob@biloxi.example.com");
    CHECK(m.version() == "SIP/2.0");
    CHECK(m.start_line() == "INVITE sip:bob@biloxi.example.com SIP/2.0");
    CHECK(m.status() == 0);
    CHECK(m.reason().empty());
    CHECK(m.header_count() == 15);
    CHECK(m.body() == "v=0\n");
    CHECK_FALSE(m.body_truncated());
    CHECK(m.bytes().data() == invite.data());
    CHECK(m.bytes().size() == invite.size() - 8);

    CHECK(m.header(1).id == header_id::via);
    CHECK(m.header(1).name == "v");
    CHECK(m.header(4).name == "TO");
    CHECK(m.header(4).value == "sip:bob@biloxi.example.com");
    CHECK(m.header(7).value == "two words");
    CHECK(m.header(8).value.empty());
    CHECK(m.header(11).id == header_id::other);
    CHECK(m.header(11).value == ";;,,;;,;");
}

TEST_CASE("typed access", "[sip][message_view]")
{
    message_view m;
    REQUIRE(m.parse(invite));
    CHECK(m.top_via()->host == "a.example.com");
    CHECK(m.from()->tag() == "88sja8x");
    CHECK(m.from()->display_name == "\"Alice, A.\"");
    CHECK(m.to()->uri.user == "bob");
    CHECK(m.cseq()->number == 986759);
    CHECK(m.call_id() == "987asjd97y7atg");
    CHECK(m.number(header_id::max_forwards).value_or(0) == 70);
    CHECK(m.number(header_id::expires).code() == errc::missing_header);
    CHECK(m.contact()->uri.user == "a,b");
    CHECK(m.content_type()->is("application", "sdp"));
    CHECK(m.first("x-strange") == ";;,,;;,;");
    CHECK(m.first("SUBJECT") == "two words");
    CHECK_FALSE(m.first("Y-Strange").has_value());
    CHECK_FALSE(m.has(header_id::route));
}

TEST_CASE("lists over lines and commas", "[sip][message_view]")
{
    message_view m;
    REQUIRE(m.parse(invite));
    const auto vias = values(m, header_id::via);
    REQUIRE(vias.size() == 3);
    CHECK(vias[1] == "SIP/2.0/TCP b.example.com;branch=z9hG4bK2");
    CHECK(vias[2] == "SIP/2.0/UDP c.example.com;branch=z9hG4bK3");
    CHECK(values(m, header_id::supported) ==
          std::vector<std::string_view>{"100rel", "timer", "replaces", "path;x=y"});
    CHECK(values(m, header_id::contact) ==
          std::vector<std::string_view>{"\"a,b\" <sip:a,b@h>", "<sip:c@h>;q=0.1"});
    CHECK(values(m, header_id::subject) == std::vector<std::string_view>{"two words"});
    CHECK(m.list_has(header_id::supported, "TIMER"));
    CHECK(m.list_has(header_id::supported, "path"));
    CHECK_FALSE(m.list_has(header_id::supported, "time"));
    CHECK_FALSE(m.list_has(header_id::require, "timer"));

    int seen = 0;
    m.for_each_value(header_id::via, [&](std::string_view) { return ++seen < 2; });
    CHECK(seen == 2);
}

TEST_CASE("quotes without an end do not cost the square", "[sip][message_view]")
{
    std::string text = "OPTIONS sip:h SIP/2.0\r\nContact: a,\"";
    for (int i = 0; i < 30'000; ++i)
        text += "\\\"";
    text += ",b\r\n\r\n";
    message_view m;
    REQUIRE(m.parse(text));
    CHECK(values(m, header_id::contact).size() == 2);
}

TEST_CASE("responses", "[sip][message_view]")
{
    const struct
    {
        std::string line;
        int status;
        std::string_view reason, version;
    } table[] = {
        {"SIP/2.0 200 OK", 200, "OK", "SIP/2.0"},
        {"SIP/2.0 100 ", 100, "", "SIP/2.0"},
        {"SIP/2.0 100", 100, "", "SIP/2.0"},
        {"sip/2.0 699 x", 699, "x", "sip/2.0"},
        {"SIP/7.0 200 OK", 200, "OK", "SIP/7.0"},
        {"SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe", 200, "= 2**3 * 5**2 \xd0\xbd\xd0\xbe",
         "SIP/2.0"},
        {"SIP/2.0 200  two", 200, " two", "SIP/2.0"},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.line);
        const std::string text = each.line + "\r\nf: <sip:a@h>\r\n\r\n";
        message_view m;
        REQUIRE(m.parse(text));
        CHECK(m.is_response());
        CHECK(m.status() == each.status);
        CHECK(m.reason() == each.reason);
        CHECK(m.version() == each.version);
        CHECK(m.method() == method::unknown);
        CHECK(m.method_text().empty());
        CHECK(m.request_uri().empty());
    }
}

TEST_CASE("strange request lines are for validate to judge", "[sip][message_view]")
{
    const struct
    {
        std::string line;
        std::string_view method, uri, version;
    } table[] = {
        {"INVITE  sip:u@h  SIP/2.0", "INVITE", " sip:u@h ", "SIP/2.0"},
        {"OPTIONS sip:u@h SIP/2.0  ", "OPTIONS", "sip:u@h", "SIP/2.0"},
        {"INVITE sip:u@h; lr SIP/2.0", "INVITE", "sip:u@h; lr", "SIP/2.0"},
        {"INVITE <sip:u@h> SIP/2.0", "INVITE", "<sip:u@h>", "SIP/2.0"},
        {"OPTIONS sip:u@h SIP/7.0", "OPTIONS", "sip:u@h", "SIP/7.0"},
        {"RE%47IST%45R sip:h SIP/2.0", "RE%47IST%45R", "sip:h", "SIP/2.0"},
        {"invite x SIP/2.0", "invite", "x", "SIP/2.0"},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.line);
        const std::string text = each.line + "\r\n\r\n";
        message_view m;
        REQUIRE(m.parse(text));
        CHECK(m.method_text() == each.method);
        CHECK(m.request_uri() == each.uri);
        CHECK(m.version() == each.version);
        CHECK(m.header_count() == 0);
        CHECK(m.body().empty());
    }
}

TEST_CASE("what is no message, and where", "[sip][message_view]")
{
    const struct
    {
        std::string text;
        errc code;
        std::uint32_t offset;
    } table[] = {
        {"", errc::truncated, 0},
        {"\r\n\r\n", errc::truncated, 4},
        {"INVITE", errc::truncated, 6},
        {"INVITE sip:h SIP/2.0\r\n", errc::truncated, 22},
        {"INVITE sip:h SIP/2.0\r\nTo: x", errc::truncated, 27},
        {"INVITE sip:h SIP/2.0\r\nTo: x\r\n", errc::truncated, 29},
        {"INVITE sip:h SIP/2.0\r\nTo: x\r\n y", errc::truncated, 31},
        {" INVITE sip:h SIP/2.0\r\n\r\n", errc::bad_start_line, 0},
        {"INVITE sip:h\r\n\r\n", errc::bad_start_line, 12},
        {"INVITE SIP/2.0\r\n\r\n", errc::bad_start_line, 14},
        {"GET / HTTP/1.1\r\n\r\n", errc::bad_start_line, 14},
        {"IN(VITE sip:h SIP/2.0\r\n\r\n", errc::bad_start_line, 0},
        {"SIP/2.0 4294967301 better not break the receiver\r\n\r\n", errc::bad_start_line, 8},
        {"SIP/2.0 099 x\r\n\r\n", errc::bad_start_line, 8},
        {"SIP/2.0 700 x\r\n\r\n", errc::bad_start_line, 8},
        {"SIP/2.0 20\r\n\r\n", errc::bad_start_line, 8},
        {"SIP/2.0 20x x\r\n\r\n", errc::bad_start_line, 8},
        {"SIP/2.0  200 x\r\n\r\n", errc::bad_start_line, 8},
        {"\r\nINVITE sip:h SIP/2.0\r\nno colon\r\n\r\n", errc::bad_syntax, 24},
        {"INVITE sip:h SIP/2.0\r\n: x\r\n\r\n", errc::bad_syntax, 22},
        {"INVITE sip:h SIP/2.0\r\nTo To: x\r\n\r\n", errc::bad_syntax, 22},
        {"INVITE sip:h SIP/2.0\r\nTo: x\r\n\"X\": x\r\n\r\n", errc::bad_syntax, 29},
        {"INVITE sip:h SIP/2.0\r\n folded: x\r\n\r\n", errc::bad_syntax, 22},
        {std::string(10, '\0'), errc::truncated, 10},
        {"INVITE sip:h SIP/2.0\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n", errc::too_large,
         65'535},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.text.substr(0, 60));
        message_view m;
        const auto parsed = m.parse(each.text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.code() == each.code);
        CHECK(parsed.error().offset == each.offset);
    }
}

TEST_CASE("line ends, folds and leading empty lines", "[sip][message_view]")
{
    const std::string text = "\r\n\r\nOPTIONS sip:h SIP/2.0\n"
                             "X-A: one\n\ttwo\r\n three\n"
                             "X-B:\r\n  \r\n\tx\r\n"
                             "X-C: \r\n \r\n"
                             "\n body";
    message_view m;
    REQUIRE(m.parse(text));
    CHECK(m.start_line() == "OPTIONS sip:h SIP/2.0");
    REQUIRE(m.header_count() == 3);
    CHECK(m.header(0).value == "one\n\ttwo\r\n three");
    CHECK(m.header(1).value == "x");
    CHECK(m.header(2).value.empty());
    CHECK(m.body() == " body");
}

TEST_CASE("the body by Content-Length", "[sip][message_view]")
{
    const struct
    {
        std::string headers;
        std::string_view body;
        bool truncated;
    } table[] = {
        {"", "12345", false},
        {"Content-Length: 5\r\n", "12345", false},
        {"Content-Length: 0\r\n", "", false},
        {"l  : 3\r\n", "123", false},
        {"Content-Length: 6\r\n", "12345", true},
        {"Content-Length: 9999999999999999999999\r\n", "12345", true},
        {"Content-Length: -1\r\n", "12345", false},
        {"Content-Length: \r\n", "12345", false},
        {"Content-Length: 2\r\nl: 4\r\n", "12", false},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.headers);
        const std::string text = "OPTIONS sip:h SIP/2.0\r\n" + each.headers + "\r\n12345";
        message_view m;
        REQUIRE(m.parse(text));
        CHECK(m.body() == each.body);
        CHECK(m.body_truncated() == each.truncated);
    }
}

TEST_CASE("as many header lines as the limit, and one more", "[sip][message_view]")
{
    std::string text = "OPTIONS sip:h SIP/2.0\r\n";
    for (std::size_t i = 0; i < limits::headers; ++i)
        text += "X: y\r\n";
    message_view m;
    REQUIRE(m.parse(text + "\r\n"));
    CHECK(m.header_count() == limits::headers);
    const std::string more = text + "X: y\r\n\r\n";
    CHECK(m.parse(more).code() == errc::too_many);
}

TEST_CASE("the largest message", "[sip][message_view]")
{
    std::string text = "OPTIONS sip:h SIP/2.0\r\nX: ";
    text.append(limits::message_bytes - text.size() - 5, 'x');
    text += "\r\n\r\n.";
    REQUIRE(text.size() == limits::message_bytes);
    message_view m;
    REQUIRE(m.parse(text));
    CHECK(m.body() == ".");
    CHECK(m.header(0).value.size() == limits::message_bytes - 26 - 5);
}

TEST_CASE("copies see the same bytes, and can follow them elsewhere", "[sip][message_view]")
{
    message_view m;
    REQUIRE(m.parse(invite));
    message_view copy = m;
    CHECK(copy.from()->tag() == "88sja8x");
    CHECK(copy.header_count() == m.header_count());
    const std::string other = invite;
    copy.rebase(other.data());
    CHECK(copy.call_id().data() == other.data() + (m.call_id().data() - invite.data()));
    // A view is used again without rests of the last message.
    REQUIRE(m.parse("SIP/2.0 200 OK\r\n\r\n"));
    CHECK(m.header_count() == 0);
    CHECK(m.method() == method::unknown);
    CHECK(message_view().bytes().empty());
}
