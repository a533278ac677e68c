#include "solosip/base/endpoint.hpp"

#include "support/catch.hpp"

#include <string>

using namespace solosip;

TEST_CASE("addresses that are read, and how they are written")
{
    struct row
    {
        const char *text, *written;
        bool is_v6;
    };
    const row rows[] = {
        {"192.0.2.1", "192.0.2.1", false},
        {"0.0.0.0", "0.0.0.0", false},
        {"255.255.255.255", "255.255.255.255", false},
        {"1.20.200.9", "1.20.200.9", false},
        {"::", "::", true},
        {"::1", "::1", true},
        {"1::", "1::", true},
        {"2001:DB8::1", "2001:db8::1", true},
        {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1", true},
        {"fe80::1:2", "fe80::1:2", true},
        {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", true},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", true},
        {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", true},
        {"1:2:3::5:6:7:8", "1:2:3:0:5:6:7:8", true},
        {"0:0:1::", "0:0:1::", true},
        // RFC 5952 section 4.2.3: the longest run, the first of equals.
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1", true},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", true},
        {"1:0:0:2:0:0:3:4", "1::2:0:0:3:4", true},
        // With an IPv4 tail; written so where it is a mapped address (RFC 5952 section 5).
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1", true},
        {"::FFFF:c000:0201", "::ffff:192.0.2.1", true},
        {"64:ff9b::192.0.2.33", "64:ff9b::c000:221", true},
        {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304", true},
        {"1:2:3:4:5::1.2.3.4", "1:2:3:4:5:0:102:304", true},
        {"::1.2.3.4", "::102:304", true},
    };
    for (const auto& r : rows)
    {
        INFO(r.text);
        const auto a = ip_address::parse(r.text);
        REQUIRE(a);
        CHECK(a->is_v6 == r.is_v6);
        CHECK(a->to_string() == r.written);
        const auto again = ip_address::parse(a->to_string());
        REQUIRE(again);
        CHECK(*again == *a);
    }
}

TEST_CASE("what is no address")
{
    const char* const rows[] = {
        "",
        " ",
        "1",
        "1.2",
        "1.2.3",
        "1.2.3.",
        ".1.2.3.4",
        "1.2.3.4.",
        "1.2.3.4.5",
        "1.2..4",
        "256.1.1.1",
        "1.1.1.999",
        "01.2.3.4",
        "1.2.3.00",
        "1.2.3.+4",
        "1.2.3.-4",
        "1.2.3.4 ",
        " 1.2.3.4",
        "1.2.3.0x4",
        "1,2,3,4",
        "example.com",
        "[::1]",
        ":",
        ":::",
        "1:",
        ":1",
        "1:2",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8:",
        ":1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4::5:6:7:8",
        "1::2::3",
        "1:::2",
        "::12345",
        "::g",
        "::-1",
        "::+1",
        "::0x1",
        "::1%eth0",
        "fe80::1%1",
        "::1 ",
        "::1.2.3",
        "::1.2.3.4.5",
        "::1.2.3.4:5",
        "1.2.3.4::",
        "::256.1.1.1",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1:2:3:4:5:6::1.2.3.4",
        "::01.2.3.4",
    };
    for (const auto* text : rows)
    {
        INFO('"' << text << '"');
        const auto a = ip_address::parse(text);
        REQUIRE(!a);
        CHECK(a.code() == errc::bad_syntax);
    }
    CHECK(!ip_address::parse(std::string_view("1.2.3.4\0", 8)));
    CHECK(!ip_address::parse(std::string_view{}));
}

TEST_CASE("reading stops at the end of the view")
{
    CHECK(ip_address::parse(std::string_view("192.0.2.123", 10))->to_string() == "192.0.2.12");
    CHECK(ip_address::parse(std::string_view("::12", 3))->to_string() == "::1");
}

TEST_CASE("special addresses")
{
    struct row
    {
        const char* text;
        bool loopback, unspecified;
    };
    const row rows[] = {
        {"127.0.0.1", true, false},
        {"127.255.0.9", true, false},
        {"128.0.0.1", false, false},
        {"0.0.0.0", false, true},
        {"::1", true, false},
        {"::", false, true},
        {"::2", false, false},
        {"1::1", false, false},
        {"::ffff:127.0.0.1", true, false},
        {"::ffff:128.0.0.1", false, false},
    };
    for (const auto& r : rows)
    {
        INFO(r.text);
        const auto a = ip_address::parse(r.text);
        REQUIRE(a);
        CHECK(a->is_loopback() == r.loopback);
        CHECK(a->is_unspecified() == r.unspecified);
    }
}

TEST_CASE("endpoints")
{
    const endpoint a{ip_address::v4(192, 0, 2, 1), 5060};
    CHECK(a.to_string() == "192.0.2.1:5060");
    const endpoint b{*ip_address::parse("2001:db8::1"), 65535};
    CHECK(b.to_string() == "[2001:db8::1]:65535");
    CHECK(host_text(a.address) == "192.0.2.1");
    CHECK(host_text(b.address) == "[2001:db8::1]");
    CHECK(a == endpoint{ip_address::v4(192, 0, 2, 1), 5060});
    CHECK(a != endpoint{ip_address::v4(192, 0, 2, 1), 5061});
    CHECK(a != endpoint{ip_address::v4(192, 0, 2, 2), 5060});
    CHECK(ip_address::v4(0, 0, 0, 0) != *ip_address::parse("::"));
}
