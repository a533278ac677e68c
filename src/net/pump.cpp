#include "net/pump.hpp"

#include "net/srtp.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/codecs/g711.hpp"
#include "solosip/codecs/g722.hpp"
#include "solosip/codecs/l16.hpp"
#include "ua/identity.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <variant>

#include <asio/error.hpp>

namespace solosip::net
{

using asio::ip::udp;

namespace
{

// A datagram of UDP over IPv4 cannot be longer.
constexpr std::size_t sip_buffer = 65'536;
// One byte more than is read, so that a packet that is too long is seen to be.
constexpr std::size_t rtp_buffer = limits::rtp_packet_bytes + 1;

const media::codec* codec_named(const config& c, const std::string& name)
{
    for (const media::codec* more : c.media.more_codecs)
        if (more != nullptr && more->info().name == name) return more;
    if (name == "L16/8000") return &codecs::l16_8000();
    for (const media::codec* ours :
         {&codecs::pcma(), &codecs::pcmu(), &codecs::g722(), &codecs::l16_16000()})
        if (ours->info().name == name) return ours;
    return nullptr;
}

bool possible(const config& c)
{
    const auto dscp = [](int value) { return value >= 0 && value <= 63; };
    // An even port has to be among them.
    const auto [lo, hi] = std::pair(c.media.port_lo, c.media.port_hi);
    const bool ports = lo <= hi && (hi == 0 || (lo > 0 && (lo % 2 == 0 || lo < hi)));
    const bool times = c.max_call >= seconds(0) &&
                       (c.session_expires == seconds(0) || c.session_expires >= seconds(90));
    const bool sound = c.media.lead_in >= milliseconds(0) && c.media.lead_in <= seconds(60) &&
                       c.media.pcm_rate >= 1000 && c.media.pcm_rate <= 384'000;
    return times && sound && dscp(c.dscp_sip) && dscp(c.dscp_rtp) && ports &&
           c.request_limit >= seconds(1) && c.request_limit <= seconds(30) &&
           ua::is_instance(c.instance) && !c.media.codecs.empty() &&
           std::all_of(c.media.codecs.begin(), c.media.codecs.end(),
                       [&](const std::string& name) { return codec_named(c, name) != nullptr; });
}

const config& checked(const config& c)
{
    const auto refuse = [](const char* why)
    { throw std::system_error(make_error_code(errc::bad_config), why); };
    if (!possible(c)) refuse("configuration of a solosip agent");
    if (c.media.encryption != srtp_policy::off && srtp() == nullptr)
        refuse("media_options::encryption: build solosip with SOLOSIP_SRTP and libsrtp2");
    return c;
}

} // namespace

pump::pump(const asio::any_io_executor& executor, const config& c, user& u)
    : executor_(executor), config_(checked(c)), user_(u), engine_(settings(), random_),
      strand_(executor), timer_(std::in_place, executor)
{
}

ua::settings pump::settings() const
{
    ua::settings s;
    s.user_agent = config_.user_agent;
    for (const auto& name : config_.media.codecs)
        s.codecs.push_back(codec_named(config_, name));
    s.encryption = config_.media.encryption;
    s.srtp = srtp();
    s.media_limit = config_.media.silence_limit;
    s.lead_in = config_.media.lead_in;
    s.hear_tones = config_.media.hear_tones;
    s.ring_limit = config_.ring_limit;
    s.instance = config_.instance;
    s.learn_contact = config_.learn_contact;
    s.only_registrar_may_call = config_.only_registrar_may_call;
    s.allow_transfers = config_.allow_transfers;
    s.request_limit = config_.request_limit;
    s.session_expires = config_.session_expires;
    s.max_call = config_.max_call;
    s.require_reliable = config_.require_reliable;
    s.log = config_.log;
    return s;
}

// ---- the SIP socket

std::error_code pump::listen(const udp::endpoint& where)
{
    if (!where.address().is_v4()) return errc::bad_config;
    const std::lock_guard lock(mutex_);
    if (local_.port != 0) return errc::bad_config;
    auto port = std::make_shared<udp_port>(executor_, sip_buffer);
    if (const auto ec = port->open(where, config_.dscp_sip); ec)
        return ec == asio::error::address_in_use ? make_error_code(errc::address_in_use) : ec;
    port->want_unreachable();
    local_ = port->local();
    offered_ = std::move(port);
    post([self = user_.self(), this] { (void)adopt(); });
    return {};
}

endpoint pump::local_endpoint() const
{
    const std::lock_guard lock(mutex_);
    return local_;
}

std::error_code pump::ensure_listening()
{
    if (sip_) return {};
    if (const auto ec = adopt(); !ec) return {};
    if (const auto ec = listen({udp::v4(), 0}); ec) return ec;
    return adopt();
}

// Takes over what `listen` has opened.
std::error_code pump::adopt()
{
    std::shared_ptr<udp_port> port;
    {
        const std::lock_guard lock(mutex_);
        port = std::exchange(offered_, nullptr);
    }
    if (closed_ && port) port->close();
    if (closed_) return errc::shut_down;
    if (!port) return sip_ ? std::error_code() : make_error_code(errc::bad_config);
    sip_ = std::move(port);
    sip_->start(*strand_,
                {[self = user_.self(), this](std::span<const std::uint8_t> bytes,
                                             const endpoint& source) { on_sip(bytes, source); },
                 [self = user_.self(), this](const endpoint& to) { on_unreachable(to); }});
    return {};
}

void pump::on_sip(std::span<const std::uint8_t> bytes, const endpoint& source)
{
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto now = present();
    const endpoint local = local_towards(source);
    for (const auto& t : traces_)
        t->message(now, false, local, source, text);
    engine_.receive(text, source, local, now);
    drain();
}

void pump::on_unreachable(const endpoint& to)
{
    engine_.transport_error(to, present());
    drain();
}

endpoint pump::local_towards(const endpoint& peer)
{
    endpoint local = sip_ ? sip_->local() : endpoint{};
    if (local.address.is_unspecified())
        if (const auto address = routes_.local_towards(peer.address, present(), executor_))
            local.address = *address;
    return local;
}

void pump::send(const ua::transmit& t)
{
    if (!sip_) return;
    const auto now = present();
    for (const auto& each : traces_)
        each->message(now, true, local_towards(t.to), t.to, t.bytes);
    const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(t.bytes.data()),
                                              t.bytes.size());
    if (const auto ec = sip_->send(bytes, t.to); ec)
    {
        if (config_.log)
            config_.log(log_level::debug,
                        "cannot send to " + t.to.to_string() + ": " + ec.message());
        // Full buffers are a lost datagram, which is sent again in time.
        const bool passing = ec == asio::error::would_block || ec == asio::error::try_again ||
                             ec == asio::error::no_buffer_space;
        if (!passing) engine_.transport_error(t.to, now);
    }
}

