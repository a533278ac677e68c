// Requests of others that are neither calls nor anything that the agent answers by itself.
#pragma once

#include "solosip/call.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace solosip
{
namespace detail
{

struct request_state;
using request_ptr = std::shared_ptr<request_state>;

} // namespace detail

/// A handle, cheap to copy: MESSAGE, NOTIFY, INFO, or a method of your own. Whoever has not
/// answered it within `config::request_limit` has let it hear 480.
class incoming_request
{
public:
    /// No request: empty, and answers go nowhere.
    incoming_request() = default;
    explicit operator bool() const noexcept { return state_ != nullptr; }

    const request& operator*() const;
    const request* operator->() const { return &**this; }
    /// The first header of that name; in any case, long or short.
    std::optional<std::string> header(std::string_view name) const;
    std::string from() const; ///< the URI of who sends it
    /// In whose dialog it came; an empty one for a request outside any call.
    solosip::call call() const;

    /// Answers it, once: 200 to 699, or 100 to 199 to ask for patience. With what may not be sent
    /// (a header with a line break) nothing is, and the log says so.
    void respond(int status, std::vector<solosip::header> headers = {},
                 std::string content_type = {}, std::string body = {}) const;

    explicit incoming_request(detail::request_ptr state);

private:
    detail::request_ptr state_;
};

} // namespace solosip
