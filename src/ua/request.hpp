// A request of the application's own outside any call (RFC 3261 section 8.1): where it goes, the
// challenges on the way, the next address where one fails.
#pragma once

#include "solosip/ua/request.hpp"
#include "ua/context.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace solosip::ua
{

/// Whether the application may send that: a token that is no method of the call's or the
/// registration's own, clean headers, a body that has a type. Errors: bad_config, bad_header.
result<void> check_request(const request& r);
/// Whether `r.from` may be said: a SIP URI of `who`'s domain. Error: bad_uri.
result<void> check_sender(const request& r, const identity* who);

/// `request_done` follows exactly once.
///
///     start -> looking -> sent -> done
///                ^          |  401, 407: again; 503, silence: the next address
///                           +--+
class outgoing_request
{
public:
    /// `r` has been checked and its target completed.
    outgoing_request(context& ctx, request_id id, request r);

    void start();
    bool done() const { return done_; }
    bool owns(transaction::id t) const { return transaction_ == t; }
    bool owns(lookup_id l) const { return looking_ == l; }

    void on_targets(const result<std::vector<target>>& targets, time_point now);
    void on_response(const sip::message_view& response, time_point now);
    void on_failure(transaction::failure why, time_point now);

private:
    void send(time_point now);
    std::string sender(const ip_address& local) const;
    bool try_next_target(time_point now);
    void finish(errc why, response answer = {});

    context& ctx_;
    request_id id_;
    request request_;
    bool ours_ = false; ///< does it go through servers of our account?
    bool done_ = false;
    std::optional<lookup_id> looking_;
    std::vector<target> targets_;
    std::size_t target_ = 0;
    std::optional<transaction::id> transaction_;
    auth::client::attempt attempt_;
    std::string call_id_, from_tag_;
    std::uint32_t cseq_ = 0;
};

} // namespace solosip::ua