void pump::note(std::string_view text)
{
    const auto now = present();
    for (const auto& each : traces_)
        each->note(now, text);
}

// ---- the RTP socket

// RFC 3550 section 11: an even port; the next one would be RTCP's.
std::error_code pump::open_media_port(udp_port& port) const
{
    auto where = asio::ip::address(asio::ip::address_v4::any());
    if (sip_) where = to_asio(sip_->local()).address();
    const unsigned lo = config_.media.port_lo, hi = config_.media.port_hi;
    std::error_code ec;
    if (hi == 0)
    {
        constexpr int tries = 32; // half of the free ports are even
        for (int i = 0; i < tries; ++i)
        {
            ec = port.open({where, 0}, config_.dscp_rtp);
            if (ec || port.local().port % 2 == 0) return ec;
            port.close();
        }
        return errc::address_in_use;
    }
    const unsigned first = lo + lo % 2;
    const unsigned count = (hi - first) / 2 + 1;
    // Not always the same one: late packets of the last call are not wanted in the next.
    system_random random;
    const unsigned begin = random.below(count);
    for (unsigned i = 0; i < count; ++i)
    {
        const auto number = static_cast<std::uint16_t>(first + 2 * ((begin + i) % count));
        ec = port.open({where, number}, config_.dscp_rtp);
        if (!ec) return {};
    }
    return ec == asio::error::address_in_use ? make_error_code(errc::address_in_use) : ec;
}

// The socket is not connected to where audio goes. A connected one would drop, in the kernel, all
// that comes from another address or port than the peer has announced: that is everything where a
// NAT or a media proxy is in between, and the first packets after a peer has moved. It would save
// the kernel one look into its routing cache for each packet, which cannot be measured at 50 a
// second. Strangers' packets are sorted out by the engine.
std::error_code pump::open_media()
{
    close_media();
    auto port = std::make_shared<udp_port>(executor_, rtp_buffer);
    if (const auto ec = open_media_port(*port); ec) return ec;
    media_ = std::move(port);
    const udp_port::events heard{
        [self = user_.self(), this](std::span<const std::uint8_t> packet, const endpoint& source)
        {
            engine_.receive_media(packet, source, present());
            drain();
        },
        {}};
    media_->start(*strand_, heard);
    // Where the port is taken there are no reports, unless they share the other one.
    auto reports = std::make_shared<udp_port>(executor_, rtp_buffer);
    auto next = to_asio(media_->local());
    next.port(static_cast<std::uint16_t>(next.port() + 1u));
    if (reports->open(next, config_.dscp_rtp)) return {};
    rtcp_ = std::move(reports);
    rtcp_->start(*strand_, heard);
    return {};
}

