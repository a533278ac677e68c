// The ";name=value" tail of URIs and header values, and the "name=value," lists of digest headers.
#pragma once

#include "solosip/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace solosip::sip
{

/// One `generic-param` (RFC 3261 section 25.1). `value` is as written, quotes included; nothing
/// where there is no "=".
struct parameter
{
    std::string_view name;
    std::optional<std::string_view> value;
};

/// A view of checked parameter text; finds by scanning, so costs nothing until it is asked.
/// Valid as long as the text it looks into.
class parameters
{
public:
    parameters() = default;
    /// `text` must have passed the parser: empty, or beginning with `separator`.
    parameters(std::string_view text, char separator) : text_(text), separator_(separator) {}

    /// The first parameter of that name (case-insensitive). A parameter without "=" is found with
    /// an empty value.
    std::optional<std::string_view> find(std::string_view name) const;
    bool has(std::string_view name) const { return find(name).has_value(); }

    /// The text as written, leading separator included.
    std::string_view text() const { return text_; }
    bool empty() const { return text_.empty(); }

    class iterator
    {
    public:
        using value_type = parameter;
        using difference_type = std::ptrdiff_t;

        iterator() = default;
        explicit iterator(std::string_view rest, char separator);
        const parameter& operator*() const { return current_; }
        const parameter* operator->() const { return &current_; }
        iterator& operator++();
        iterator operator++(int)
        {
            iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const iterator& a, const iterator& b)
        {
            return a.done_ == b.done_ && a.rest_.size() == b.rest_.size();
        }

    private:
        std::string_view rest_;
        char separator_ = ';';
        bool done_ = true;
        parameter current_;
    };
    iterator begin() const { return iterator(text_, separator_); }
    iterator end() const { return {}; }

private:
    std::string_view text_;
    char separator_ = ';';
};

/// The content of a `quoted-string` with its quotes and backslashes taken away; other text as it
/// is.
std::string unquote(std::string_view text);
/// `text` in quotes, with `"` and `\` escaped (RFC 3261 section 25.1, `quoted-string`).
std::string quote(std::string_view text);

} // namespace solosip::sip
