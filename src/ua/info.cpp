// Digits by INFO (RFC 6086 legacy usage): application/dtmf-relay and application/dtmf.
#include "solosip/dtmf/info.hpp"
#include "solosip/base/limits.hpp"
#include "ua/call.hpp"
#include "ua/inbox.hpp"

#include <algorithm>

namespace solosip::ua
{
namespace
{

bool is_digits(const sip::media_type& type)
{
    return type.is("application", "dtmf-relay") || type.is("application", "dtmf") ||
           type.is("application", "telephone-event") || type.is("audio", "telephone-event");
}

constexpr milliseconds key_length{160};
// Audio's digit ids count up from 0; these from here.
constexpr std::uint32_t info_ids_begin = 0x8000'0000u;

} // namespace

void call::on_info(const incoming& in, time_point now)
{
    const sip::message_view& m = *in.request;
    const auto type = m.content_type();
    if (m.body().empty() && !type)
    {
        ctx_.respond(in, {200, {}, local_tag_}, now); // RFC 6086 section 4.2.2: "are you there?"
        return;
    }
    if (!type || !(is_digits(*type)))
    {
        // RFC 6086 section 4.2.2 would have 469 for a package; they hear what we do take.
        if (ctx_.takes_requests) return ctx_.requests->offer(in, id_, local_tag_, now);
        ctx_.respond(
            in,
            {415,
             {},
             local_tag_,
             {{"Accept", "application/dtmf-relay, application/dtmf, application/telephone-event"}}},
            now);
        return;
    }
    const auto pressed = dtmf::parse_info(type->subtype, m.body());
    if (!pressed && pressed.code() == errc::cancelled)
    {
        ctx_.respond(in, {200, {}, local_tag_}, now); // the key is still down
        return;
    }
    if (!pressed)
    {
        ctx_.respond(in, {400, "No Key In Body", local_tag_}, now);
        return;
    }
    ctx_.respond(in, {200, {}, local_tag_}, now);
    report_press(pressed->key, pressed->length, digit_method::info, now);
}

// Some press each key in two ways at once.
void call::report_press(char key, milliseconds length, digit_method via, time_point now)
{
    if (merger_.is_new(key, static_cast<unsigned>(via), length, now))
        ctx_.emit(digit{id_, key, length, via});
}

result<media::digits_id> call::send_digits(std::string_view keys, std::optional<digit_method> via,
                                           time_point now)
{
    if (phase_ != phase::established || ended_) return errc::call_ended;
    // RFC 4733 section 2.4.1: no event may be sent that the other side does not list.
    const bool understood = media_.takes_events(keys);
    if (via == digit_method::rtp && media_.can_send_events() && !understood) return errc::bad_digit;
    const bool by_rtp = via ? *via == digit_method::rtp : understood;
    if (by_rtp) return media_.session().send_digits(keys);

    if (keys.empty() || !std::all_of(keys.begin(), keys.end(), dtmf::is_key))
        return errc::bad_digit;
    std::size_t queued = 0;
    for (const auto& job : info_jobs_)
        queued += job.keys.size() - job.next;
    if (queued + keys.size() > limits::digits_to_send) return errc::too_many;
    const auto id = static_cast<media::digits_id>(info_ids_begin + info_count_++);
    info_jobs_.push_back({id, std::string(keys)});
    if (!info_out_) send_next_info(now);
    return id;
}

// Where the other side has changed to somebody without RFC 4733, the rest goes by INFO.
void call::on_digits_finished(const media::digits_finished& sent)
{
    if (sent.left.empty() || phase_ != phase::established || ended_)
    {
        ctx_.emit(digits_sent{id_, sent.item, sent.complete ? errc{} : errc::cancelled});
        return;
    }
    info_jobs_.push_back({sent.item, sent.left});
    // Not here, where somebody polls for an event, and nothing is carried out.
    if (!info_out_) timers_.set(timer::keys_by_info, sent.at);
}

void call::send_next_info(time_point now)
{
    timers_.stop(timer::keys_by_info);
    info_job& job = info_jobs_.front();
    in_dialog info;
    info.method = sip::method::info;
    info.content_type = "application/dtmf-relay";
    info.body = dtmf::make_dtmf_relay(job.keys[job.next++], key_length);
    info_out_ = true;
    send_in_dialog(*chosen_, std::move(info), now);
}

// One at a time: INFOs that overtake each other would change the number dialled.
void call::on_info_done(errc why, time_point now)
{
    info_out_ = false;
    if (info_jobs_.empty()) return;
    const info_job& job = info_jobs_.front();
    if (why != errc{} || job.next == job.keys.size())
    {
        ctx_.emit(digits_sent{id_, job.id, why});
        info_jobs_.pop_front();
    }
    if (!info_jobs_.empty()) send_next_info(now);
}

} // namespace solosip::ua