void pump::close_media()
{
    if (media_) media_->close();
    if (rtcp_) rtcp_->close();
    media_.reset();
    rtcp_.reset();
    rtcp_remote_.reset();
    media_remote_.reset();
}

void pump::send_media()
{
    std::array<std::uint8_t, limits::rtp_packet_bytes> packet;
    while (const std::size_t size = engine_.poll_media(packet))
        if (media_ && media_remote_ && media_remote_->port != 0)
            (void)media_->send({packet.data(), size}, *media_remote_); // lost, as any may be
}

void pump::send_reports()
{
    std::array<std::uint8_t, limits::rtp_packet_bytes> packet;
    while (const std::size_t size = engine_.poll_media_report(packet))
        if (const auto& port = rtcp_mux_ ? media_ : rtcp_;
            port && rtcp_remote_ && rtcp_remote_->port != 0)
            (void)port->send({packet.data(), size}, *rtcp_remote_);
}

// ---- names

std::vector<ua::target> pump::targets_of(const std::vector<endpoint>& remotes)
{
    std::vector<ua::target> targets;
    for (const endpoint& remote : remotes)
        if (targets.size() < limits::targets && !remote.address.is_v6)
            targets.push_back({remote, local_towards(remote)});
    return targets;
}

void pump::look_up(const ua::lookup_wanted& wanted)
{
    constexpr std::uint16_t sip_port = 5060;
    const auto port = wanted.port == 0 ? sip_port : wanted.port;
    if (const auto literal = ip_address::parse(wanted.host))
    {
        const auto targets = targets_of({{*literal, port}});
        if (targets.empty())
            engine_.on_lookup(wanted.id, errc::unreachable, present());
        else
            engine_.on_lookup(wanted.id, targets, present());
        return;
    }
    if (!resolver_) resolver_.emplace(executor_);
    strand_->bind([self = user_.self(), this,
                   id = wanted.id](std::error_code ec, const udp::resolver::results_type& found)
                  { on_names(id, ec, found); },
                  [&](auto handler)
                  {
                      resolver_->async_resolve(udp::v4(), wanted.host, std::to_string(port),
                                               udp::resolver::numeric_service, std::move(handler));
                  });
}

void pump::on_names(ua::lookup_id id, std::error_code ec, const udp::resolver::results_type& found)
{
    if (closed_ || ec == asio::error::operation_aborted) return;
    std::vector<endpoint> remotes;
    for (const auto& each : found)
        remotes.push_back(from_asio(each.endpoint()));
    const auto targets = targets_of(remotes);
    if (ec && config_.log) config_.log(log_level::warning, "name not found: " + ec.message());
    if (ec || targets.empty())
        engine_.on_lookup(id, errc::dns_failed, present());
    else
        engine_.on_lookup(id, targets, present());
    drain();
}

// ---- the loop

void pump::drain()
{
    // What is delivered may end up here again; the loop below goes on for it.
    if (draining_) return;
    draining_ = true;
    for (bool more = true; more;)
    {
        more = false;
        while (const auto t = engine_.poll_transmit())
        {
            send(*t);
            more = true;
        }
        send_reports(); // the goodbye goes before the event that closes the socket
        while (auto e = engine_.poll_event())
        {
            if (const auto* wanted = std::get_if<ua::lookup_wanted>(&*e))
                look_up(*wanted);
            else
                user_.on_event(*e);
            more = true;
        }
        send_media();
    }
    draining_ = false;
    user_.on_quiet();
    arm();
}

// The timer is touched only when its time changes, so that an idle agent sleeps.
void pump::arm()
{
    if (closed_) return;
    const auto next = earlier(engine_.next_timeout(), user_.next_deadline());
    if (next == armed_) return;
    armed_ = next;
    if (!next)
    {
        timer_->cancel();
        return;
    }
    timer_->expires_at(to_steady(*next));
    strand_->bind(
        [self = user_.self(), this](std::error_code ec)
        {
            if (!ec) on_timer();
        },
        [this](auto handler) { timer_->async_wait(std::move(handler)); });
}

void pump::on_timer()
{
    if (closed_) return;
    armed_.reset();
    const auto now = present();
    user_.on_deadline(now);
    engine_.handle_timeout(now);
    drain();
}

void pump::on_network_changed()
{
    if (closed_) return;
    routes_.forget();
    engine_.network_changed(present());
    drain();
}

void pump::close()
{
    if (closed_) return;
    closed_ = true;
    close_media();
    if (sip_) sip_->close();
    sip_.reset();
    (void)adopt();
    timer_->cancel();
    if (resolver_) resolver_->cancel();
    const std::lock_guard lock(mutex_);
    local_ = {};
}

void pump::evict()
{
    close();
    gone_ = true;
    timer_.reset();
    resolver_.reset();
    strand_.reset();
    traces_.clear();
}

} // namespace solosip::net
