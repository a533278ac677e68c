#include "solosip/sip/parameters.hpp"

#include "sip/parameter_text.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/sip/headers.hpp"

namespace solosip::sip
{
namespace
{

// gen-value = token / host / quoted-string
// Base64 and other text without quotes is common, so more than the grammar's characters is taken.
bool skip_gen_value(text::scanner& s)
{
    if (s.peek() == '"') return s.skip_quoted();
    return !s.take(text::value).empty();
}

} // namespace

// generic-param = token [ EQUAL gen-value ]
errc scan_parameters(text::scanner& s, parameters& out)
{
    const char* start = s.at();
    const char* behind = start;
    for (std::size_t count = 0; s.accept_spaced(';'); ++count)
    {
        if (count == limits::parameters) return errc::too_many;
        if (s.take(text::token).empty()) return errc::bad_syntax;
        if (s.accept_spaced('=') && !skip_gen_value(s)) return errc::bad_syntax;
        behind = s.at();
    }
    s.skip_space();
    if (!s.done()) return errc::bad_syntax;
    out = parameters({start, static_cast<std::size_t>(behind - start)}, ';');
    return errc{};
}

// auth-param = auth-param-name EQUAL ( token / quoted-string )
// Empty elements between commas, which RFC 9110 section 5.6.1 has a reader ignore, are skipped.
errc scan_auth_parameters(text::scanner& s, parameters& out, char separator)
{
    const char* start = s.at();
    std::size_t count = 0;
    do
    {
        s.skip_space();
        if (s.done()) break;
        if (s.peek() == separator) continue;
        if (count++ == limits::parameters) return errc::too_many;
        if (s.take(text::token).empty()) return errc::bad_syntax;
        if (!s.accept_spaced('=')) return errc::bad_syntax;
        // An empty value without quotes is wrong but harmless: "opaque=," has been seen.
        if (s.peek() != '"')
            s.take(text::value);
        else if (!s.skip_quoted())
            return errc::bad_syntax;
    } while (s.accept_spaced(separator));
    s.skip_space();
    if (!s.done()) return errc::bad_syntax;
    out = parameters(s.since(start), separator);
    return errc{};
}

namespace
{

// Past the separators and the white space before a parameter; false at the end.
bool to_parameter(text::scanner& s, char separator)
{
    while (!s.done() && (s.peek() == separator || text::is_space(s.peek())))
        s.go(s.at() + 1);
    return !s.done();
}

void skip_until(text::scanner& s, char separator)
{
    while (!s.done() && s.peek() != separator)
        s.go(s.at() + 1);
}

std::string_view take_value(text::scanner& s, char separator)
{
    const char* start = s.at();
    if (s.peek() == '"' && s.skip_quoted()) return s.since(start);
    // Between "&"s, that character is no part of a value.
    if (separator != '&') s.skip(text::value);
    while (!s.done() && s.peek() != separator && !text::is_space(s.peek()))
        s.go(s.at() + 1);
    return s.since(start);
}

bool ends_name(const text::scanner& s, char separator)
{
    return s.done() || s.peek() == separator || s.peek() == '=' || text::is_space(s.peek());
}

} // namespace

bool next_parameter(std::string_view& rest, char separator, parameter& out)
{
    text::scanner s(rest);
    const bool found = to_parameter(s, separator);
    if (found)
    {
        const char* start = s.at();
        s.skip(text::name);
        // Of the characters that may end a name, only the separator in use does so here.
        while (!ends_name(s, separator))
            s.go(s.at() + 1);
        out.name = s.since(start);
        out.value.reset();
        if (s.accept_spaced('=')) out.value = take_value(s, separator);
        // Text that passed the parser has a separator here; in other text, look for one.
        skip_until(s, separator);
    }
    rest = s.rest();
    return found;
}

std::optional<std::string_view> parameters::find(std::string_view name) const
{
    text::scanner s(text_);
    while (to_parameter(s, separator_))
    {
        const std::string_view rest = s.rest();
        if (rest.size() >= name.size() &&
            (text::same_bytes(rest.data(), name.data(), name.size()) ||
             iequals(rest.substr(0, name.size()), name)))
        {
            s.go(s.at() + name.size());
            if (ends_name(s, separator_))
            {
                if (s.accept_spaced('=')) return take_value(s, separator_);
                return std::string_view{};
            }
        }
        s.skip(text::name);
        while (!ends_name(s, separator_))
            s.go(s.at() + 1);
        if (s.accept_spaced('=')) take_value(s, separator_);
        skip_until(s, separator_);
    }
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
