#include "village.hpp"

#include "support/catch.hpp"

using namespace village;

namespace
{

// Nothing may be left of a call when all timers have run out.
void check_nothing_left(world& w, telephone& t)
{
    w.run(seconds(70));
    CHECK(w.exchange().live_objects() == 0);
    CHECK(t.engine.live_objects() == 0);
}

} // namespace

TEST_CASE("lines that refuse, and numbers that do not exist")
{
    struct row
    {
        std::string line;
        int status;
        errc why;
    };
    const row rows[] = {{"busy", 486, errc::busy},
                        {"decline", 603, errc::declined},
                        {"status-404", 404, errc::not_found},
                        {"status-503", 503, errc::server_failure},
                        {"nobody", 404, errc::not_found},
                        {"bob", 480, errc::no_answer},
                        {"status-200", 404, errc::not_found}};
    for (const auto& r : rows)
    {
        CAPTURE(r.line);
        world w(usual_settings());
        telephone& t = w.add("alice", "wonderland");
        w.call(t, r.line);
        w.run(seconds(2));
        const auto ends = t.all<ua::call_ended>();
        REQUIRE(ends.size() == 1);
        CHECK(ends[0].how.status == r.status);
        CHECK(ends[0].how.why == r.why);
        check_nothing_left(w, t);
    }
}

TEST_CASE("the digits line presses its keys and hangs up")
{
    world w(usual_settings());
    telephone& t = w.add("alice", "wonderland");
    w.call(t, "digits");
    w.run(seconds(5));
    CHECK(t.keys() == "1590*#");
    const auto ends = t.all<ua::call_ended>();
    REQUIRE(ends.size() == 1);
    CHECK(ends[0].how.who == ua::ended_by::peer);
    CHECK(w.count("SIP/2.0 180") == 1);
    CHECK(w.log.front() == "call 1 (digits) called: from sip:alice@192.0.2.7:5060");
    check_nothing_left(w, t);
}

TEST_CASE("the tone line plays 1000 Hz for its time")
{
    auto s = usual_settings();
    s.lines.tone_for = seconds(1);
    world w(s);
    telephone& t = w.add("alice", "wonderland");
    w.call(t, "tone");
    w.run(seconds(5));
    CHECK(t.heard->level(1000, milliseconds(200), milliseconds(800)) == Approx(8192).margin(300));
    CHECK(t.heard->level(700, milliseconds(200), milliseconds(800)) < 100);
    CHECK(t.all<ua::call_ended>().size() == 1);
    check_nothing_left(w, t);
}

TEST_CASE("the silent line rings until the caller gives up")
{
    world w(usual_settings());
    telephone& t = w.add("alice", "wonderland");
    w.call(t, "silent");
    w.run(seconds(30));
    CHECK(t.all<ua::call_progress>().size() == 1);
    CHECK(t.all<ua::call_ended>().empty());
    REQUIRE(t.engine.hang_up(*t.call, w.now()));
    w.run(seconds(1));
    REQUIRE(t.all<ua::call_ended>().size() == 1);
    CHECK(t.all<ua::call_ended>()[0].how.why == errc::cancelled);
    CHECK(w.count("CANCEL") == 1);
    CHECK(w.count("SIP/2.0 487") == 1);
    check_nothing_left(w, t);
}

TEST_CASE("the echo line says and presses again")
{
    world w(usual_settings());
    telephone& t = w.add("alice", "wonderland");
    w.call(t, "echo");
    w.run(seconds(1));
    REQUIRE(t.engine.play(
        *t.call, std::make_unique<examples::melody>(std::vector<examples::note>{{650, 2000}}),
        milliseconds(0), w.now()));
    w.run(seconds(1));
    REQUIRE(t.engine.send_digits(*t.call, "42", w.now()));
    w.run(seconds(3));
    CHECK(t.keys() == "42");
    // It was answered after 200 ms, so a second of the tone is on the tape behind 0.8 s.
    CHECK(t.heard->level(650, milliseconds(1000), milliseconds(1500)) == Approx(8192).margin(400));
    REQUIRE(t.engine.hang_up(*t.call, w.now()));
    check_nothing_left(w, t);
}

TEST_CASE("a line tells its caller by RTCP what it hears, on the port that they share")
{
    world w(usual_settings());
    telephone& t = w.add("alice", "wonderland");
    w.call(t, "echo");
    w.run(seconds(30));
    CHECK(t.rtcp_mux);
    const auto s = t.engine.media_statistics();
    CHECK(s.received_reports >= 3);
    CHECK(s.sent_reports >= 3);
    CHECK(s.ignored_packets == 0);
    REQUIRE(t.engine.hang_up(*t.call, w.now()));
    check_nothing_left(w, t);
}

