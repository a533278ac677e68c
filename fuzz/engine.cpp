// The whole user agent: any datagrams, answers, commands and times in any order. Never a crash,
// never a call that ends twice or not at all, and nothing left over when everybody has gone silent.
#include "solosip/ua/engine.hpp"
#include "fuzz/decisions.hpp"
#include "fuzz/property.hpp"
#include "solosip/codecs/g711.hpp"
#include "solosip/media/sources.hpp"
#include "tests/support/toy_srtp.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using namespace solosip;
using fuzz::decisions;
using fuzz::require;

namespace
{

constexpr endpoint us{ip_address::v4(192, 0, 2, 1), 5060};
constexpr endpoint them{ip_address::v4(192, 0, 2, 2), 5060};

constexpr std::string_view descriptions[] = {
    "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n",
    "v=0\r\no=- 1 2 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 4000 RTP/AVP "
    "0\r\n",
    "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 4000 "
    "RTP/SAVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 "
    "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n",
    "v=0\r\no=- 1 3 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 4000 "
    "RTP/AVP 8\r\na=sendonly\r\na=crypto:2 AES_CM_128_HMAC_SHA1_32 "
    "inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR\r\n",
    "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=video 4000 RTP/AVP "
    "31\r\n",
    "",
};

class world
{
public:
    explicit world(decisions& d) : decide_(d), random_(1), engine_(config(d.byte()), random_)
    {
        ua::account a;
        a.uri = "sip:me@example.com";
        a.password = "secret";
        (void)engine_.set_account(a);
        engine_.take_requests(decide_.byte() % 2 == 0);
    }

    void step()
    {
        switch (decide_.byte() % 12)
        {
        case 0: deliver(decide_.text(decide_.byte() * 8u)); break;
        case 1:
        case 2: answer_last_request(); break;
        case 3: send_invite(); break;
        case 4:
        case 5: send_in_dialog(); break;
        case 6: send_rtp(); break;
        case 7: pass(milliseconds(decide_.byte() * decide_.byte())); break;
        case 8:
        case 9: command(); break;
        case 10: look_up(); break;
        case 11:
            engine_.transport_error(them, now_);
            drain();
            break;
        }
    }

    void finish()
    {
        engine_.unregister(now_);
        drain();
        for (int i = 0; i < 3; ++i)
        {
            if (const auto c = engine_.current_call()) (void)engine_.hang_up(*c, now_);
            drain();
        }
        // No answer to any lookup comes any more, but the names are known to be wrong.
        for (int i = 0; i < 4; ++i)
        {
            for (const auto id : std::exchange(lookups_, {}))
            {
                engine_.on_lookup(id, errc::dns_failed, now_);
                drain();
            }
            pass(seconds(200));
        }
        require(engine_.live_objects() == 0, "nothing is left over");
        require(!engine_.next_timeout(), "nothing is waited for");
        for (const auto& [id, ends] : calls_)
            require(ends == 1, "a call ends");
        for (const auto& [id, ends] : asked_)
            require(ends == 1, "a request has an answer");
    }

private:
    ua::settings config(std::uint8_t kind) const
    {
        constexpr srtp_policy policies[] = {srtp_policy::off, srtp_policy::off,
                                            srtp_policy::preferred, srtp_policy::required};
        ua::settings s;
        s.encryption = policies[kind % 4];
        s.srtp = &toy_;
        s.codecs = {&codecs::pcma(), &codecs::pcmu()};
        s.allow_transfers = true;
        return s;
    }

    void drain()
    {
        for (bool more = true; more;)
        {
            more = false;
            while (auto t = engine_.poll_transmit())
            {
                more = true;
                if (t->bytes.starts_with("SIP/2.0 "))
                    last_response_ = t->bytes;
                else if (!t->bytes.starts_with("ACK "))
                    last_request_ = t->bytes;
            }
            std::array<std::uint8_t, limits::rtp_packet_bytes> packet;
            while (engine_.poll_media(packet) != 0)
                more = true;
            while (auto e = engine_.poll_event())
            {
                more = true;
                note(*e);
            }
        }
        require(engine_.live_objects() < 2 * limits::transactions, "no growth");
    }

