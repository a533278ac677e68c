// Requests of others that the application answers: at most so many, and none for ever.
#pragma once

#include "solosip/ua/request.hpp"
#include "ua/context.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace solosip::ua
{

class inbox
{
public:
    explicit inbox(context& ctx) : ctx_(ctx) {}

    /// Tells the application of `in`, or answers it as RFC 3261 section 8.2.1 wants where nobody
    /// takes requests. `to_tag` is the dialog's.
    void offer(const incoming& in, std::optional<call_id> call, const std::string& to_tag,
               time_point now);
    /// Errors: call_ended where it has been answered, by whomever; bad_config, bad_header.
    result<void> respond(incoming_id id, const response& r, time_point now);

    /// A SUBSCRIBE or REFER of the application's own, outside a call, has made a dialog: NOTIFY in
    /// it is for the application (RFC 6665 section 4.1.2.4), also one that comes before the answer.
    /// Of more than `limits::requests` the oldest is forgotten.
    void expect(const std::string& call_id, const std::string& our_tag);
    void forget(const std::string& call_id);
    bool expects(const sip::message_view& m) const;
    /// Takes what is expected; the last NOTIFY of a subscription ends it.
    void take_expected(const incoming& in, time_point now);

    std::size_t size() const { return waiting_.size(); }
    std::optional<time_point> next_timeout() const;
    void handle_timeout(time_point now);

private:
    struct entry
    {
        sip::message request;
        transaction::id transaction;
        endpoint source, local;
        std::string to_tag;
        time_point until; ///< then it is answered without the application
    };

    struct expectation
    {
        std::string call_id, our_tag;
    };

    void refuse(const incoming& in, const std::string& to_tag, time_point now);

    context& ctx_;
    std::map<incoming_id, entry> waiting_;
    std::vector<expectation> expected_; ///< the oldest in front
    std::uint32_t last_ = 0;
};

} // namespace solosip::ua
