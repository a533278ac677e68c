#include "solosip/base/error.hpp"

#include "support/catch.hpp"

#include <set>
#include <string>

using namespace solosip;

namespace
{

constexpr int last = static_cast<int>(errc::bad_packet);

} // namespace

TEST_CASE("every error has a sentence of its own")
{
    std::set<std::string> seen;
    for (int i = 1; i <= last; ++i)
    {
        const std::error_code e = static_cast<errc>(i);
        INFO(i);
        const auto text = e.message();
        CHECK(text != "unknown error");
        CHECK(text.back() != '.');
        CHECK((text[0] >= 'a' && text[0] <= 'z'));
        CHECK(seen.insert(text).second);
    }
    CHECK(std::string(describe(static_cast<errc>(last + 1))) == "unknown error");
    CHECK(std::string(solosip_category().name()) == "solosip");
}

TEST_CASE("every error says what to do about it")
{
    const condition all[] = {condition::retryable, condition::permanent, condition::peer_refused,
                             condition::local_misuse};
    for (int i = 1; i <= last; ++i)
    {
        INFO(describe(static_cast<errc>(i)));
        int matching = 0;
        for (const auto c : all)
            matching += std::error_code(static_cast<errc>(i)) == c;
        CHECK(matching == 1);
    }
    for (const auto c : all)
        CHECK(std::error_code(static_cast<errc>(last + 1)) != c);
}

TEST_CASE("what to do about some errors")
{
    const std::pair<errc, condition> rows[] = {
        {errc::busy, condition::peer_refused},
        {errc::auth_rejected, condition::peer_refused},
        {errc::timed_out, condition::retryable},
        {errc::media_timeout, condition::retryable},
        {errc::unreachable, condition::retryable},
        {errc::address_in_use, condition::retryable},
        {errc::not_found, condition::permanent},
        {errc::bad_syntax, condition::permanent},
        {errc::truncated, condition::permanent},
        {errc::bad_uri, condition::local_misuse},
        {errc::call_in_progress, condition::local_misuse},
    };
    for (const auto& [e, c] : rows)
    {
        INFO(describe(e));
        CHECK(std::error_code(e) == c);
    }
}

TEST_CASE("codes and conditions compare with the enumerations only of their kind")
{
    const std::error_code e = errc::busy;
    CHECK(e == errc::busy);
    CHECK(e != errc::declined);
    CHECK(e != std::errc::connection_refused);
    CHECK(std::string(make_error_condition(condition::retryable).category().name()) ==
          "solosip.condition");
    CHECK(make_error_condition(condition::permanent).message() == "trying again will fail again");
}
