// A value or the reason why there is none; what every function of the core returns that can fail.
#pragma once

#include "solosip/base/error.hpp"

#include <cassert>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

namespace solosip
{

/// Why, and where: `offset` counts bytes from the beginning of what was parsed (0 where that has
/// no meaning).
struct error
{
    errc code;
    std::uint32_t offset = 0;

    friend bool operator==(const error&, const error&) = default;
};

/// Either a `T` or an `error`. Reading the one that is not there is a bug of the caller.
template <class T>
class [[nodiscard]] result
{
public:
    using value_type = T;

    result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    result(solosip::error e) : held_(std::in_place_index<1>, e) {}
    result(errc e) : held_(std::in_place_index<1>, solosip::error{e}) {}

    bool has_value() const noexcept { return held_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    T& value() &
    {
        assert(has_value());
        return *std::get_if<0>(&held_);
    }
    const T& value() const&
    {
        assert(has_value());
        return *std::get_if<0>(&held_);
    }
    T&& value() && { return std::move(value()); }

    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(value()); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    T value_or(T other) const { return has_value() ? value() : std::move(other); }

    solosip::error error() const
    {
        assert(!has_value());
        return *std::get_if<1>(&held_);
    }
    errc code() const { return error().code; }

private:
    std::variant<T, solosip::error> held_;
};

/// Success or an `error`.
template <>
class [[nodiscard]] result<void>
{
public:
    result() = default;
    result(solosip::error e) : held_(e) {}
    result(errc e) : held_(solosip::error{e}) {}

    bool has_value() const noexcept { return !held_; }
    explicit operator bool() const noexcept { return has_value(); }

    solosip::error error() const
    {
        assert(held_.has_value());
        return *held_;
    }
    errc code() const { return error().code; }

private:
    std::optional<solosip::error> held_;
};

} // namespace solosip
