// Keys, heard and pressed.
#include "net/core.hpp"
#include "solosip/base/limits.hpp"

#include <algorithm>

namespace solosip::detail
{
namespace
{

void start_reader(const call_ptr& c, digit_reader r)
{
    c->core->post([c, r = std::move(r)]() mutable { c->core->read_digits(*c, std::move(r)); });
}

dtmf_via heard_via(ua::digit_method m)
{
    switch (m)
    {
    case ua::digit_method::rtp: return dtmf_via::rtp;
    case ua::digit_method::info: return dtmf_via::info;
    case ua::digit_method::tone: break;
    }
    return dtmf_via::tone;
}

auto cancel_of(const call_ptr& c)
{
    return [weak = std::weak_ptr(c)](net::operation op)
    {
        if (const auto it = weak.lock()) it->core->cancel_read(*it, op);
    };
}

} // namespace

void read_digit(const call_ptr& c, handler<digit> h)
{
    if (!c) return h.post(errc::no_such_call, {});
    digit_reader r;
    r.id = c->core->watch(h, cancel_of(c));
    r.one = std::move(h);
    start_reader(c, std::move(r));
}

void read_digits(const call_ptr& c, handler<std::string> h, std::size_t most, char terminator,
                 milliseconds idle)
{
    if (!c) return h.post(errc::no_such_call, {});
    digit_reader r;
    r.id = c->core->watch(h, cancel_of(c));
    r.many = std::move(h);
    r.most = std::min(most, limits::digits);
    r.terminator = terminator;
    r.idle = idle;
    start_reader(c, std::move(r));
}

void send_digits(const call_ptr& c, handler<> h, std::string keys, dtmf_via via)
{
    if (!c) return h.post(errc::no_such_call);
    const auto id = c->core->watch(h,
                                   [weak = std::weak_ptr(c)](auto op)
                                   {
                                       if (const auto it = weak.lock())
                                           it->core->cancel_send(*it, op);
                                   });
    c->core->post([c, id, h = std::move(h), keys = std::move(keys), via]() mutable
                  { c->core->send_digits(*c, id, std::move(h), keys, via); });
}

std::string digit_reader::keys() const
{
    std::string text;
    for (const digit& d : taken)
        text += d.key;
    return text;
}

void agent_core::complete(digit_reader& r, std::error_code ec)
{
    if (!r.one) return r.many.post(ec, r.keys());
    r.one.post(ec, r.taken.empty() ? digit{} : r.taken.front());
}

void agent_core::read_digits(call_state& c, digit_reader r)
{
    const auto now = net::present();
    if (r.idle > milliseconds(0)) r.deadline = now + r.idle;
    c.readers.push_back(std::move(r));
    feed_readers(c, now);
    // What was pressed before the end may still be read; then there is nothing to wait for.
    if (const auto ec = refusal(c); ec)
        for (auto& each : std::exchange(c.readers, {}))
            complete(each, ec);
    pump.drain();
}

// The first reader gets what there is; when it is satisfied the next one does.
void agent_core::feed_readers(call_state& c, time_point now)
{
    while (!c.readers.empty())
    {
        digit_reader& r = c.readers.front();
        bool done = r.taken.size() >= r.most;
        while (!done && !c.digits.empty())
        {
            const digit d = c.digits.front();
            c.digits.pop_front();
            if (r.idle > milliseconds(0)) r.deadline = now + r.idle;
            if (!r.one && r.terminator != 0 && d.key == r.terminator)
                done = true;
            else
            {
                r.taken.push_back(d);
                done = r.taken.size() >= r.most;
            }
        }
        if (!done && !(r.deadline && *r.deadline <= now)) break;
        complete(r, {});
        c.readers.pop_front();
    }
    // A reader further behind may run out of patience first.
    for (auto it = c.readers.begin(); it != c.readers.end();)
        if (it->deadline && *it->deadline <= now)
        {
            complete(*it, {});
            it = c.readers.erase(it);
        }
        else
            ++it;
}

void agent_core::cancel_read(call_state& c, net::operation id)
{
    const auto it = std::find_if(c.readers.begin(), c.readers.end(),
                                 [&](const digit_reader& r) { return r.id == id; });
    if (it == c.readers.end()) return;
    digit_reader r = std::move(*it);
    c.readers.erase(it);
    c.digits.insert(c.digits.begin(), r.taken.begin(), r.taken.end());
    r.taken.clear();
    complete(r, asio::error::operation_aborted);
    feed_readers(c, net::present());
    pump.drain();
}

void agent_core::on(ua::digit& e)
{
    if (!current_ || current_->id != e.call) return;
    pump.note(std::string("digit ") + e.key);
    call_state& c = *current_;
    if (c.digits.size() == limits::digits) c.digits.pop_front();
    c.digits.push_back({e.key, e.length, heard_via(e.via)});
    cut_sounds(c, e.key);
    feed_readers(c, net::present());
}

void agent_core::send_digits(call_state& c, net::operation id, handler<> h, const std::string& keys,
                             dtmf_via via)
{
    if (const auto ec = refusal(c); ec) return h.post(ec);
    if (keys.empty()) return h.post({});
    if (via == dtmf_via::tone) return h.post(errc::bad_config);
    std::optional<ua::digit_method> method;
    if (via == dtmf_via::rtp) method = ua::digit_method::rtp;
    if (via == dtmf_via::info) method = ua::digit_method::info;
    const auto item = pump.engine().send_digits(c.id, keys, net::present(), method);
    if (!item) return h.post(item.code());
    c.presses.push_back({*item, id, std::move(h)});
    pump.drain();
}

void agent_core::cancel_send(call_state& c, net::operation id)
{
    for (auto& each : c.presses)
        if (each.id == id && each.h) each.h.post(asio::error::operation_aborted);
}

void agent_core::on(ua::digits_sent& e)
{
    if (!current_ || current_->id != e.call) return;
    auto& presses = current_->presses;
    const auto it = std::find_if(presses.begin(), presses.end(),
                                 [&](const pressing& p) { return p.item == e.item; });
    if (it == presses.end()) return;
    if (e.why == errc::cancelled)
    {
        it->cut = true;
        return;
    }
    pressing done = std::move(*it);
    presses.erase(it);
    if (done.h) done.h.post(e.why == errc{} ? std::error_code() : make_error_code(e.why));
}

} // namespace solosip::detail
