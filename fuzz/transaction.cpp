// The transaction table: requests, responses, answers, errors and times in any order. Each id is
// heard of in one `terminated` and in at most one `failed` before it; nothing is delivered for an
// id that is gone; the table never holds more than its limit; and all of it ends by itself.
#include "solosip/transaction/transaction.hpp"

#include "fuzz/decisions.hpp"
#include "fuzz/property.hpp"

#include <map>
#include <string>
#include <vector>

using namespace solosip;
using fuzz::require;

namespace
{

constexpr endpoint them{ip_address::v4(192, 0, 2, 2), 5060};
constexpr const char* methods[] = {"INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "OWN"};
constexpr int statuses[] = {100, 180, 200, 202, 302, 404, 487, 503, 699};

class world
{
public:
    explicit world(fuzz::decisions& d) : decide_(d) {}

    void step()
    {
        switch (decide_.below(8))
        {
        case 0:
        case 1: request_in(); break;
        case 2: response_in(); break;
        case 3: start(); break;
        case 4: respond(); break;
        case 5: pass(milliseconds(decide_.byte() * decide_.byte() / 4)); break;
        case 6: table_.transport_error({them, false}, now_, actions_); break;
        case 7:
            if (!ours_.empty()) table_.abandon(ours_[decide_.below(ours_.size())], actions_);
            break;
        }
        carry_out();
    }

    void finish()
    {
        // 64*T1 for whatever waits, the same for what it leaves behind, and Timer D.
        pass(seconds(200));
        // INVITEs of theirs wait for our answer, those of ours with a 1xx for theirs: somebody
        // above the table has limits for both.
        for (const auto t : invites_)
            (void)table_.respond(t, answer_to(requests_.at(t), 500), now_, actions_);
        for (const auto t : ours_)
            table_.abandon(t, actions_);
        carry_out();
        pass(seconds(200));
        require(table_.size() == 0, "everything ends");
        require(!table_.next_timeout(), "nothing is waited for in the end");
        for (const auto& [t, l] : lives_)
            require(l.terminated, "each transaction is told to have ended");
    }

private:
    struct life
    {
        bool failed = false, terminated = false;
    };

    std::string head(std::string_view method, bool reliable_branch)
    {
        const auto n = std::to_string(decide_.below(6));
        return "Via: SIP/2.0/UDP 192.0.2.2;branch=" +
               std::string(reliable_branch ? "z9hG4bK" : "") + n + "\r\nFrom: <sip:a@b>;tag=" + n +
               "\r\nTo: <sip:c@d>" + (decide_.below(4) == 0 ? ";tag=t" : "") + "\r\nCall-ID: " + n +
               "\r\nCSeq: 1 " + std::string(method) + "\r\nMax-Forwards: 70\r\n\r\n";
    }

    void receive(const std::string& text)
    {
        sip::message_view m;
        if (m.parse(text)) table_.receive(m, them, now_, actions_, decide_.below(4) == 0);
    }

    void request_in()
    {
        const std::string method = methods[decide_.below(std::size(methods))];
        receive(method + " sip:x@192.0.2.1 SIP/2.0\r\n" + head(method, decide_.below(5) != 0));
    }

    void response_in()
    {
        const auto status = statuses[decide_.below(std::size(statuses))];
        const std::string start = "SIP/2.0 " + std::to_string(status) + " X\r\n";
        if (sent_.empty() || decide_.below(4) == 0)
            return receive(start + head(methods[decide_.below(std::size(methods))], true));
        const auto& request = sent_[decide_.below(sent_.size())];
        const auto end = request.find("\r\n");
        receive(start + request.substr(end + 2));
    }

    void start()
    {
        std::string method = methods[decide_.below(std::size(methods))];
        if (method == "ACK") method = "INFO";
        auto m = sip::message::parse(method + " sip:x@192.0.2.2 SIP/2.0\r\n" +
                                     head(method, decide_.below(8) != 0));
        if (!m) return;
        const auto t = table_.start(*m, {them, decide_.below(4) == 0}, now_, actions_);
        if (!t) return;
        require(lives_.emplace(*t, life{}).second, "an id is used once");
        ours_.push_back(*t);
        sent_.push_back(m->bytes());
        if (sent_.size() > 32) sent_.erase(sent_.begin());
    }

    static sip::message answer_to(const sip::message& request, int status)
    {
        auto made = sip::make_response(*request, status, {}, "mine", them);
        return made ? *made : sip::message();
    }

    void respond()
    {
        if (requests_.empty()) return;
        auto at = requests_.begin();
        std::advance(at, static_cast<std::ptrdiff_t>(decide_.below(requests_.size())));
        const auto made = answer_to(at->second, statuses[decide_.below(std::size(statuses))]);
        const bool gone = lives_.at(at->first).terminated;
        const auto done = table_.respond(at->first, made, now_, actions_);
        require(!gone || !done, "what is gone cannot be answered");
    }

    life& alive(transaction::id t)
    {
        const auto at = lives_.find(t);
        require(at != lives_.end(), "an id is known");
        require(!at->second.terminated, "nothing is heard of what is gone");
        return at->second;
    }

    void carry_out()
    {
        require(table_.size() <= limits::transactions, "the table is bounded");
        for (auto& a : std::exchange(actions_, {}))
            std::visit([this](auto& each) { on(each); }, a);
    }
    void on(transaction::send& a) { require(!a.bytes.empty(), "something is sent"); }
    void on(transaction::deliver& a) { (void)alive(a.transaction); }
    void on(transaction::deliver_request& a)
    {
        if (!a.transaction)
            return require(a.request->method() == sip::method::ack, "only ACK has none");
        require(lives_.emplace(*a.transaction, life{}).second, "an id is used once");
        if (a.request->method() == sip::method::invite) invites_.push_back(*a.transaction);
        requests_.emplace(*a.transaction, std::move(a.request));
    }
    void on(transaction::cancelled& a) { (void)alive(a.invite); }
    void on(transaction::failed& a)
    {
        auto& l = alive(a.transaction);
        require(!l.failed, "it fails once");
        l.failed = true;
    }
    void on(transaction::terminated& a) { alive(a.transaction).terminated = true; }
    void on(transaction::stray_response& a) { require(a.response->is_response(), "a response"); }

    void pass(duration d)
    {
        const time_point end = now_ + d;
        for (int i = 0; const auto next = table_.next_timeout(); ++i)
        {
            if (*next > end) break;
            require(i < 50'000, "time goes on");
            now_ = std::max(now_, *next);
            table_.handle_timeout(now_, actions_);
            carry_out();
        }
        now_ = end;
    }

    fuzz::decisions& decide_;
    transaction::table table_;
    transaction::actions actions_;
    time_point now_{seconds(1)};
    std::map<transaction::id, life> lives_;
    std::map<transaction::id, sip::message> requests_;
    std::vector<transaction::id> ours_, invites_;
    std::vector<std::string> sent_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::decisions d(data, size);
    world w(d);
    for (int steps = 0; !d.empty() && steps < 400; ++steps)
        w.step();
    w.finish();
    return 0;
}