TEST_CASE("the menu")
{
    world w(usual_settings());
    telephone& t = w.add("alice", "wonderland");
    w.call(t, "menu");
    w.run(milliseconds(1200));
    CHECK(t.heard->level(800, milliseconds(250), milliseconds(400)) > 6000);
    const auto press = [&](std::string_view key)
    {
        t.heard->samples.clear();
        REQUIRE(t.engine.send_digits(*t.call, key, w.now()));
        w.run(milliseconds(900));
    };
    SECTION("1 plays a tone")
    {
        press("1");
        CHECK(t.heard->level(440, milliseconds(300), milliseconds(700)) > 6000);
    }
    SECTION("2 presses back")
    {
        press("2");
        CHECK(t.keys() == "2");
    }
    SECTION("3 is an echo")
    {
        press("3");
        press("8");
        CHECK(t.keys() == "8");
        // What was said before the echo began does not come back: it lags by packets only.
        t.heard->samples.clear();
        REQUIRE(t.engine.play(
            *t.call, std::make_unique<examples::melody>(std::vector<examples::note>{{650, 500}}),
            milliseconds(0), w.now()));
        w.run(milliseconds(800));
        CHECK(t.heard->level(650, milliseconds(200), milliseconds(500)) > 7000);
    }
    SECTION("0 says it again, any other key complains")
    {
        press("0");
        CHECK(t.heard->level(800, milliseconds(0), milliseconds(900)) > 1000);
        press("5");
        CHECK(t.heard->level(200, milliseconds(0), milliseconds(900)) > 1500);
    }
    press("9");
    CHECK(t.all<ua::call_ended>().size() == 1);
    check_nothing_left(w, t);
}

TEST_CASE("calls can be challenged")
{
    auto s = usual_settings();
    s.challenge_calls = true;
    world w(s);
    telephone& good = w.add("alice", "wonderland");
    w.call(good, "digits");
    w.run(seconds(5));
    CHECK(w.count("SIP/2.0 407") == 1);
    CHECK(good.keys() == "1590*#");
    telephone& bad = w.add("bob", "wrong");
    w.call(bad, "digits");
    w.run(seconds(5));
    REQUIRE(bad.all<ua::call_ended>().size() == 1);
    CHECK(bad.all<ua::call_ended>()[0].how.why == errc::auth_rejected);
    check_nothing_left(w, good);
}

TEST_CASE("more callers than lines hear busy, and lines become free again")
{
    auto s = usual_settings();
    s.media_ports = {7000};
    world w(s);
    telephone& first = w.add("alice", "wonderland");
    telephone& second = w.add("bob", "builder");
    w.call(first, "echo");
    w.run(seconds(1));
    w.call(second, "echo");
    w.run(seconds(1));
    REQUIRE(second.all<ua::call_ended>().size() == 1);
    CHECK(second.all<ua::call_ended>()[0].how.status == 486);
    REQUIRE(first.engine.hang_up(*first.call, w.now()));
    check_nothing_left(w, first);
    w.call(second, "echo");
    w.run(seconds(1));
    CHECK(second.all<ua::call_answered>().size() == 1);
    w.exchange().hang_up_all(w.now());
    w.run(seconds(1));
    CHECK(second.all<ua::call_ended>().size() == 2);
    check_nothing_left(w, second);
}

TEST_CASE("one user calls another through the exchange")
{
    world w(usual_settings());
    telephone& alice = w.add("alice", "wonderland");
    telephone& bob = w.add("bob", "builder");
    bob.answers = true;
    REQUIRE(bob.engine.register_account(w.account("bob", "builder"), w.now()));
    w.run(seconds(1));

    SECTION("and talks")
    {
        w.call(alice, "bob");
        w.run(seconds(1));
        REQUIRE(alice.all<ua::call_answered>().size() == 1);
        REQUIRE(alice.engine.send_digits(*alice.call, "17", w.now()));
        w.run(seconds(2));
        CHECK(bob.keys() == "17");
        REQUIRE(bob.engine.hang_up(*bob.call, w.now()));
        w.run(seconds(1));
        CHECK(alice.all<ua::call_ended>().size() == 1);
    }
    SECTION("and gives up while it rings")
    {
        bob.answers = false;
        w.call(alice, "bob");
        w.run(seconds(1));
        REQUIRE(alice.engine.hang_up(*alice.call, w.now()));
        w.run(seconds(1));
        REQUIRE(bob.all<ua::call_ended>().size() == 1);
        CHECK(bob.all<ua::call_ended>()[0].how.why == errc::cancelled);
        CHECK(alice.all<ua::call_ended>().size() == 1);
    }
    SECTION("and is refused")
    {
        bob.answers = false;
        w.call(alice, "bob");
        w.run(seconds(1));
        REQUIRE(bob.engine.reject(*bob.call, 603, {}, w.now()));
        w.run(seconds(1));
        REQUIRE(alice.all<ua::call_ended>().size() == 1);
        CHECK(alice.all<ua::call_ended>()[0].how.status == 603);
    }
    // What passes through leaves no trace: the exchange holds no state of it.
    w.run(seconds(70));
    CHECK(w.exchange().live_objects() == 0);
    CHECK(alice.engine.live_objects() == 0);
}
