#include "solosip/base/error.hpp"

namespace solosip
{
namespace
{

class solosip_category_type final : public std::error_category
{
public:
    const char* name() const noexcept override { return "solosip"; }
    std::string message(int value) const override { return describe(static_cast<errc>(value)); }
    std::error_condition default_error_condition(int value) const noexcept override
    {
        switch (static_cast<errc>(value))
        {
        case errc::busy:
        case errc::declined:
        case errc::forbidden:
        case errc::auth_rejected:
        case errc::rejected:
        case errc::no_common_codec:
        case errc::srtp_required: return make_error_condition(condition::peer_refused);
        case errc::no_answer:
        case errc::server_failure:
        case errc::unreachable:
        case errc::timed_out:
        case errc::media_timeout:
        case errc::dns_failed:
        case errc::address_in_use: return make_error_condition(condition::retryable);
        case errc::not_found:
        case errc::write_failed:
        case errc::redirected:
        case errc::duration_limit:
        case errc::cancelled:
        case errc::transferred:
        case errc::bad_start_line:
        case errc::bad_syntax:
        case errc::bad_number:
        case errc::missing_header:
        case errc::truncated:
        case errc::too_large:
        case errc::too_many:
        case errc::no_space:
        case errc::bad_packet: return make_error_condition(condition::permanent);
        case errc::not_registered:
        case errc::call_in_progress:
        case errc::call_ended:
        case errc::no_such_call:
        case errc::shut_down:
        case errc::bad_uri:
        case errc::bad_header:
        case errc::bad_digit:
        case errc::bad_config:
        case errc::no_such_file:
        case errc::unsupported_audio_file: return make_error_condition(condition::local_misuse);
        }
        return {value, *this};
    }
};

class condition_category_type final : public std::error_category
{
public:
    const char* name() const noexcept override { return "solosip.condition"; }
    std::string message(int value) const override
    {
        switch (static_cast<condition>(value))
        {
        case condition::retryable: return "trying again later may work";
        case condition::permanent: return "trying again will fail again";
        case condition::peer_refused: return "the other side refused";
        case condition::local_misuse: return "the request cannot be carried out as given";
        }
        return "unknown condition";
    }
};

} // namespace

const std::error_category& solosip_category() noexcept
{
    static const solosip_category_type instance;
    return instance;
}

const std::error_category& condition_category() noexcept
{
    static const condition_category_type instance;
    return instance;
}

std::error_code make_error_code(errc e) noexcept
{
    return {static_cast<int>(e), solosip_category()};
}

std::error_condition make_error_condition(condition c) noexcept
{
    return {static_cast<int>(c), condition_category()};
}

const char* describe(errc e) noexcept
{
    switch (e)
    {
    case errc::auth_rejected: return "the login or password was refused";
    case errc::forbidden: return "the server forbids it";
    case errc::not_found: return "there is no such user";
    case errc::busy: return "the other side is busy";
    case errc::declined: return "the other side declined the call";
    case errc::media_timeout: return "nothing is heard of the other side any more";
    case errc::no_answer: return "nobody answered";
    case errc::redirected: return "the other side is somewhere else now";
    case errc::cancelled: return "the call was cancelled before it was answered";
    case errc::rejected: return "the other side refused the request";
    case errc::server_failure: return "the server failed";
    case errc::unreachable: return "the network could not reach the other side";
    case errc::timed_out: return "the other side does not answer at all";
    case errc::dns_failed: return "the host name could not be resolved";
    case errc::transferred: return "the call goes on as another one";
    case errc::duration_limit: return "the longest duration of a call is over";
    case errc::no_common_codec: return "the two sides have no audio codec in common";
    case errc::srtp_required:
        return "the other side does not encrypt the audio, or not in a way that we can";
    case errc::not_registered: return "there is no registration";
    case errc::call_in_progress: return "there is a call already";
    case errc::call_ended: return "the call has ended";
    case errc::no_such_call: return "there is no such call";
    case errc::shut_down: return "the agent has been shut down";
    case errc::bad_uri: return "this is not a SIP URI";
    case errc::bad_header: return "a header may hold no line break, and its name must be a token";
    case errc::bad_digit: return "digits are 0-9, *, #, A-D and !, if the other side takes them";
    case errc::bad_config: return "the configuration is wrong";
    case errc::no_such_file: return "the file cannot be opened";
    case errc::unsupported_audio_file: return "the file is no audio that can be read";
    case errc::address_in_use: return "another program uses this address and port";
    case errc::write_failed: return "the recording cannot be written any further";
    case errc::bad_start_line: return "the first line is neither a request nor a status line";
    case errc::bad_syntax: return "the text does not follow the grammar";
    case errc::bad_number: return "a number is malformed or out of range";
    case errc::missing_header: return "a header that must be there is missing";
    case errc::truncated: return "the text ends too early";
    case errc::too_large: return "a size limit was exceeded";
    case errc::too_many: return "a count limit was exceeded";
    case errc::no_space: return "the buffer is too small";
    case errc::bad_packet: return "the packet is malformed";
    }
    return "unknown error";
}

} // namespace solosip
