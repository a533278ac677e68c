// The peer-to-peer relationship of RFC 3261 section 12: what a request inside a call must look
// like.
#pragma once

#include "solosip/base/result.hpp"
#include "solosip/sip/message.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace solosip::dialog
{

enum class dialog_phase : std::uint8_t
{
    early,     ///< by a provisional response with a To tag
    confirmed, ///< by a 2xx
};

/// What the transaction user adds to an in-dialog request.
struct request_parts
{
    sip::method method = sip::method::bye;
    std::string method_text{}; ///< where `method` is unknown
    std::string via;           ///< the whole value, with a fresh branch
    std::string contact;       ///< the whole value; empty: no Contact line
    /// Nothing: the next number. An ACK takes the INVITE's (section 13.2.2.4).
    std::optional<std::uint32_t> cseq{};
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string content_type{}, body{};
};

/// One dialog, as the side that is "local" sees it.
class dialog
{
public:
    /// The caller's (section 12.1.2), from its INVITE and a response with a To tag.
    /// Errors: missing_header, bad_syntax, too_many.
    static result<dialog> from_response(const sip::message_view& request,
                                        const sip::message_view& response);
    /// The callee's (section 12.1.1), from the INVITE and the tag that our responses carry.
    static result<dialog> from_request(const sip::message_view& request,
                                       std::string_view local_tag);

    /// A 2xx confirms it; the caller's route set and target are taken from the 2xx again (section
    /// 13.2.2.4).
    void confirm() { phase_ = dialog_phase::confirmed; }
    result<void> confirm(const sip::message_view& response);

    dialog_phase phase() const { return phase_; }

    /// Whether an incoming request belongs here: Call-ID and both tags (section 12.2.2).
    bool is_for(const sip::message_view& request) const;
    /// Whether that is the To tag of a response to our INVITE.
    bool has_remote_tag(std::string_view tag) const { return remote_tag_ == tag; }

    /// Section 12.2.2: false for a request older than one that we have seen, to be answered 500.
    bool accept_remote_cseq(std::uint32_t number);

    /// A target refresh request or its 2xx (section 12.2): the Contact replaces the remote target.
    void refresh_target(const sip::message_view& m);

    /// The URI whose host the request goes to: the first route or the remote target
    /// (section 8.1.2).
    std::string_view next_hop() const;

    /// Section 12.2.1.1, for loose and strict first routes. Error: bad_header, too_large.
    result<sip::message> make_request(const request_parts& parts);

    const std::string& call_id() const { return call_id_; }
    const std::string& local_tag() const { return local_tag_; }
    const std::string& remote_target() const { return remote_target_; }
    const std::vector<std::string>& route_set() const { return route_set_; }
    std::uint32_t local_cseq() const { return local_cseq_; }
    /// The next request's number follows this one.
    void set_local_cseq(std::uint32_t n) { local_cseq_ = n; }

private:
    result<void> read_routes(const sip::message_view& m, bool reversed);

    dialog_phase phase_ = dialog_phase::early;
    std::string call_id_;
    std::string local_tag_, remote_tag_;
    std::string local_header_, remote_header_; // From and To values of our requests
    std::string remote_target_;                // a URI
    std::vector<std::string> route_set_;       // name-addr values, the first is the nearest
    std::uint32_t local_cseq_ = 0;
    std::optional<std::uint32_t> remote_cseq_;
};

} // namespace solosip::dialog
