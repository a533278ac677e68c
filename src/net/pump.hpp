// Sockets, names and one timer around the engine: bytes and the time in, bytes out.
#pragma once

#include "net/addresses.hpp"
#include "net/clock.hpp"
#include "net/udp_port.hpp"
#include "solosip/base/random.hpp"
#include "solosip/config.hpp"
#include "solosip/trace_sink.hpp"
#include "solosip/ua/engine.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/ip/udp.hpp>
#include <asio/steady_timer.hpp>

namespace solosip::net
{

/// It lives on a strand; the members that may be called from any thread say so.
class pump
{
public:
    /// Who hears of events. It owns the pump.
    class user
    {
    public:
        virtual ~user() = default;
        virtual void on_event(ua::event& e) = 0;
        /// Deadlines besides the engine's.
        virtual std::optional<time_point> next_deadline() const = 0;
        virtual void on_deadline(time_point now) = 0;
        /// The engine has nothing more to say for now.
        virtual void on_quiet() = 0;
        /// Keeps it, and so the pump, while sockets and timers wait.
        virtual std::shared_ptr<user> self() = 0;
    };

    /// Throws std::system_error (bad_config).
    pump(const asio::any_io_executor& executor, const config& c, user& u);

    /// Any thread: `f` runs on the strand, later and in the order of the posts.
    template <class F>
    void post(F f)
    {
        if (!gone_) strand_->post(std::move(f));
    }
    /// Any thread. See `agent::listen`.
    std::error_code listen(const asio::ip::udp::endpoint& where);
    /// Any thread.
    endpoint local_endpoint() const;

    ua::engine& engine() { return engine_; }
    const log_sink& log() const { return config_.log; }
    int pcm_rate() const { return config_.media.pcm_rate; }
    bool ring_at_once() const { return config_.ring_at_once; }
    const asio::any_io_executor& executor() const { return executor_; }

    /// To be called before the engine is asked to send something.
    std::error_code ensure_listening();
    /// To be called after the engine was given anything: delivers what it says, arms the timer.
    void drain();

    /// Opens the RTP socket of the present call and begins to receive.
    std::error_code open_media();
    std::uint16_t media_port() const { return media_ ? media_->local().port : 0; }
    void send_media_to(const endpoint& rtp, const endpoint& rtcp, bool one_port)
    {
        media_remote_ = rtp;
        rtcp_remote_ = rtcp;
        rtcp_mux_ = one_port;
    }
    void close_media();
    /// Our addresses may be others now.
    void on_network_changed();

    void add_trace(std::shared_ptr<trace_sink> sink) { traces_.push_back(std::move(sink)); }
    void note(std::string_view text);

    /// Nothing is sent or received any more.
    void close();
    /// The execution context goes: nothing of it may be touched after this.
    void evict();
    bool gone() const { return gone_; }

private:
    ua::settings settings() const;
    std::error_code adopt();
    std::error_code open_media_port(udp_port& port) const;
    endpoint local_towards(const endpoint& peer);
    void on_sip(std::span<const std::uint8_t> bytes, const endpoint& source);
    void on_unreachable(const endpoint& to);
    void send(const ua::transmit& t);
    void send_media();
    void send_reports();
    void look_up(const ua::lookup_wanted& wanted);
    void on_names(ua::lookup_id id, std::error_code ec,
                  const asio::ip::udp::resolver::results_type& found);
    std::vector<ua::target> targets_of(const std::vector<endpoint>& remotes);
    void arm();
    void on_timer();

    asio::any_io_executor executor_;
    config config_;
    user& user_;
    system_random random_;
    ua::engine engine_;

    std::optional<net::strand> strand_;
    std::optional<asio::steady_timer> timer_;
    std::optional<time_point> armed_;
    std::optional<asio::ip::udp::resolver> resolver_;
    net::routes routes_;

    mutable std::mutex mutex_;          ///< guards `offered_` and `local_`
    std::shared_ptr<udp_port> offered_; ///< opened by `listen`, on any thread
    endpoint local_{};

    std::shared_ptr<udp_port> sip_, media_, rtcp_; ///< `rtcp_`: none where its port was taken
    std::optional<endpoint> media_remote_, rtcp_remote_;
    bool rtcp_mux_ = false;
    std::vector<std::shared_ptr<trace_sink>> traces_;
    bool draining_ = false, closed_ = false;
    std::atomic<bool> gone_ = false;
};

} // namespace solosip::net
