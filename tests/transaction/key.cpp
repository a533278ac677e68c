#include "transaction/key.hpp"

#include "transaction/support.hpp"

namespace
{

using namespace test;

server_key key_of(const request_text& r)
{
    const auto key = server_key_of(*make(r));
    REQUIRE(key);
    return key.value();
}

request_text with(std::string request_text::*field, std::string value, request_text r = {})
{
    r.*field = std::move(value);
    return r;
}

// From an RFC 2543 element: no cookie in the branch.
request_text old_style()
{
    request_text r;
    r.via = "SIP/2.0/UDP old.example.com;branch=1";
    return r;
}

} // namespace

TEST_CASE("client keys: branch and CSeq method")
{
    const auto invite = client_key_of(*make("INVITE"));
    const auto cancel = client_key_of(*make("CANCEL"));
    REQUIRE(invite);
    REQUIRE(cancel);
    CHECK(invite.value() != cancel.value());
    CHECK(client_key_of(*answer(make("INVITE"), 486)).value() == invite.value());
    CHECK(client_key_of(*answer(make("CANCEL"), 200)).value() == cancel.value());

    // Methods are case-sensitive, and unknown ones are told apart.
    CHECK(client_key_of(*make("FOO")).value() != client_key_of(*make("foo")).value());
    CHECK(!client_key_of(*make(with(&request_text::via, "SIP/2.0/UDP nobranch.example.com"))));
}

TEST_CASE("server keys with the cookie: branch, sent-by and method")
{
    const auto known = key_of({});
    CHECK(known.has_cookie);
    CHECK(is_repeated(known, key_of({})));

    struct row
    {
        const char* via;
        bool same;
    };
    const row rows[] = {
        {"SIP/2.0/UDP CLIENT.example.com;rport;branch=z9hG4bKone", true},
        {"SIP/2.0/UDP client.example.com;branch=z9hG4bKone;rport", true},
        {"SIP/2.0/UDP client.example.com:5070;rport;branch=z9hG4bKone", false},
        {"SIP/2.0/UDP other.example.com;rport;branch=z9hG4bKone", false},
        {"SIP/2.0/UDP client.example.com;rport;branch=z9hG4bKtwo", false},
        {"SIP/2.0/UDP client.example.com;rport;branch=one", false},
    };
    for (const auto& r : rows)
    {
        INFO(r.via);
        CHECK(is_repeated(known, key_of(with(&request_text::via, r.via))) == r.same);
        request_text ack = with(&request_text::via, r.via);
        ack.method = "ACK";
        CHECK(is_ack_for(known, key_of(ack), "any") == r.same);
        request_text cancel = with(&request_text::via, r.via);
        cancel.method = "CANCEL";
        CHECK(is_cancel_for(known, key_of(cancel)) == r.same);
    }
    // The rest of the request does not matter, it may have been changed on its way.
    CHECK(is_repeated(known, key_of(with(&request_text::uri, "sip:else@example.com"))));

    CHECK(!is_repeated(known, key_of(with(&request_text::method, "OPTIONS"))));
    CHECK(!is_ack_for(key_of(with(&request_text::method, "BYE")),
                      key_of(with(&request_text::method, "ACK")), ""));
    CHECK(!is_cancel_for(key_of(with(&request_text::method, "CANCEL")),
                         key_of(with(&request_text::method, "CANCEL"))));
}

TEST_CASE("server keys without the cookie: everything is compared")
{
    const auto known = key_of(old_style());
    CHECK(!known.has_cookie);
    CHECK(is_repeated(known, key_of(old_style())));

    const std::pair<std::string request_text::*, const char*> changes[] = {
        {&request_text::uri, "sip:else@example.com"},
        {&request_text::to_tag, "x"},
        {&request_text::from_tag, "x"},
        {&request_text::call_id, "x"},
        {&request_text::method, "OPTIONS"},
        {&request_text::via, "SIP/2.0/UDP old.example.com;branch=2"},
        {&request_text::via, "SIP/2.0/UDP old.example.com"},
    };
    for (const auto& [field, value] : changes)
    {
        INFO(value);
        CHECK(!is_repeated(known, key_of(with(field, value, old_style()))));
    }
    auto later = old_style();
    later.cseq = 8;
    CHECK(!is_repeated(known, key_of(later)));

    SECTION("ACK has the To tag of our response")
    {
        auto ack = old_style();
        ack.method = "ACK";
        ack.to_tag = "ours";
        CHECK(is_ack_for(known, key_of(ack), "ours"));
        CHECK(!is_ack_for(known, key_of(ack), "theirs"));
        ack.call_id = "x";
        CHECK(!is_ack_for(known, key_of(ack), "ours"));
    }
    SECTION("CANCEL has the To of its request")
    {
        auto cancel = old_style();
        cancel.method = "CANCEL";
        CHECK(is_cancel_for(known, key_of(cancel)));
        cancel.to_tag = "x";
        CHECK(!is_cancel_for(known, key_of(cancel)));
    }
}
