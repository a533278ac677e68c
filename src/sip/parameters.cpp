#include "solosip/sip/parameters.hpp"

#include "sip/parameter_text.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/sip/headers.hpp"

namespace solosip::sip
{
namespace
{

error bad(const text::scanner& s)
{
    return {errc::bad_syntax, s.offset()};
}

// gen-value = token / host / quoted-string
// Base64 and other text without quotes is common, so more than the grammar's characters is taken.
bool skip_gen_value(text::scanner& s)
{
    if (s.peek() == '"') return s.skip_quoted();
    return !s.take(text::value).empty();
}

} // namespace

// generic-param = token [ EQUAL gen-value ]
result<parameters> scan_parameters(text::scanner& s)
{
    const char* start = s.at();
    const char* behind = start;
    for (std::size_t count = 0; s.accept_spaced(';'); ++count)
    {
        if (count == limits::parameters) return error{errc::too_many, s.offset()};
        if (s.take(text::token).empty()) return bad(s);
        if (s.accept_spaced('=') && !skip_gen_value(s)) return bad(s);
        behind = s.at();
    }
    s.skip_space();
    if (!s.done()) return bad(s);
    return parameters({start, static_cast<std::size_t>(behind - start)}, ';');
}

// auth-param = auth-param-name EQUAL ( token / quoted-string )
// Empty elements between commas, which RFC 9110 section 5.6.1 has a reader ignore, are skipped.
result<parameters> scan_auth_parameters(text::scanner& s)
{
    const char* start = s.at();
    std::size_t count = 0;
    do
    {
        s.skip_space();
        if (s.done()) break;
        if (s.peek() == ',') continue;
        if (count++ == limits::parameters) return error{errc::too_many, s.offset()};
        if (s.take(text::token).empty()) return bad(s);
        if (!s.accept_spaced('=')) return bad(s);
        // An empty value without quotes is wrong but harmless: "opaque=," has been seen.
        if (s.peek() != '"')
            s.take(text::value);
        else if (!s.skip_quoted())
            return bad(s);
    } while (s.accept_spaced(','));
    s.skip_space();
    if (!s.done()) return bad(s);
    return parameters(s.since(start), ',');
}

bool next_parameter(std::string_view& rest, char separator, parameter& out)
{
    text::scanner s(rest);
    do
        s.skip_space();
    while (s.accept(separator));
    if (s.done())
    {
        rest = {};
        return false;
    }
    const char* start = s.at();
    const auto ends_name = [&](char c) { return c == '=' || c == separator || text::is_space(c); };
    const char* p = start;
    const char* end = start + s.rest().size();
    while (p != end && !ends_name(*p))
        ++p;
    out.name = {start, static_cast<std::size_t>(p - start)};
    out.value.reset();
    s.go(p);
    if (s.accept_spaced('='))
    {
        start = s.at();
        if (s.peek() != '"' || !s.skip_quoted())
        {
            for (p = start; p != end && *p != separator && !text::is_space(*p);)
                ++p;
            s.go(p);
        }
        out.value = s.since(start);
    }
    // Text that passed the parser has a separator here; in other text, look for one.
    s.skip_space();
    for (p = s.at(); p != end && *p != separator;)
        ++p;
    rest = {p, static_cast<std::size_t>(end - p)};
    return true;
}

std::optional<std::string_view> parameters::find(std::string_view name) const
{
    std::string_view rest = text_;
    for (parameter each; next_parameter(rest, separator_, each);)
        if (iequals(each.name, name)) return each.value.value_or(std::string_view{});
    return std::nullopt;
}

parameters::iterator::iterator(std::string_view rest, char separator)
    : rest_(rest), separator_(separator), done_(false)
{
    ++*this;
}

parameters::iterator& parameters::iterator::operator++()
{
    if (!next_parameter(rest_, separator_, current_)) done_ = true;
    return *this;
}

std::string unquote(std::string_view text)
{
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
    text = text.substr(1, text.size() - 2);
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        out += text[i];
    }
    return out;
}

std::string quote(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text)
    {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out += '"';
}

} // namespace solosip::sip
