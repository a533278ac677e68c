#include "ua/negotiation.hpp"

namespace solosip::ua
{

// RFC 3264 section 8: the version grows by one with each description that differs from the one
// before, a refused one included; all else of the origin stays.
std::string negotiation::say(sdp::description d)
{
    if (said_)
    {
        d.session_id = ours_.session_id;
        d.origin = ours_.origin;
        d.version = ours_.version;
        if (d != ours_) ++d.version;
    }
    said_ = true;
    ours_ = std::move(d);
    sdp::remember(numbers_.ours, ours_);
    return sdp::print(ours_);
}

std::string negotiation::make_offer(const sdp::local_media& local)
{
    state_ = state::local_offer;
    auto text = say(agreed_ ? sdp::make_next_offer(in_force_, *agreed_, local, numbers_)
                            : sdp::make_offer(local, numbers_));
    offered_ = ours_;
    return text;
}

std::string negotiation::repeat_offer(const sdp::local_media& local)
{
    // Keys that were offered and not taken may have been given up since.
    const bool keys_open = local.encryption != srtp_policy::off && agreed_ && !agreed_->srtp;
    if (!agreed_ || keys_open) return make_offer(local);
    state_ = state::local_offer;
    auto text = say(in_force_);
    offered_ = ours_;
    return text;
}

result<void> negotiation::on_answer(std::string_view answer, const sdp::local_media& local)
{
    const auto parsed = sdp::parse(answer);
    if (!parsed) return parsed.error();
    auto agreed = sdp::read_answer(offered_, *parsed, local);
    if (!agreed) return agreed.error();
    // Who was not to hear us cannot say whether it would: then it holds if it did before.
    const auto& line = offered_.media[agreed->media_index];
    if (!sdp::sends(line.direction)) agreed->held_by_peer = held_by_peer();
    agreed_ = std::move(*agreed);
    sdp::remember(numbers_.theirs, *parsed);
    in_force_ = offered_;
    state_ = state::stable;
    return {};
}

result<void> negotiation::consider(std::string_view offer, const sdp::local_media& local)
{
    auto parsed = sdp::parse(offer);
    if (!parsed) return parsed.error();
    sdp::remember(numbers_.theirs, *parsed); // also where it is refused
    const auto answer = sdp::make_answer(*parsed, local);
    if (!answer) return answer.error();
    const auto& keys = answer->agreed.srtp;
    rekeys_ = keys && agreed_ && agreed_->srtp && agreed_->srtp->receive != keys->receive;
    theirs_ = std::move(*parsed);
    state_ = state::remote_offer;
    return {};
}

result<std::string> negotiation::make_answer(const sdp::local_media& local)
{
    if (!theirs_) return errc::missing_header;
    auto answer = sdp::make_answer(*theirs_, local);
    if (!answer) return answer.error();
    theirs_.reset();
    auto text = say(std::move(answer->text));
    agreed_ = std::move(answer->agreed);
    in_force_ = ours_;
    state_ = state::stable;
    return text;
}

std::string negotiation::refuse(std::string_view offer, const sdp::local_media& local)
{
    withdraw();
    const auto parsed = sdp::parse(offer);
    if (!parsed) return {};
    agreed_.reset();
    return say(sdp::refuse(*parsed, local));
}

void negotiation::withdraw()
{
    theirs_.reset();
    state_ = state::stable;
}

} // namespace solosip::ua