    void note(const ua::event& e)
    {
        if (const auto* wanted = std::get_if<ua::lookup_wanted>(&e)) lookups_.push_back(wanted->id);
        if (const auto* call = std::get_if<ua::incoming_call>(&e)) calls_[call->call] = 0;
        if (const auto* ended = std::get_if<ua::call_ended>(&e))
            require(++calls_[ended->call] == 1, "a call ends once");
        if (const auto* answered = std::get_if<ua::call_answered>(&e))
            require(calls_.at(answered->call) == 0, "no answer behind the end");
        if (const auto* by = std::get_if<ua::call_replaced>(&e); by && !by->invite.empty())
            calls_[by->by] = 0;
        if (const auto* done = std::get_if<ua::request_done>(&e))
            require(++asked_[done->request] == 1, "one answer to a request");
        if (const auto* in = std::get_if<ua::incoming_request>(&e)) theirs_.push_back(in->id);
        if (const auto* done = std::get_if<ua::change_done>(&e))
            require(calls_.at(done->call) == 0, "no change behind the end");
        if (const auto* d = std::get_if<ua::digit>(&e))
            require(calls_.at(d->call) == 0, "no key behind the end");
    }

    void deliver(const std::string& text)
    {
        engine_.receive(text, them, us, now_);
        drain();
    }

    // The lines of `from` with these beginnings.
    static std::string lines(const std::string& from, std::initializer_list<std::string_view> names)
    {
        std::string kept;
        std::size_t at = 0;
        while (at < from.size())
        {
            auto end = from.find("\r\n", at);
            if (end == from.npos || end == at) break;
            const std::string_view line(from.data() + at, end - at);
            for (const auto name : names)
                if (line.starts_with(name)) kept.append(line).append("\r\n");
            at = end + 2;
        }
        return kept;
    }

    static std::string value(const std::string& from, std::string_view name)
    {
        const auto line = lines(from, {name});
        return line.size() > name.size() + 2
                   ? line.substr(name.size(), line.size() - name.size() - 2)
                   : std::string();
    }

    std::string with_body(std::string head)
    {
        const auto body = descriptions[decide_.byte() % std::size(descriptions)];
        if (!body.empty()) head += "Content-Type: application/sdp\r\n";
        head += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
        return head.append(body);
    }

    void answer_last_request()
    {
        static constexpr int statuses[] = {100, 180, 183, 200, 200, 200, 202, 302, 401, 407,
                                           423, 481, 486, 487, 488, 500, 503, 603, 699};
        const int status = statuses[decide_.byte() % std::size(statuses)];
        std::string m = "SIP/2.0 " + std::to_string(status) + " X\r\n";
        m += lines(last_request_, {"Via:", "From:", "Call-ID:", "CSeq:"});
        m += "To: " + value(last_request_, "To: ");
        if (m.find(";tag=", m.rfind("To: ")) == m.npos && status != 100)
            m += ";tag=fork" + std::to_string(decide_.byte() % 3);
        m += "\r\nContact: <sip:them@192.0.2.2>\r\n";
        const auto kind = decide_.byte();
        if (kind % 3 == 0) m += "Record-Route: <sip:192.0.2.2;lr>\r\n";
        if (kind % 5 == 0)
            m += "WWW-Authenticate: Digest realm=\"r\", nonce=\"" +
                 std::to_string(decide_.byte() % 4) + "\", qop=\"auth\"\r\n";
        if (kind % 7 == 0) m += "Min-Expires: " + std::to_string(decide_.byte() * 60) + "\r\n";
        if (kind % 11 == 0) m += decide_.text(40) + "\r\n";
        if (kind % 13 == 0)
            m += "Require: 100rel\r\nRSeq: " + std::to_string(decide_.byte() % 4) + "\r\n";
        if (kind % 4 == 0) m += "Allow: UPDATE\r\nSession-Expires: 90;refresher=uac\r\n";
        if (kind % 17 == 0) m += "Min-SE: " + std::to_string(decide_.byte() * 60) + "\r\n";
        deliver(with_body(m));
    }

    void send_invite()
    {
        static constexpr std::string_view more[] = {
            "", "Require: 100rel\r\n", "Supported: 100rel, timer\r\nSession-Expires: 90\r\n",
            "Allow: UPDATE\r\nSupported: timer\r\nSession-Expires: 9\r\n"};
        const auto chosen = decide_.byte();
        const auto which = std::to_string(chosen % 3);
        deliver(
            with_body("INVITE sip:me@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP "
                      "192.0.2.2:5060;branch=z9hG4bKi" +
                      which + "\r\nFrom: <sip:x@y>;tag=f" + which +
                      "\r\nTo: <sip:me@192.0.2.1>\r\nCall-ID: " + which +
                      "\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:x@192.0.2.2>\r\n" +
                      std::string(more[chosen / 3 % std::size(more)]) + replaces()));
    }

