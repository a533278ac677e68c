// Somebody calls.
#pragma once

#include "solosip/call.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace solosip
{

/// An incoming call, rung (180) already unless `config::ring_at_once` is off. A cheap copy, like
/// `call`; dropping it neither answers nor refuses.
class invitation
{
public:
    invitation() = default;

    explicit operator bool() const noexcept { return impl_ != nullptr; }

    std::string from() const; ///< the caller's URI
    std::string to() const;   ///< the URI that was called
    std::string display_name() const;
    /// The first header of that name in the INVITE.
    std::optional<std::string> header(std::string_view name) const;

    /// 180 (again).
    void ring(std::vector<solosip::header> headers = {}) const;
    /// Refuses with 300-699; anything else counts as 486.
    void reject(int status = 486, std::string reason = {},
                std::vector<solosip::header> headers = {}) const;

    /// Errors: call_ended where the caller has given up.
    template <class Token = asio::use_awaitable_t<>>
    auto async_answer(Token&& token = Token()) const
    {
        return detail::initiate<call>(executor_, std::forward<Token>(token),
                                      [impl = impl_](detail::any_handler<call> h) mutable
                                      { start_answer(impl, std::move(h)); });
    }

    /// Completes when the call is over, above all when the caller gives up before it is answered.
    template <class Token = asio::use_awaitable_t<>>
    auto async_wait_cancel(Token&& token = Token()) const
    {
        return detail::initiate<ending>(executor_, std::forward<Token>(token),
                                        [impl = impl_](detail::any_handler<ending> h) mutable
                                        { call::start_wait_end(impl, false, std::move(h)); });
    }

private:
    friend class detail::agent_impl;

    invitation(call::impl_ptr impl, asio::any_io_executor executor)
        : impl_(std::move(impl)), executor_(std::move(executor))
    {
    }

    static void start_answer(const call::impl_ptr&, detail::any_handler<call>);

    call::impl_ptr impl_;
    asio::any_io_executor executor_;
};

} // namespace solosip
