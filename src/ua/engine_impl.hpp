// What stands behind `engine`; its commands are spread over several files.
#pragma once

#include "solosip/ua/engine.hpp"
#include "ua/call.hpp"
#include "ua/context.hpp"
#include "ua/inbox.hpp"
#include "ua/registration.hpp"
#include "ua/request.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <type_traits>
#include <vector>

namespace solosip::ua
{

struct engine::impl
{
    impl(settings s, random_source& r) : ctx(std::move(s), r), requests(ctx), registration(ctx)
    {
        ctx.requests = &requests;
    }

    context ctx;
    inbox requests;
    std::list<outgoing_request> sent; ///< requests of ours that wait for their answers
    ua::registration registration;
    std::vector<std::unique_ptr<ua::call>>
        calls; ///< the present one, and what lingers of former ones
    std::uint32_t last_call = 0;
    std::uint32_t last_request = 0;
    endpoint local; ///< of the datagram that is being read

    ua::call* present();
    ua::call* find(call_id id);
    template <class Predicate>
    ua::call* find_if(Predicate p);
    template <class Key>
    outgoing_request* find_sent(Key k);

    /// What the user wants of a call; errc::call_ended where there is none.
    template <class Wish>
    std::invoke_result_t<Wish&, ua::call&> command(call_id c, time_point now, Wish wish);

    void carry_out(time_point now);
    void on_action(transaction::send& a, time_point now);
    void on_action(transaction::deliver& a, time_point now);
    void on_action(transaction::deliver_request& a, time_point now);
    void on_action(transaction::cancelled& a, time_point now);
    void on_action(transaction::failed& a, time_point now);
    void on_action(transaction::terminated& a, time_point now);
    void on_action(transaction::stray_response& a, time_point now);
    void on_initial_request(const incoming& in, time_point now);
    void on_new_invite(const incoming& in, time_point now);
    bool on_replacing_invite(const incoming& in, time_point now);
    void drop_finished();
    bool refuse_stranger(const sip::message_view& m, const endpoint& source);
    bool refuse_lost(const sip::message_view& m, const endpoint& source);
};

template <class Predicate>
ua::call* engine::impl::find_if(Predicate p)
{
    for (const auto& c : calls)
        if (p(*c)) return c.get();
    return nullptr;
}

template <class Wish>
std::invoke_result_t<Wish&, ua::call&> engine::impl::command(call_id c, time_point now, Wish wish)
{
    ua::call* it = find(c);
    if (!it) return errc::call_ended;
    auto done = wish(*it);
    carry_out(now);
    return done;
}

template <class Key>
outgoing_request* engine::impl::find_sent(Key k)
{
    for (auto& each : sent)
        if (each.owns(k)) return &each;
    return nullptr;
}

} // namespace solosip::ua