    // Of the last dialog, as we see it from either side.
    std::string replaces()
    {
        if (decide_.byte() % 4 != 0) return {};
        const bool ours = decide_.byte() % 2 == 0;
        const std::string& of = ours ? last_request_ : last_response_;
        const auto tag = [](const std::string& value)
        {
            const auto at = value.find(";tag=");
            return at == value.npos ? std::string("0") : value.substr(at + 5);
        };
        const auto from = tag(value(of, "From: ")), to = tag(value(of, "To: "));
        return "Replaces: " + value(of, "Call-ID: ") + ";to-tag=" + (ours ? from : to) +
               ";from-tag=" + (ours ? "fork0" : from) + "\r\n";
    }

    // From the other end of whatever we last answered, or of what we last sent.
    void send_in_dialog()
    {
        static constexpr std::string_view methods[] = {"ACK",    "BYE",     "INFO",   "INVITE",
                                                       "CANCEL", "OPTIONS", "UPDATE", "PRACK",
                                                       "REFER",  "NOTIFY",  "OWN"};
        const auto method = methods[decide_.byte() % std::size(methods)];
        const bool as_caller = decide_.byte() % 2 == 0;
        const std::string& from = as_caller ? last_response_ : last_request_;
        const bool same_branch = method == "CANCEL" || (method == "ACK" && decide_.byte() % 2 == 0);
        std::string m = std::string(method) + " sip:me@192.0.2.1 SIP/2.0\r\n";
        if (as_caller && same_branch)
            m += lines(from, {"Via:"});
        else
            m += "Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKd" +
                 std::to_string(decide_.byte() % 8) + "\r\n";
        m += "From: " + value(from, as_caller ? "From: " : "To: ");
        if (!as_caller) m += ";tag=fork0";
        m += "\r\nTo: " + value(from, as_caller ? "To: " : "From: ") + "\r\n";
        m += lines(from, {"Call-ID:"});
        m += "CSeq: " + std::to_string(1 + decide_.byte() % 4) + ' ' + std::string(method) +
             "\r\nMax-Forwards: 70\r\nContact: <sip:x@192.0.2.2>\r\n";
        if (method == "REFER")
            m += "Refer-To: <sip:x@192.0.2." + std::to_string(decide_.byte() % 4) +
                 (decide_.byte() % 4 == 0 ? "?Replaces=" + decide_.text(12) : std::string()) +
                 ">\r\n";
        if (method == "NOTIFY")
            return deliver(m + "Event: refer\r\nSubscription-State: " +
                           (decide_.byte() % 2 ? "active" : "terminated") +
                           "\r\nContent-Length: 12\r\n\r\nSIP/2.0 " +
                           std::to_string(100 + decide_.byte() * 3) + '\n');
        if (method == "PRACK") m += "RAck: " + value(last_response_, "RSeq: ") + " 1 INVITE\r\n";
        if (method == "UPDATE") m += "Supported: timer\r\nSession-Expires: 90\r\n";
        if (method == "INFO")
            deliver(m +
                    "Content-Type: application/dtmf-relay\r\nContent-Length: 9\r\n\r\nSignal=5\n");
        else
            deliver(with_body(m));
    }

    void send_rtp()
    {
        std::vector<std::uint8_t> packet{
            0x80, static_cast<std::uint8_t>(decide_.byte() % 2 ? 101 : 8),
            0,    sequence_++,
            0,    0,
            0,    decide_.byte(),
            1,    2,
            3,    4};
        const auto rest = decide_.text(decide_.byte());
        packet.insert(packet.end(), rest.begin(), rest.end());
        engine_.receive_media(packet, them, now_);
        drain();
    }

