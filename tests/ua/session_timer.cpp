// What is asked for, what is granted, who refreshes (RFC 4028).
#include "ua/session_timer.hpp"

#include "support/catch.hpp"

using namespace solosip;
using namespace solosip::ua;

namespace
{

sip::message message(const std::string& first, const std::string& headers)
{
    return *sip::message::parse(
        first +
        "\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
        "To: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n" +
        headers + "\r\n");
}
sip::message request(const std::string& headers)
{
    return message("INVITE sip:c@d SIP/2.0", headers);
}

} // namespace

TEST_CASE("what a callee grants (RFC 4028 section 9, table 2)")
{
    struct row
    {
        const char* asked;
        long ours;
        const char* value; // "" none, nullptr 422
        bool require, we_refresh;
    };
    const row rows[] = {
        {"", 1800, "", false, false},
        {"Supported: timer\r\n", 1800, "1800;refresher=uac", true, false},
        {"Supported: timer\r\n", 0, "", false, false},
        {"Supported: timer\r\nSession-Expires: 600\r\n", 1800, "600;refresher=uac", true, false},
        {"Supported: timer\r\nx: 600;refresher=uas\r\n", 1800, "600;refresher=uas", false, true},
        {"Require: timer\r\nSession-Expires: 600;refresher=uac\r\n", 1800, "600;refresher=uac",
         true, false},
        {"Supported: timer\r\nSession-Expires: 3600\r\n", 1800, "1800;refresher=uac", true, false},
        {"Supported: timer\r\nSession-Expires: 3600\r\nMin-SE: 2000\r\n", 1800,
         "2000;refresher=uac", true, false},
        {"Supported: timer\r\nMin-SE: 2000\r\n", 1800, "2000;refresher=uac", true, false},
        {"Supported: timer\r\nSession-Expires: 89\r\n", 1800, nullptr, false, false},
        {"Supported: timer\r\nSession-Expires: 90\r\n", 1800, "90;refresher=uac", true, false},
        // A proxy has put it there: the caller cannot refresh, nor understand 422.
        {"Session-Expires: 600\r\n", 1800, "600;refresher=uas", false, true},
        {"Session-Expires: 600;refresher=uac\r\n", 1800, "600;refresher=uas", false, true},
        {"Session-Expires: 30\r\n", 1800, "90;refresher=uas", false, true},
        {"Supported: timer\r\nSession-Expires: many\r\n", 1800, "1800;refresher=uac", true, false},
    };
    for (const auto& r : rows)
    {
        CAPTURE(r.asked, r.ours);
        const auto g = grant_session(*request(r.asked), seconds(r.ours), {});
        REQUIRE(g.has_value() == (r.value != nullptr));
        if (!g) continue;
        CHECK(g->value == r.value);
        CHECK(g->require == r.require);
        CHECK(g->terms.we_refresh == r.we_refresh);
        CHECK(g->terms.limited() == (*r.value != '\0'));
    }
}

TEST_CASE("who refreshes goes on to, unless the other side says so (section 9)")
{
    const auto m = request("Supported: timer\r\n");
    CHECK(grant_session(*m, seconds(1800), {seconds(1800), true})->terms.we_refresh);
    CHECK_FALSE(grant_session(*m, seconds(1800), {seconds(1800), false})->terms.we_refresh);
}

TEST_CASE("what a 2xx says (section 7.2)")
{
    const auto read = [](const char* headers)
    { return read_grant(*message("SIP/2.0 200 OK", headers)); };
    CHECK(read("") == session_terms{});
    CHECK(read("Session-Expires: 600;refresher=uac\r\n") == session_terms{seconds(600), true});
    CHECK(read("Session-Expires: 600;refresher=uas\r\n") == session_terms{seconds(600), false});
    CHECK(read("Session-Expires: 600\r\n") == session_terms{seconds(600), true});
    CHECK(read("Session-Expires: 1;refresher=uas\r\n") == session_terms{least_session, false});
    CHECK(read("Session-Expires: 4294967295\r\n").interval == seconds(86'400));
}

TEST_CASE("what a 422 asks for (section 7.3)")
{
    const auto m = message("SIP/2.0 422 Too Small", "Min-SE: 3600\r\n");
    CHECK(wanted_by(*m, seconds(1800)) == seconds(3600));
    CHECK_FALSE(wanted_by(*m, seconds(3600))); // it has had that
    CHECK_FALSE(wanted_by(*message("SIP/2.0 422 Too Small", ""), seconds(1800)));
    CHECK_FALSE(
        wanted_by(*message("SIP/2.0 422 Too Small", "Min-SE: 4000000000\r\n"), seconds(1800)));
    CHECK_FALSE(wanted_by(*message("SIP/2.0 486 Busy", "Min-SE: 3600\r\n"), seconds(1800)));
}

TEST_CASE("half of it, and a third of it or 32 s before its end (section 10)")
{
    CHECK(session_terms{seconds(1800), true}.refresh_after() == seconds(900));
    CHECK(session_terms{seconds(1800), true}.give_up_after() == seconds(1768));
    CHECK(session_terms{seconds(90), true}.give_up_after() == seconds(60));
}
