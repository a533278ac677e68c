// Requests of any method and their answers, as values: inside a call or outside.
#pragma once

#include "solosip/sip/message_view.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace solosip::ua
{

/// A header of the user's own, for requests and responses.
struct header
{
    std::string name, value;
};

/// A request of the application's own, or one that has come in.
struct request
{
    std::string method{}; ///< "MESSAGE", "INFO", or any other token
    /// A SIP URI or a user, as for a call; not looked at inside a call. Of one that came in: the
    /// Request-URI.
    std::string target{};
    std::vector<header> headers{}; ///< ours: besides those that every request has; theirs: all
    std::string content_type{};    ///< empty with a body: text/plain
    std::string body{};
    /// Who sends it, a URI. Of ours outside a call: one of the account's own domain; empty: the
    /// account's, or our address. Not looked at inside a call.
    std::string from{};
    std::string display_name{}; ///< that goes with it; empty: the account's where `from` is empty
};

/// An answer to a request.
struct response
{
    int status = 0;                ///< 200-699; 0 where none came
    std::string reason{};          ///< empty in an answer of ours: the usual words
    std::vector<header> headers{}; ///< ours: besides those that every answer has; theirs: all
    std::string content_type{}, body{};
};

/// Names a request of ours.
enum class request_id : std::uint32_t
{
};
/// Names a request of theirs that waits for its answer.
enum class incoming_id : std::uint32_t
{
};

/// Copies of what a message says; folded values on one line.
request request_of(const sip::message_view& m);
response response_of(const sip::message_view& m);
std::vector<header> headers_of(const sip::message_view& m);

} // namespace solosip::ua
