#include "ua/status.hpp"

#include "support/catch.hpp"

using namespace solosip;

TEST_CASE("each refusal says what it means to a caller")
{
    struct row
    {
        int status;
        errc meaning;
    };
    const row rows[] = {
        {302, errc::redirected},
        {400, errc::rejected},
        {401, errc::auth_rejected},
        {403, errc::forbidden},
        {404, errc::not_found},
        {407, errc::auth_rejected},
        {408, errc::no_answer},
        {410, errc::not_found},
        {415, errc::no_common_codec},
        {480, errc::no_answer},
        {486, errc::busy},
        {487, errc::cancelled},
        {488, errc::no_common_codec},
        {500, errc::server_failure},
        {503, errc::server_failure},
        {600, errc::busy},
        {603, errc::declined},
        {604, errc::not_found},
        {606, errc::no_common_codec},
        {607, errc::declined},
        {699, errc::rejected},
    };
    for (const auto& r : rows)
    {
        CAPTURE(r.status);
        CHECK(ua::error_of(r.status) == r.meaning);
    }
}

TEST_CASE("errors say what to do about them")
{
    CHECK(make_error_code(errc::busy) == condition::peer_refused);
    CHECK(make_error_code(errc::timed_out) == condition::retryable);
    CHECK(make_error_code(errc::not_found) == condition::permanent);
    CHECK(make_error_code(errc::bad_uri) == condition::local_misuse);
    CHECK(make_error_code(errc::busy).message() == "the other side is busy");
}
