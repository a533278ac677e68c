// Each timer of RFC 3261 table 4 and RFC 6026 section 7, on both kinds of transport: what is sent
// when, and when the machine is gone. Timer C is a proxy's; the engine has limits of its own for
// how long it rings.
#include "transaction/support.hpp"

namespace
{

using namespace test;

// ">": we send it, "<": it comes in. A method is a request, a number a response.
class script
{
public:
    explicit script(const destination& to) : to_(to) {}

    // What the last event did.
    std::string play(const std::string& events)
    {
        std::string last;
        for (const auto& event : split(events))
        {
            const std::string what = event.substr(1);
            const bool is_status = what.find_first_not_of("0123456789") == what.npos;
            if (event.front() == '>')
                is_status ? respond(std::stoi(what)) : start(what);
            else
                receive(is_status ? answer(request_, std::stoi(what)) : make(what));
            last = take(out_);
        }
        return last;
    }
    std::vector<std::string> run() { return run_down(table_); }
    std::size_t left() const { return table_.size(); }

private:
    void start(const std::string& method)
    {
        request_ = make(method);
        id_ = table_.start(request_, to_, start_time, out_).value();
    }
    void respond(int status)
    {
        REQUIRE(table_.respond(id_, answer(request_, status), start_time, out_));
    }
    void receive(const sip::message& m)
    {
        table_.receive(*m, peer, start_time, out_, to_.reliable);
        if (out_.empty()) return;
        const auto* begun = std::get_if<deliver_request>(&out_.front());
        if (!begun || !begun->transaction) return;
        id_ = *begun->transaction;
        request_ = begun->request;
    }

    destination to_;
    table table_;
    sip::message request_;
    id id_{};
    actions out_;
};

struct row
{
    const char* timers;
    const char* events;
    const char* does; // the last of them
    std::vector<std::string> then;
};

const std::string over = "32 failed timeout, terminated";

std::vector<std::string> sent_at(const std::string& what, const std::string& times)
{
    std::vector<std::string> lines;
    for (const auto& t : split(times))
        lines.push_back(t + " send " + what);
    lines.push_back(over);
    return lines;
}

const std::string doubled = "0.5 1.5 3.5 7.5 15.5 31.5";
const std::string doubled_to_t2 = "0.5 1.5 3.5 7.5 11.5 15.5 19.5 23.5 27.5 31.5";
const std::string each_t2 = "0.5 4.5 8.5 12.5 16.5 20.5 24.5 28.5";

void check(const destination& to, const std::vector<row>& rows)
{
    for (const auto& r : rows)
    {
        INFO("timer " << r.timers << ": " << r.events << (to.reliable ? " TCP" : " UDP"));
        script s(to);
        CHECK(s.play(r.events) == r.does);
        CHECK(s.run() == r.then);
        // One that has neither timer nor end waits for its user.
        const std::string last = r.then.empty() ? r.does : r.then.back();
        CHECK(s.left() == (last.ends_with("terminated") ? 0u : 1u));
    }
}

} // namespace

TEST_CASE("timers A to M where messages may be lost")
{
    check(udp, {
                   {"A, B", ">INVITE", "send INVITE", sent_at("INVITE", doubled)},
                   {"D", ">INVITE <486", "send ACK, deliver 486", {"32 terminated"}},
                   {"D", ">INVITE <180 <486 <486", "send ACK", {"32 terminated"}},
                   {"M", ">INVITE <200", "deliver 200", {"32 terminated"}},
                   {"M", ">INVITE <200 <200", "deliver 200", {"32 terminated"}},
                   {"E, F", ">OPTIONS", "send OPTIONS", sent_at("OPTIONS", doubled_to_t2)},
                   {"E, F", ">OPTIONS <100", "deliver 100", sent_at("OPTIONS", each_t2)},
                   {"K", ">OPTIONS <200", "deliver 200", {"5 terminated"}},
                   {"K", ">OPTIONS <200 <200", "", {"5 terminated"}},
                   {"G, H", "<INVITE >486", "send 486", sent_at("486", doubled_to_t2)},
                   {"G, H", "<INVITE >486 <INVITE", "send 486", sent_at("486", doubled_to_t2)},
                   {"I", "<INVITE >486 <ACK", "", {"5 terminated"}},
                   {"I", "<INVITE >486 <ACK <ACK", "", {"5 terminated"}},
                   {"L", "<INVITE >200", "send 200", {"32 terminated"}},
                   {"L", "<INVITE >200 <INVITE", "", {"32 terminated"}},
                   {"L", "<INVITE >200 <ACK", "request ACK alone", {"32 terminated"}},
                   {"J", "<OPTIONS >200", "send 200", {"32 terminated"}},
                   {"J", "<OPTIONS >200 <OPTIONS", "send 200", {"32 terminated"}},
               });
}

// Section 17: nothing is sent again by a machine, and what only absorbs repetitions is zero. B, F
// and H stay, for who does not answer is no matter of the transport; so do L and M (RFC 6026
// section 7), which wait for other forks and for the repetitions of the 2xx, whose dialog repeats
// it on any transport (section 13.3.1.4).
TEST_CASE("timers A to M where nothing is lost")
{
    check(tcp, {
                   {"A, B", ">INVITE", "send INVITE", {over}},
                   {"D", ">INVITE <486", "send ACK, deliver 486, terminated", {}},
                   {"D", ">INVITE <180 <486", "send ACK, deliver 486, terminated", {}},
                   {"M", ">INVITE <200", "deliver 200", {"32 terminated"}},
                   {"M", ">INVITE <200 <200", "deliver 200", {"32 terminated"}},
                   {"E, F", ">OPTIONS", "send OPTIONS", {over}},
                   {"E, F", ">OPTIONS <100", "deliver 100", {over}},
                   {"K", ">OPTIONS <200", "deliver 200, terminated", {}},
                   {"G, H", "<INVITE >486", "send 486", {over}},
                   {"I", "<INVITE >486 <ACK", "terminated", {}},
                   {"L", "<INVITE >200", "send 200", {"32 terminated"}},
                   {"L", "<INVITE >200 >200", "send 200", {"32 terminated"}},
                   {"L", "<INVITE >200 <ACK", "request ACK alone", {"32 terminated"}},
                   {"J", "<OPTIONS >200", "send 200, terminated", {}},
               });
}

// Those that do not depend on the transport.
TEST_CASE("timers of our own, and machines without any")
{
    for (const destination& to : {udp, tcp})
        check(to, {
                      {"100", "<INVITE", "request INVITE", {"0.2 send 100"}},
                      {"100", "<INVITE >180", "send 180", {}},
                      {"A, B", ">INVITE <180", "deliver 180", {}},
                      {"unanswered", "<OPTIONS", "request OPTIONS", {over}},
                  });
}

TEST_CASE("a connection that is lost fails what waits for an answer by it, and nothing else")
{
    for (const char* method : {"INVITE", "OPTIONS"})
        for (const destination& lost : {udp, tcp})
            for (const destination& used : {udp, tcp})
            {
                INFO(method << ' ' << lost.reliable << ' ' << used.reliable);
                table t;
                actions out;
                REQUIRE(t.start(make(method), used, start_time, out));
                take(out);
                t.transport_error(lost, start_time, out);
                CHECK(take(out) == (lost == used ? "failed transport, terminated" : ""));
            }
}
