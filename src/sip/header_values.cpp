#include "solosip/sip/header_values.hpp"

#include "sip/parameter_text.hpp"
#include "sip/text.hpp"

#include <array>
#include <limits>

namespace solosip::sip
{
namespace
{

using text::scanner;

// 1*DIGIT below 2^32.
errc scan_u32(scanner& s, std::uint32_t& number)
{
    const std::string_view digits = s.take(text::digit);
    std::uint64_t sum = 0;
    for (const char c : digits)
    {
        sum = sum * 10 + static_cast<std::uint64_t>(c - '0');
        if (sum > std::numeric_limits<std::uint32_t>::max()) return errc::bad_number;
    }
    number = static_cast<std::uint32_t>(sum);
    return digits.empty() ? errc::bad_number : errc{};
}

template <class T>
result<T> parse_with(errc (*scan)(scanner&, T&), std::string_view value)
{
    scanner s(value);
    s.skip_space();
    result<T> r = T{};
    errc code = scan(s, *r);
    if (code == errc{})
    {
        s.skip_space();
        if (!s.done()) code = errc::bad_syntax;
    }
    if (code != errc{}) r = error{code, s.offset()};
    return r;
}

// token *( SEMI generic-param )
errc scan_token_value(scanner& s, token_value& t)
{
    t.token = s.take(text::token);
    return t.token.empty() ? errc::bad_syntax : scan_parameters(s, t.params);
}

// Session-Expires = delta-seconds *( SEMI se-params ), se-params = refresher-param / generic-param
errc scan_session_expires(scanner& s, session_expires& e)
{
    if (const errc code = scan_u32(s, e.seconds); code != errc{}) return code;
    parameters params;
    if (const errc code = scan_parameters(s, params); code != errc{}) return code;
    const auto refresher = params.find("refresher").value_or(std::string_view{});
    if (iequals(refresher, "uac")) e.refresher = session_expires::side::uac;
    if (iequals(refresher, "uas")) e.refresher = session_expires::side::uas;
    return errc{};
}

// RAck = response-num LWS CSeq-num LWS Method
errc scan_rack(scanner& s, rack& r)
{
    if (const errc code = scan_u32(s, r.response_number); code != errc{}) return code;
    if (!s.skip_space()) return errc::bad_syntax;
    if (const errc code = scan_u32(s, r.cseq.number); code != errc{}) return code;
    if (!s.skip_space()) return errc::bad_syntax;
    r.cseq.method_text = s.take(text::token);
    r.cseq.method = method_from(r.cseq.method_text);
    return r.cseq.method_text.empty() ? errc::bad_syntax : errc{};
}

// callid *( SEMI param ), callid = word [ "@" word ]; a word has nearly every visible character but
// not ";" and ",".
errc scan_dialog(scanner& s, dialog_reference& d, std::string_view to, std::string_view from)
{
    const char* start = s.at();
    while (!s.done() && !text::is_space(s.peek()) && s.peek() != ';' && s.peek() != ',')
        s.go(s.at() + 1);
    d.call_id = s.since(start);
    parameters params;
    if (const errc code = scan_parameters(s, params); code != errc{}) return code;
    d.to_tag = params.find(to).value_or(std::string_view{});
    d.from_tag = params.find(from).value_or(std::string_view{});
    d.early_only = params.has("early-only");
    return d.call_id.empty() || d.to_tag.empty() || d.from_tag.empty() ? errc::bad_syntax : errc{};
}

errc scan_replaces(scanner& s, dialog_reference& d)
{
    return scan_dialog(s, d, "to-tag", "from-tag");
}

errc scan_target_dialog(scanner& s, dialog_reference& d)
{
    return scan_dialog(s, d, "local-tag", "remote-tag");
}

// comment = LPAREN *( ctext / quoted-pair / comment ) RPAREN, its content only
bool scan_comment(scanner& s, std::string_view& content)
{
    if (!s.accept('(')) return false;
    const char* start = s.at();
    for (std::size_t depth = 1; !s.done(); s.go(s.at() + 1))
    {
        if (s.peek() == '\\' && s.rest().size() > 1)
            s.go(s.at() + 1);
        else if (s.peek() == '(')
            ++depth;
        else if (s.peek() == ')' && --depth == 0)
        {
            content = s.since(start);
            return s.accept(')');
        }
    }
    return false;
}

// Retry-After = delta-seconds [ comment ] *( SEMI retry-param )
errc scan_retry_after(scanner& s, retry_after& r)
{
    if (const errc code = scan_u32(s, r.seconds); code != errc{}) return code;
    s.skip_space();
    if (s.peek() == '(' && !scan_comment(s, r.comment)) return errc::bad_syntax;
    parameters params;
    if (const errc code = scan_parameters(s, params); code != errc{}) return code;
    const auto duration = params.find("duration");
    if (!duration) return errc{};
    const auto number = parse_number(*duration);
    if (!number) return errc::bad_number;
    r.duration = *number;
    return errc{};
}

// warning-value = warn-code SP warn-agent SP warn-text, warn-code = 3DIGIT
errc scan_warning(scanner& s, warning& w)
{
    std::uint32_t code = 0;
    if (scan_u32(s, code) != errc{} || code < 100 || code > 999) return errc::bad_number;
    w.code = static_cast<std::uint16_t>(code);
    if (!s.skip_space()) return errc::bad_syntax;
    const char* start = s.at();
    while (!s.done() && !text::is_space(s.peek()))
        s.go(s.at() + 1);
    w.agent = s.since(start);
    if (w.agent.empty() || !s.skip_space() || s.peek() != '"') return errc::bad_syntax;
    start = s.at();
    if (!s.skip_quoted()) return errc::bad_syntax;
    w.text = s.since(start);
    return errc{};
}

// 1*DIGIT [ "." *DIGIT ]
std::string_view take_decimal(scanner& s)
{
    const char* start = s.at();
    if (!s.take(text::digit).empty() && s.accept('.')) s.skip(text::digit);
    return s.since(start);
}

// Timestamp = 1*DIGIT [ "." *DIGIT ] [ LWS delay ], delay = *DIGIT [ "." *DIGIT ]
errc scan_timestamp(scanner& s, timestamp& t)
{
    t.time = take_decimal(s);
    if (t.time.empty()) return errc::bad_number;
    if (s.skip_space()) t.delay = take_decimal(s);
    return errc{};
}

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> days = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

template <std::size_t N>
std::size_t index_in(const std::array<std::string_view, N>& names, std::string_view name)
{
    std::size_t i = 0;
    while (i < N && !iequals(names[i], name))
        ++i;
    return i;
}

// Just `length` digits.
bool scan_digits(scanner& s, std::size_t length, int& number)
{
    const std::string_view digits = s.take(text::digit);
    number = 0;
    for (const char c : digits.substr(0, length))
        number = number * 10 + (c - '0');
    return digits.size() == length;
}

bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in(int year, int month)
{
    if (month == 2) return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Days from 1970-01-01 to that date.
std::int64_t day_number(int year, int month, int day)
{
    const std::int64_t before = year - 1;
    std::int64_t number = before * 365 + before / 4 - before / 100 + before / 400 - 719'162;
    for (int m = 1; m < month; ++m)
        number += days_in(year, m);
    return number + day - 1;
}

// rfc1123-date = wkday "," SP date1 SP time SP "GMT"
errc scan_date(scanner& s, std::int64_t& seconds)
{
    int day = 0, year = 0, hour = 0, minute = 0, second = 0;
    if (index_in(days, s.take(text::alpha)) == days.size() || !s.accept(','))
        return errc::bad_syntax;
    if (!s.skip_space() || !scan_digits(s, 2, day) || !s.skip_space()) return errc::bad_syntax;
    const int month = static_cast<int>(index_in(months, s.take(text::alpha))) + 1;
    if (month > 12 || !s.skip_space() || !scan_digits(s, 4, year)) return errc::bad_syntax;
    if (!s.skip_space() || !scan_digits(s, 2, hour) || !s.accept(':')) return errc::bad_syntax;
    if (!scan_digits(s, 2, minute) || !s.accept(':') || !scan_digits(s, 2, second))
        return errc::bad_syntax;
    if (!s.skip_space() || s.take(text::alpha) != "GMT") return errc::bad_syntax;
    // 60 is a leap second.
    if (year < 1 || day < 1 || day > days_in(year, month) || hour > 23 || minute > 59 ||
        second > 60)
        return errc::bad_number;
    seconds = ((day_number(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    return errc{};
}

} // namespace

result<token_value> parse_token_value(std::string_view value)
{
    return parse_with(scan_token_value, value);
}

result<session_expires> parse_session_expires(std::string_view value)
{
    return parse_with(scan_session_expires, value);
}

result<rack> parse_rack(std::string_view value)
{
    return parse_with(scan_rack, value);
}

result<dialog_reference> parse_replaces(std::string_view value)
{
    return parse_with(scan_replaces, value);
}

result<dialog_reference> parse_target_dialog(std::string_view value)
{
    return parse_with(scan_target_dialog, value);
}

result<retry_after> parse_retry_after(std::string_view value)
{
    return parse_with(scan_retry_after, value);
}

result<warning> parse_warning(std::string_view value)
{
    return parse_with(scan_warning, value);
}

result<timestamp> parse_timestamp(std::string_view value)
{
    return parse_with(scan_timestamp, value);
}

result<std::int64_t> parse_date(std::string_view value)
{
    return parse_with(scan_date, value);
}

result<parameters> parse_parameter_list(std::string_view value, char separator)
{
    scanner s(value);
    parameters params;
    if (const errc code = scan_auth_parameters(s, params, separator); code != errc{})
        return error{code, s.offset()};
    return params;
}

} // namespace solosip::sip
