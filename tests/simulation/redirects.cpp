// Calls that are sent elsewhere: RFC 3261 sections 8.1.3.4, 21.3.
#include "simulation/registrar.hpp"
#include "simulation/scenario.hpp"

#include <algorithm>

using namespace solosip;
using namespace solosip::simulation;

namespace
{

struct redirected
{
    world w{1};
    node alice{w, "alice", alice_address};
    node bob{w, "bob", bob_address};
    simulation::peer peer{w, "peer", peer_address};
    std::string status = "302 Moved Temporarily", contacts = "Contact: <sip:bob@192.0.2.2>\n";

    redirected()
    {
        bob.how.answer_after = milliseconds(100);
        peer.on_message = [this](const sip::message& m)
        {
            if (m->is_request() && m->method() == sip::method::invite)
                peer.answer(m, status, contacts);
        };
    }
    void call(bool follow = true)
    {
        ua::call_options o;
        o.follow_redirects = follow;
        REQUIRE(alice.call(peer_uri, o));
        w.run_for(seconds(2));
    }
    bool all_over()
    {
        w.run_for(long_after);
        return alice.nothing_left() && bob.nothing_left();
    }
};

} // namespace

TEST_CASE("a 302 is followed where that is wished: another Request-URI, the same To and Call-ID")
{
    redirected s;
    s.call();
    INFO(s.w.log());
    REQUIRE(s.bob.seen.incoming.size() == 1);
    const auto& there = s.bob.seen.incoming[0].invite;
    const auto& here = s.peer.last(sip::method::invite);
    CHECK(there->request_uri() == bob_uri);
    CHECK(header_of(there, "To") == header_of(here, "To"));
    CHECK(there->call_id() == here->call_id());
    CHECK(there->cseq()->number == here->cseq()->number + 1);
    CHECK(there->top_via()->branch() != here->top_via()->branch());
    CHECK(s.alice.seen.progress.at(0) == 302);
    CHECK(s.alice.seen.answered == 1);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("otherwise it ends the call, and tells where to")
{
    redirected s;
    s.call(false);
    INFO(s.w.log());
    REQUIRE(s.alice.seen.endings.size() == 1);
    const auto& e = s.alice.seen.endings[0];
    CHECK(e.why == errc::redirected);
    CHECK(e.status == 302);
    CHECK(std::any_of(e.headers.begin(), e.headers.end(),
                      [](const ua::header& h)
                      { return h.name == "Contact" && h.value == "<sip:bob@192.0.2.2>"; }));
    CHECK(s.bob.seen.incoming.empty());
    CHECK(s.all_over());
}

TEST_CASE("Contacts are tried in the order of q; the next one where one fails; 6xx ends all")
{
    redirected s;
    simulation::peer first(s.w, "first", carol_address);
    std::string refusal = "486 Busy Here";
    first.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite) first.answer(m, refusal);
    };
    s.contacts = "Contact: <sip:bob@192.0.2.2>;q=0.3, <sip:nobody@nowhere.example.com>;q=0.05\n"
                 "Contact: <sip:first@192.0.2.3>;q=0.75\n";
    SECTION("busy: the next")
    {
        s.call();
        INFO(s.w.log());
        CHECK(first.count(sip::method::invite) == 1);
        CHECK(s.alice.seen.answered == 1);
        CHECK(s.bob.seen.incoming.size() == 1);
        REQUIRE(s.alice.hang_up());
    }
    SECTION("away: the next, too")
    {
        s.w.close(first.sip());
        s.call();
        CHECK(s.alice.seen.answered == 1);
        REQUIRE(s.alice.hang_up());
    }
    SECTION("nowhere: the next, too")
    {
        s.contacts = "Contact: <sip:x@nowhere.example.com>, <sip:bob@192.0.2.2>;q=0.1\n";
        s.call();
        CHECK(s.alice.seen.answered == 1);
        REQUIRE(s.alice.hang_up());
    }
    SECTION("600: nobody else")
    {
        refusal = "603 Decline";
        s.call();
        CHECK(s.alice.seen.endings.at(0).why == errc::declined);
        CHECK(s.bob.seen.incoming.empty());
    }
    CHECK(s.all_over());
}

