#include "solosip/sip/names.hpp"

#include "solosip/sip/headers.hpp"
#include "support/catch.hpp"

#include <string>

using namespace solosip::sip;

namespace
{

std::string in_case(std::string_view text, bool upper)
{
    std::string out(text);
    for (char& c : out)
        if (upper ? (c >= 'a' && c <= 'z') : (c >= 'A' && c <= 'Z')) c = static_cast<char>(c ^ 32);
    return out;
}

} // namespace

TEST_CASE("every header name is found in any case", "[sip][names]")
{
    for (int i = 1; i < static_cast<int>(header_id::count); ++i)
    {
        const auto id = static_cast<header_id>(i);
        const std::string name(to_string(id));
        CAPTURE(name);
        REQUIRE(!name.empty());
        CHECK(header_id_from(name) == id);
        CHECK(header_id_from(in_case(name, true)) == id);
        CHECK(header_id_from(in_case(name, false)) == id);
        CHECK(header_id_from(name + "x") == header_id::other);
        CHECK(header_id_from("x" + name) == header_id::other);
    }
    CHECK(to_string(header_id::other).empty());
}

TEST_CASE("compact header names", "[sip][names]")
{
    const struct
    {
        std::string_view letter;
        header_id id;
    } table[] = {
        {"a", header_id::accept_contact},
        {"b", header_id::referred_by},
        {"c", header_id::content_type},
        {"d", header_id::request_disposition},
        {"e", header_id::content_encoding},
        {"f", header_id::from},
        {"i", header_id::call_id},
        {"j", header_id::reject_contact},
        {"k", header_id::supported},
        {"l", header_id::content_length},
        {"m", header_id::contact},
        {"o", header_id::event},
        {"r", header_id::refer_to},
        {"s", header_id::subject},
        {"t", header_id::to},
        {"u", header_id::allow_events},
        {"v", header_id::via},
        {"x", header_id::session_expires},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.letter);
        CHECK(header_id_from(each.letter) == each.id);
        CHECK(header_id_from(in_case(each.letter, true)) == each.id);
    }
    for (const std::string_view unknown : {"", "g", "z", "1", ":", "\xff", " ", "To ", "Vi"})
        CHECK(header_id_from(unknown) == header_id::other);
}

TEST_CASE("spelling of the names that differ in more than the first letter", "[sip][names]")
{
    CHECK(to_string(header_id::call_id) == "Call-ID");
    CHECK(to_string(header_id::cseq) == "CSeq");
    CHECK(to_string(header_id::www_authenticate) == "WWW-Authenticate");
    CHECK(to_string(header_id::mime_version) == "MIME-Version");
    CHECK(to_string(header_id::rack) == "RAck");
    CHECK(to_string(header_id::session_expires) == "Session-Expires");
    CHECK(to_string(header_id::target_dialog) == "Target-Dialog");
    CHECK(to_string(header_id::p_charging_vector) == "P-Charging-Vector");
}

TEST_CASE("methods are case-sensitive", "[sip][names]")
{
    for (const method m :
         {method::invite, method::ack, method::bye, method::cancel, method::options,
          method::register_, method::prack, method::update, method::info, method::refer,
          method::message, method::notify, method::subscribe, method::publish})
    {
        CHECK(method_from(to_string(m)) == m);
        CHECK(method_from(in_case(to_string(m), false)) == method::unknown);
    }
    CHECK(to_string(method::register_) == "REGISTER");
    CHECK(to_string(method::unknown).empty());
    CHECK(method_from("") == method::unknown);
    CHECK(method_from("NEWMETHOD") == method::unknown);
}

TEST_CASE("reason phrases", "[sip][names]")
{
    CHECK(reason_phrase(100) == "Trying");
    CHECK(reason_phrase(200) == "OK");
    CHECK(reason_phrase(486) == "Busy Here");
    CHECK(reason_phrase(603) == "Decline");
    CHECK(reason_phrase(299).empty());
    CHECK(reason_phrase(-1).empty());
}
