// Contacts of a registration: our instance (RFC 5626 section 4.1), where the registrar sees us
// (RFC 3581 section 4), and which of many bindings is ours (RFC 3261 section 10.2.4).
#include "simulation/registrar.hpp"
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

// Answers as if there were a NAT between: the Via says where the request came from.
struct behind_nat
{
    explicit behind_nat(ua::settings s = node::usual()) : alice(w, "alice", alice_address, s)
    {
        w.set_host("example.com", {server.sip()});
        server.on_message = [this](const sip::message& m)
        {
            if (m->is_request() && m->method() == sip::method::register_) answer(m);
        };
    }
    void answer(const sip::message& m)
    {
        contacts.push_back(header_of(m, "Contact"));
        std::string text = "SIP/2.0 200 OK\n";
        for (const char* name : {"From", "Call-ID", "CSeq"})
            text += std::string(name) + ": " + header_of(m, name) + "\n";
        text += "To: " + header_of(m, "To") + ";tag=r\n";
        std::string via = header_of(m, "Via");
        via.replace(via.find(";rport"), 6, seen);
        server.say(alice.sip(), text + "Via: " + via + "\n" + lines + "Expires: 600\n");
    }
    void start()
    {
        ua::account a;
        a.uri = "sip:alice@example.com";
        alice.register_as(a);
        w.run_for(seconds(2));
    }

    world w{1};
    node alice;
    simulation::peer server{w, "server", ip_address::v4(192, 0, 2, 5)};
    std::string seen = ";rport=4711;received=203.0.113.7", lines;
    std::vector<std::string> contacts;
};

} // namespace

TEST_CASE("behind a NAT: one more REGISTER, with the address that the registrar sees")
{
    behind_nat s;
    s.start();
    INFO(s.w.log());
    REQUIRE(s.contacts.size() == 2);
    CHECK(s.contacts[0].find("@192.0.2.1:5060>") != std::string::npos);
    CHECK(s.contacts[1].find("@203.0.113.7:4711>") != std::string::npos);
    // The wrong one goes in the same message.
    CHECK(s.contacts[1].find("@192.0.2.1:5060>;expires=0") != std::string::npos);
    REQUIRE(s.alice.seen.registrations.size() == 1); // told once
    CHECK(s.alice.seen.registrations[0].contact.find("203.0.113.7:4711") != std::string::npos);
    s.w.run_for(hours(1)); // refreshed, and no more of it
    CHECK(s.contacts.size() < 12);
    CHECK(s.contacts.back().find("expires=0") == std::string::npos);
    CHECK(s.alice.seen.registrations.size() == 1);

    // Calls through the registrar carry it too.
    REQUIRE(s.alice.call("bob"));
    s.w.run_for(milliseconds(100));
    CHECK(header_of(s.server.last(sip::method::invite), "Contact").find("203.0.113.7:4711") !=
          std::string::npos);
    // A stranger is told where we are.
    REQUIRE(s.alice.hang_up());
}

TEST_CASE("the NAT takes another port now and then: noticed, told, and never in circles")
{
    behind_nat s;
    s.start();
    s.seen = ";rport=4712;received=203.0.113.7";
    s.w.run_for(minutes(10));
    CHECK(s.alice.seen.registrations.size() == 2);
    CHECK(s.contacts.back().find(":4712") != std::string::npos);
    // Each answer another port: at most two REGISTERs for each refresh.
    const auto before = s.contacts.size();
    int port = 5000;
    s.w.on_arrival = [&](const datagram& d)
    {
        if (d.bytes.starts_with("REGISTER"))
            s.seen = ";rport=" + std::to_string(++port) + ";received=203.0.113.7";
    };
    s.w.run_for(hours(1));
    INFO(s.w.log());
    CHECK(s.contacts.size() - before < 2 * 8);
    CHECK(s.alice.engine().registered());
}

TEST_CASE("what is no address is not learned; nothing is where it is not wished")
{
    for (const char* seen : {";rport=0;received=x", ";rport=99999", ";received=0.0.0.0", ";rport",
                             ";rport=5060;received=192.0.2.1"})
    {
        CAPTURE(seen);
        behind_nat s;
        s.seen = seen;
        s.start();
        CHECK(s.contacts.size() == 1);
    }
    auto off = node::usual();
    off.learn_contact = false;
    behind_nat s(off);
    s.start();
    CHECK(s.contacts.size() == 1);
}

TEST_CASE("the instance is a UUID: ours, or one of each engine (RFC 5626 section 4.1)")
{
    auto given = node::usual();
    given.instance = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
    behind_nat one(given), two, three;
    for (auto* s : {&one, &two, &three})
        s->start();
    const auto instance = [](const behind_nat& s)
    {
        const auto at = s.contacts.at(0).find("+sip.instance=\"<urn:uuid:");
        REQUIRE(at != std::string::npos);
        return s.contacts[0].substr(at + 16, 45);
    };
    CHECK(instance(one) == given.instance);
    CHECK(instance(two) != instance(one));
    CHECK(instance(two)[9 + 14] == '4');
    CHECK(instance(two).size() == 45);
}

TEST_CASE("of many bindings ours counts: by its URI, else by its instance")
{
    auto given = node::usual();
    given.instance = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
    behind_nat s(given);
    s.seen = ";rport=5060";
    SECTION("somebody has rewritten our URI")
    {
        s.lines = "Contact: <sip:other@192.0.2.77>;expires=3600,\n <sip:x@203.0.113.1>;"
                  "+sip.instance=\"<URN:UUID:F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6>\";expires=90\n";
        s.start();
        CHECK(s.alice.seen.registrations.at(0).granted == seconds(90));
    }
    SECTION("an old binding of ours is there too")
    {
        s.server.on_message = [&](const sip::message& m)
        {
            if (m->method() != sip::method::register_) return;
            const auto uri = std::string(m->contact()->uri.text);
            s.lines = "Contact: <sip:x@203.0.113.1>;+sip.instance=\"<" + given.instance +
                      ">\";expires=300, <" + uri + ">;expires=120\n";
            s.answer(m);
        };
        s.start();
        CHECK(s.alice.seen.registrations.at(0).granted == seconds(120));
    }
    INFO(s.w.log());
}