    void command()
    {
        const auto c = engine_.current_call();
        switch (decide_.byte() % 20)
        {
        case 0:
        {
            ua::call_options o;
            const auto bits = decide_.byte();
            o.follow_redirects = (bits & 1) == 0;
            o.late_offer = (bits & 2) != 0;
            if (const auto made = engine_.call("sip:them@192.0.2.2", o, now_)) calls_[*made] = 0;
            break;
        }
        case 10:
            if (const auto made = engine_.send_request(own_request(), now_)) asked_[*made];
            break;
        case 11:
            if (c)
                if (const auto made = engine_.send_request(*c, own_request(), now_)) asked_[*made];
            break;
        case 12:
            if (!theirs_.empty()) respond();
            break;
        case 13:
            if (c) (void)engine_.transfer(*c, "sip:other@192.0.2.2", now_);
            break;
        case 14:
            if (c)
                if (const auto made = engine_.accept_transfer(*c, now_)) calls_[*made] = 0;
            break;
        case 15:
            if (c) (void)engine_.reject_transfer(*c, 603, now_);
            break;
        case 1:
            if (c) (void)engine_.ring(*c, now_);
            break;
        case 2:
        case 3:
            if (c) (void)engine_.answer(*c, {4002, {}}, now_);
            break;
        case 4:
            if (c) (void)engine_.reject(*c, 300 + decide_.byte() * 2, "no", now_);
            break;
        case 5:
            if (c) (void)engine_.hang_up(*c, now_);
            break;
        case 6:
            if (c) (void)engine_.send_digits(*c, decide_.text(4), now_);
            break;
        case 7:
            if (c)
                (void)engine_.play(*c, std::make_unique<media::silence>(milliseconds(100)),
                                   milliseconds(50), now_);
            break;
        case 8: log_in(); break;
        case 9: engine_.unregister(now_); break;
        case 16:
            if (c) (void)engine_.early_media(*c, {4002, {}}, now_);
            break;
        case 17:
        case 18:
            if (c) (void)engine_.modify(*c, own_change(), now_);
            break;
        case 19: engine_.network_changed(now_); break;
        }
        drain();
    }

    void log_in()
    {
        ua::account a;
        a.uri = "sip:me@example.com";
        a.password = "secret";
        (void)engine_.register_account(a, now_);
    }

    void respond()
    {
        ua::response r;
        r.status = 100 + decide_.byte() * 2;
        (void)engine_.respond(theirs_[decide_.byte() % theirs_.size()], r, now_);
    }

    ua::change own_change()
    {
        ua::change what;
        const auto bits = decide_.byte();
        if (bits & 1) what.hold = (bits & 2) != 0;
        what.by_update = (bits & 4) != 0;
        what.ask = (bits & 8) != 0;
        if (bits & 16) what.media_port = static_cast<std::uint16_t>(4002);
        return what;
    }

    ua::request own_request()
    {
        ua::request r;
        r.method = decide_.byte() % 2 == 0 ? "MESSAGE" : "OWN";
        r.target = "sip:them@192.0.2.2";
        r.body = decide_.text(8);
        return r;
    }

    void look_up()
    {
        if (lookups_.empty()) return;
        const auto id = lookups_.front();
        lookups_.erase(lookups_.begin());
        if (decide_.byte() % 8 == 0)
            engine_.on_lookup(id, errc::dns_failed, now_);
        else
            engine_.on_lookup(id, std::vector<ua::target>{{them, us}}, now_);
        drain();
    }

    void pass(duration d)
    {
        const time_point end = now_ + d;
        // A tick of audio is 20 ms; more deadlines than this in the time would be a busy loop.
        const auto most = 1'000 + 60 * std::chrono::duration_cast<seconds>(d).count();
        for (long long i = 0; const auto next = engine_.next_timeout(); ++i)
        {
            if (*next > end) break;
            require(i < most, "no busy loop");
            now_ = std::max(now_, *next);
            engine_.handle_timeout(now_);
            drain();
        }
        now_ = end;
    }

    support::toy_srtp toy_; // before the engine that uses it
    decisions& decide_;
    seeded_random random_;
    ua::engine engine_;
    time_point now_{seconds(1)};
    std::string last_request_, last_response_;
    std::vector<ua::lookup_id> lookups_;
    std::map<ua::call_id, int> calls_;    // how often has it ended?
    std::map<ua::request_id, int> asked_; // how often has it been answered?
    std::vector<ua::incoming_id> theirs_;
    std::uint8_t sequence_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    decisions d(data, size);
    world w(d);
    for (int steps = 0; !d.empty() && steps < 500; ++steps)
        w.step();
    w.finish();
    return 0;
}
