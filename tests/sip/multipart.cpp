#include "solosip/sip/multipart.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace solosip;
using namespace solosip::sip;

namespace
{

std::vector<body_part> parts(std::string_view body, std::string_view boundary)
{
    std::vector<body_part> all;
    multipart m(body, boundary);
    while (const auto part = m.next())
        all.push_back(*part);
    return all;
}

media_type type_of(std::string_view text)
{
    const auto type = parse_media_type(text);
    REQUIRE(type);
    return *type;
}

const std::string mixed =
    "preamble --b1\r\n--b1\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b1x\r\n"
    "--b1 \t\r\ncontent-type:\r\n application/sdp\r\nContent-ID: <x>\r\n\r\nv=0\r\ns=-\r\n\r\n"
    "--b1\r\n\r\nplain\r\n--b1--\r\nepilogue\r\n--b1\r\n\r\nno part\r\n";

} // namespace

TEST_CASE("parts, without preamble and epilogue", "[sip][multipart]")
{
    const auto all = parts(mixed, "b1");
    REQUIRE(all.size() == 3);
    CHECK(all[0].content == "Hello\r\n--b1x");
    CHECK(all[0].type()->is("text", "plain"));
    CHECK(all[1].content == "v=0\r\ns=-\r\n");
    CHECK(all[1].type()->is("application", "sdp"));
    CHECK(all[1].header("CONTENT-id") == "<x>");
    CHECK_FALSE(all[1].header("Content").has_value());
    CHECK(all[2].content == "plain");
    CHECK(all[2].headers.empty());
    CHECK(all[2].type()->is("text", "plain"));
}

TEST_CASE("strange multiparts", "[sip][multipart]")
{
    CHECK(parts(mixed, "").empty());
    CHECK(parts(mixed, "b2").empty());
    CHECK(parts("", "b").empty());
    CHECK(parts("--b--\r\n--b\r\n\r\nx", "b").empty());
    CHECK(parts("--b", "b").empty());
    const auto open = parts("--b\n\nno end", "b");
    REQUIRE(open.size() == 1);
    CHECK(open[0].content == "no end");
    const auto headers_only = parts("--b\r\nContent-Type: a/b", "b");
    REQUIRE(headers_only.size() == 1);
    CHECK(headers_only[0].content.empty());
    CHECK(headers_only[0].type()->is("a", "b"));
    const auto empty = parts("--b\r\n\r\n\r\n--b\r\n--b--", "b");
    REQUIRE(empty.size() >= 1);
    CHECK(empty[0].content.empty());
    CHECK(parts("x--b\r\n\r\ny", "b").empty());
    CHECK_FALSE(parts("--b\r\nContent-Type: nonsense\r\n\r\nx\r\n--b--", "b").at(0).type());
}

TEST_CASE("finding the session description", "[sip][multipart]")
{
    const auto whole = find_content("v=0", type_of("Application/SDP"), "application", "sdp");
    CHECK(whole == "v=0");
    CHECK_FALSE(find_content("v=0", type_of("text/plain"), "application", "sdp").has_value());
    CHECK(find_content(mixed, type_of("multipart/mixed;boundary=b1"), "application", "sdp") ==
          "v=0\r\ns=-\r\n");
    CHECK(find_content(mixed, type_of("multipart/mixed;boundary=\"b1\""), "application", "sdp")
              .has_value());
    CHECK_FALSE(find_content(mixed, type_of("multipart/mixed"), "application", "sdp").has_value());

    const std::string nested =
        "--o\r\nContent-Type: multipart/alternative; boundary=\"b1\"\r\n\r\n" + mixed +
        "\r\n--o--\r\n";
    CHECK(find_content(nested, type_of("multipart/signed;boundary=o"), "application", "sdp") ==
          "v=0\r\ns=-\r\n");
    std::string deep = "v=0";
    std::string type = "application/sdp";
    for (int i = 0; i < 4; ++i)
    {
        const std::string boundary = "n" + std::to_string(i);
        deep = "--" + boundary + "\r\nContent-Type: " + type + "\r\n\r\n" + deep + "\r\n--" +
               boundary + "--";
        type = "multipart/mixed;boundary=" + boundary;
        CHECK(find_content(deep, type_of(type), "application", "sdp").has_value() == (i < 3));
    }
    std::string many;
    for (int i = 0; i < 16; ++i)
        many += "--b\r\n\r\nx\r\n";
    many += "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--";
    CHECK_FALSE(find_content(many, type_of("multipart/mixed;boundary=b"), "application", "sdp")
                    .has_value());
}

TEST_CASE("a description for early media is another one (RFC 3959)", "[sip][multipart]")
{
    const std::string body = "--b\r\nContent-Type: application/sdp\r\n"
                             "Content-Disposition: early-session;handling=optional\r\n\r\nearly\r\n"
                             "--b\r\nContent-Type: application/sdp\r\n"
                             "Content-Disposition: Session\r\n\r\nusual\r\n--b--";
    CHECK(find_content(body, type_of("multipart/mixed;boundary=b"), "application", "sdp") ==
          "usual");
    CHECK_FALSE(find_content(body.substr(0, body.find("usual") - 90) + "--b--",
                             type_of("multipart/mixed;boundary=b"), "application", "sdp"));
}
