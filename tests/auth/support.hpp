// Requests and challenges in a few words.
#pragma once

#include "solosip/auth/digest.hpp"

#include "support/catch.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace test
{

using namespace solosip;
using namespace solosip::auth;

inline sip::message request(std::string_view method = "REGISTER",
                            std::string_view uri = "sip:example.com", std::string_view body = {})
{
    std::string text(method);
    text.append(" ").append(uri).append(" SIP/2.0\r\n");
    text += "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\nFrom: <sip:a@example.com>;tag=1\r\n"
            "To: <sip:a@example.com>\r\nCall-ID: 1\r\nCSeq: 1 ";
    text.append(method).append("\r\nContent-Length: ").append(std::to_string(body.size()));
    text.append("\r\n\r\n").append(body);
    auto m = sip::message::parse(text);
    REQUIRE(m);
    return m.value();
}

/// A line of each is a whole header line.
inline sip::message response(int status, const std::vector<std::string>& lines)
{
    std::string text = "SIP/2.0 " + std::to_string(status) + " X\r\n";
    for (const auto& line : lines)
        text += line + "\r\n";
    text += "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\nFrom: <sip:a@example.com>;tag=1\r\n"
            "To: <sip:a@example.com>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n"
            "Content-Length: 0\r\n\r\n";
    auto m = sip::message::parse(text);
    REQUIRE(m);
    return m.value();
}

inline sip::message challenged(const std::string& params)
{
    return response(401, {"WWW-Authenticate: Digest " + params});
}

/// The values of that header, one for each line.
inline std::vector<std::string> values(const sip::message& m, sip::header_id id)
{
    std::vector<std::string> found;
    for (std::size_t i = 0; i < m->header_count(); ++i)
        if (m->header(i).id == id) found.emplace_back(m->header(i).value);
    return found;
}

/// The parameter of the only Authorization line, quotes taken away; "-" where absent.
inline std::string param(const sip::message& m, std::string_view name,
                         sip::header_id id = sip::header_id::authorization)
{
    const auto all = values(m, id);
    REQUIRE(all.size() == 1);
    const auto parsed = sip::parse_auth(all.front());
    REQUIRE(parsed);
    return parsed.value().text(name).value_or("-");
}

/// A client with credentials, and one request that it tries.
struct client_bench
{
    explicit client_bench(credentials c = {"alice", "secret"})
    {
        one.set_credentials(std::move(c));
    }

    sip::message authorized(sip::message m = request())
    {
        one.authorize(m);
        return m;
    }

    seeded_random random{1};
    client one{random};
    client::attempt attempt;
};

inline std::string with_nonce(const std::string& nonce, const std::string& more = "")
{
    return "realm=\"r\", nonce=\"" + nonce + "\", qop=\"auth\"" + more;
}

} // namespace test
