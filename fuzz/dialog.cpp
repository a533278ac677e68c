// The two sides of one dialog, made from an INVITE and its answer with any Contacts and routes:
// what one side sends belongs to the other's dialog, numbers only grow, and every request can be
// read. Messages that `sip::validate` refuses never come to a dialog.
#include "dialog/dialog.hpp"

#include "fuzz/decisions.hpp"
#include "fuzz/property.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/sip/validation.hpp"

#include <string>

using namespace solosip;
using fuzz::require;

namespace
{

class pair
{
public:
    explicit pair(fuzz::decisions& d) : decide_(d) {}

    void run()
    {
        const auto invite = sip::message::parse(
            "INVITE sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n" +
            from_to("") + "CSeq: " + std::to_string(decide_.byte()) + " INVITE\r\n" + target() +
            routes() + "\r\n");
        if (!is_good(invite)) return;
        const auto answer =
            sip::message::parse("SIP/2.0 " + status() + from_to(";tag=y") + "CSeq: 1 INVITE\r\n" +
                                target() + routes() + "\r\n");
        if (!is_good(answer)) return;
        auto caller = dialog::dialog::from_response(**invite, **answer);
        auto callee = dialog::dialog::from_request(**invite, "y");
        if (!caller || !callee) return;
        for (int i = 0; i < 200 && !decide_.empty(); ++i)
            decide_.below(2) == 0 ? step(*caller, *callee) : step(*callee, *caller);
    }

private:
    static std::string from_to(const std::string& tag)
    {
        return "From: \"A\" <sip:a@192.0.2.1>;tag=x\r\nTo: <sip:b@192.0.2.2>" + tag +
               "\r\nCall-ID: one\r\nMax-Forwards: 70\r\n";
    }
    static bool is_good(const result<sip::message>& m)
    {
        return m.has_value() && sip::validate(**m, sip::demand::necessary).ok();
    }
    std::string status() { return decide_.below(2) == 0 ? "180 Ringing\r\n" : "200 OK\r\n"; }
    std::string target()
    {
        switch (decide_.below(4))
        {
        case 0: return {};
        case 1: return "Contact: " + decide_.text(decide_.below(40)) + "\r\n";
        default: return "Contact: <sip:c" + std::to_string(decide_.byte()) + "@192.0.2.3;x>\r\n";
        }
    }
    std::string routes()
    {
        std::string lines;
        for (auto n = decide_.below(4); n > 0; --n)
            lines += decide_.below(4) == 0
                         ? "Record-Route: " + decide_.text(decide_.below(40)) + "\r\n"
                         : "Record-Route: <sip:p" + std::to_string(n) + "@192.0.2.4" +
                               (decide_.below(3) == 0 ? ">" : ";lr>") +
                               ",\r\n <sip:192.0.2.5;lr>\r\n";
        return lines;
    }

    void step(dialog::dialog& from, dialog::dialog& to)
    {
        if (decide_.below(4) == 0)
        {
            // A refresh, with whatever Contact.
            if (const auto m =
                    sip::message::parse("SIP/2.0 " + status() + from_to(";tag=y") +
                                        "CSeq: 1 INVITE\r\n" + target() + routes() + "\r\n");
                is_good(m))
            {
                if (decide_.below(2) == 0)
                    from.refresh_target(**m);
                else
                    (void)from.confirm(**m);
            }
        }
        require(from.route_set().size() <= limits::route_set, "routes are bounded");

        dialog::request_parts parts;
        parts.method = decide_.below(2) == 0 ? sip::method::bye : sip::method::unknown;
        parts.method_text = "OWN";
        parts.via = "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK2";
        parts.body = decide_.text(decide_.below(30));
        if (!parts.body.empty()) parts.content_type = "a/b";
        const auto before = from.local_cseq();
        const auto made = from.make_request(parts);
        if (!made) return; // a target that cannot be written: an error, and no crash
        const auto& m = **made;
        require(sip::validate(m).ok(), "what we send is good");
        require(m.body() == parts.body, "the body is whole");
        require(to.is_for(m), "it belongs to the other side's dialog");
        require(!from.is_for(m), "and not to ours");
        require(m.cseq() && m.cseq()->number > before, "numbers grow");
        const auto number = m.cseq()->number;
        require(to.accept_remote_cseq(number), "the next number is taken");
        require(number == 0 || !to.accept_remote_cseq(number - 1), "an older one is not");
    }

    fuzz::decisions& decide_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::decisions d(data, size);
    pair(d).run();
    return 0;
}