TEST_CASE("circles end, and so do chains that never end")
{
    redirected s;
    SECTION("to itself, in other words")
    {
        s.contacts = "Contact: <SIP:peer@192.0.2.9>, <sip:peer@192.0.2.9:5060;x>\n"
                     "Contact: <sip:peer@192.0.2.9>\n";
        s.call();
        INFO(s.w.log());
        CHECK(s.peer.count(sip::method::invite) <= 3);
        CHECK(s.alice.seen.endings.at(0).why == errc::redirected);
    }
    SECTION("each time further")
    {
        int n = 0;
        s.peer.on_message = [&](const sip::message& m)
        {
            if (m->method() == sip::method::invite)
                s.peer.answer(m, "301 Moved Permanently",
                              "Contact: <sip:x" + std::to_string(++n) + "@192.0.2.9>\n");
        };
        s.call();
        INFO(s.w.log());
        CHECK(s.peer.count(sip::method::invite) == 1 + static_cast<int>(limits::redirects));
        CHECK(s.alice.seen.endings.at(0).why == errc::redirected);
    }
    CHECK(s.all_over());
}

TEST_CASE("what is no place to call is not followed")
{
    for (const char* contacts :
         {"", "Contact: *\n", "Contact: <tel:+1234>\n", "Contact: <sips:bob@192.0.2.2>\n",
          "Contact: <http://192.0.2.2/>\n", "Contact: <sip:bob@192.0.2.2;method=BYE>\n"})
    {
        CAPTURE(contacts);
        redirected s;
        s.contacts = contacts;
        s.call();
        CHECK(s.alice.seen.endings.at(0).why == errc::redirected);
        CHECK(s.bob.seen.incoming.empty());
        CHECK(s.all_over());
    }
    redirected s; // headers in the URI are dropped (19.1.5)
    s.contacts = "Contact: <sip:bob@192.0.2.2?Subject=evil>\n";
    s.call();
    REQUIRE(s.bob.seen.incoming.size() == 1);
    CHECK(header_of(s.bob.seen.incoming[0].invite, "Subject").empty());
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
    redirected other; // 380 and 305 are no addresses to be called
    other.status = "380 Alternative Service";
    other.call();
    CHECK(other.alice.seen.endings.at(0).why == errc::redirected);
    CHECK(other.all_over());
}

TEST_CASE("credentials do not follow a redirection to a stranger (22.2)")
{
    world w{1};
    registrar r(w, ip_address::v4(192, 0, 2, 5));
    w.set_host("example.com", {r.sip()});
    node alice(w, "alice", alice_address);
    simulation::peer stranger(w, "stranger", peer_address);
    alice.register_as(account_at(r));
    w.run_for(seconds(1));
    r.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite)
            r.answer(m, "302 Moved Temporarily", "Contact: <sip:x@192.0.2.9>\n");
    };
    stranger.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite)
            stranger.answer(m, "401 Unauthorized",
                            "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"1\"\n");
    };
    ua::call_options o;
    o.follow_redirects = true;
    REQUIRE(alice.call("bob", o));
    w.run_for(seconds(2));
    INFO(w.log());
    CHECK(stranger.count(sip::method::invite) == 1);
    CHECK(!stranger.last(sip::method::invite)->has(sip::header_id::authorization));
    CHECK(alice.seen.endings.at(0).why == errc::auth_rejected);
}

TEST_CASE("hanging up while a redirection is looked up")
{
    redirected s;
    ua::call_options o;
    o.follow_redirects = true;
    s.alice.on_event = [&](const ua::event& e)
    {
        const auto* p = std::get_if<ua::call_progress>(&e);
        if (p && p->status == 302) s.w.after(milliseconds(0), [&] { (void)s.alice.hang_up(); });
    };
    REQUIRE(s.alice.call(peer_uri, o));
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    CHECK(s.bob.seen.incoming.empty());
    CHECK(s.alice.seen.endings.at(0).why == errc::cancelled);
    CHECK(s.all_over());
}

TEST_CASE("a 302 after a PRACK: the next INVITE has a number that no request had (8.1.1.5)")
{
    redirected s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite)
            s.peer.answer(m, "180 Ringing", s.peer.contact() + "Require: 100rel\nRSeq: 1\n");
        if (m->method() != sip::method::prack) return;
        s.peer.answer(m, "200 OK");
        s.peer.answer(s.peer.last(sip::method::invite), s.status, s.contacts);
    };
    s.call();
    INFO(s.w.log());
    REQUIRE(s.bob.seen.incoming.size() == 1);
    CHECK(s.bob.seen.incoming[0].invite->cseq()->number ==
          s.peer.last(sip::method::prack)->cseq()->number + 1);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}
