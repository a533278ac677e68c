// Messages in a few words, and actions as words, so that a test reads like the RFC's figure.
#pragma once

#include "solosip/transaction/transaction.hpp"

#include "support/catch.hpp"

#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test
{

using namespace solosip;
using namespace solosip::transaction;

inline constexpr time_point start_time = time_point{} + std::chrono::hours(1);
inline const endpoint peer{ip_address::v4(192, 0, 2, 1), 5060};
inline const destination udp{peer, false};
inline const destination tcp{peer, true};

struct request_text
{
    std::string method = "INVITE";
    std::string uri = "sip:bob@example.com";
    std::string via = "SIP/2.0/UDP client.example.com;rport;branch=z9hG4bKone";
    std::string to_tag{};
    std::string call_id = "call@example.com";
    std::string cseq_method{}; // empty: the method
    int cseq = 7;
    std::string from_tag = "alice";
};

inline sip::message make(const request_text& r)
{
    auto m = sip::message::parse(
        r.method + ' ' + r.uri + " SIP/2.0\r\nVia: " + r.via +
        "\r\nMax-Forwards: 70\r\nFrom: <sip:alice@example.com>;tag=" + r.from_tag +
        "\r\nTo: <sip:bob@example.com>" + (r.to_tag.empty() ? "" : ";tag=" + r.to_tag) +
        "\r\nCall-ID: " + r.call_id + "\r\nCSeq: " + std::to_string(r.cseq) + ' ' +
        (r.cseq_method.empty() ? r.method : r.cseq_method) + "\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(m);
    return m.value();
}

inline sip::message make(std::string method)
{
    request_text r;
    r.method = std::move(method);
    return make(r);
}

/// A response to it, with the To tag "bob" (none in 100).
inline sip::message answer(const sip::message& request, int status, std::string_view tag = "bob")
{
    auto m = sip::make_response(*request, status, {}, tag, peer);
    REQUIRE(m);
    return m.value();
}

/// "INVITE" or "180".
inline std::string word(const sip::message_view& m)
{
    return m.is_request() ? std::string(m.method_text()) : std::to_string(m.status());
}

struct to_words
{
    std::string operator()(const send& a) const
    {
        const auto m = sip::message::parse(a.bytes);
        REQUIRE(m);
        return "send " + word(*m.value());
    }
    std::string operator()(const deliver& a) const { return "deliver " + word(*a.response); }
    std::string operator()(const deliver_request& a) const
    {
        return "request " + word(*a.request) + (a.transaction ? "" : " alone");
    }
    std::string operator()(const cancelled&) const { return "cancelled"; }
    std::string operator()(const failed& a) const
    {
        return a.why == failure::timeout ? "failed timeout" : "failed transport";
    }
    std::string operator()(const terminated&) const { return "terminated"; }
    std::string operator()(const stray_response& a) const { return "stray " + word(*a.response); }
};

/// "send INVITE, deliver 180"; the actions are gone afterwards.
inline std::string take(actions& out)
{
    std::string text;
    for (const auto& a : std::exchange(out, {}))
        text += (text.empty() ? "" : ", ") + std::visit(to_words{}, a);
    return text;
}

/// "0.5" seconds after the start.
inline std::string seconds_at(time_point t)
{
    std::ostringstream text;
    text << std::chrono::duration<double>(t - start_time).count();
    return text.str();
}

/// Lets a machine or a table run until it has no timer left: "0.5 send INVITE" a line.
template <class Waits, class OnTimeout>
std::vector<std::string> run_down(const Waits& waits, OnTimeout on_timeout)
{
    std::vector<std::string> lines;
    actions out;
    while (const auto t = waits.next_timeout())
    {
        REQUIRE(lines.size() < 1000);
        on_timeout(*t, out);
        const std::string words = take(out);
        lines.push_back(seconds_at(*t) + (words.empty() ? "" : ' ' + words));
    }
    return lines;
}

inline std::vector<std::string> run_down(table& t)
{
    return run_down(t, [&](time_point now, actions& out) { t.handle_timeout(now, out); });
}

/// Words between spaces.
inline std::vector<std::string> split(const std::string& text)
{
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string w; in >> w;)
        words.push_back(w);
    return words;
}

/// One line of a machine's table: bring it into a state, do one thing, see what it does and where
/// it is then.
struct edge
{
    const char* before; // events
    const char* event;
    const char* actions;
    const char* state;
};

} // namespace test
