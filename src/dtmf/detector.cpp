#include "dtmf/detector.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace solosip::dtmf
{

namespace
{

constexpr double rate = 8000;
// ITU-T Q.23.
constexpr std::array<double, 8> frequencies{697, 770, 852, 941, 1209, 1336, 1477, 1633};
constexpr std::string_view keypad = "123A456B789C*0#D";

/// -30 dBm0 in each tone; a sine of full scale has +3.14 dBm0 (G.711). Beside its filter's middle
/// a tone seems to be half as strong.
constexpr float quietest_amplitude = 722, quietest_seen = 350;
constexpr float most_twist = 10;        ///< the low group louder: 10 dB, as a ratio of powers
constexpr float most_reverse_twist = 4; ///< the high group louder: 6 dB
constexpr float over_others = 10;       ///< 10 dB
constexpr float purity = 0.75f;         ///< share of the two in all that is heard
constexpr double most_off = 0.018;

struct table
{
    std::array<std::array<float, 200>, 8> cosine, sine;
};

const table& waves()
{
    static const table made = []
    {
        table t{};
        for (std::size_t f = 0; f < frequencies.size(); ++f)
            for (std::size_t i = 0; i < t.sine[f].size(); ++i)
            {
                const double angle =
                    2 * std::numbers::pi * frequencies[f] * static_cast<double>(i) / rate;
                t.cosine[f][i] = static_cast<float>(std::cos(angle));
                t.sine[f][i] = static_cast<float>(std::sin(angle));
            }
        return t;
    }();
    return made;
}

} // namespace

void detector::configure(std::uint32_t sample_rate)
{
    *this = detector();
    every_ = std::max<std::size_t>(sample_rate / 8000, 1);
    waves();
}

void detector::hear(std::span<const std::int16_t> sound)
{
    for (const std::int16_t s : sound)
    {
        group_ += static_cast<float>(s);
        if (++in_group_ < every_) continue;
        recent_[filled_++] = group_ / static_cast<float>(every_);
        group_ = 0;
        in_group_ = 0;
        if (filled_ < window) continue;
        look();
        std::copy(recent_.begin() + hop, recent_.end(), recent_.begin());
        filled_ = window - hop;
    }
}

void detector::look()
{
    std::array<bin, tones> now{};
    float energy = 0;
    for (const float s : recent_)
        energy += s * s;
    std::optional<pair> seen;
    // Where it is quiet there is nothing to look for.
    if (energy > window * quietest_amplitude * quietest_amplitude)
    {
        for (std::size_t f = 0; f < tones; ++f)
            for (std::size_t i = 0; i < window; ++i)
            {
                now[f].in_phase += recent_[i] * waves().cosine[f][i];
                now[f].quadrature -= recent_[i] * waves().sine[f][i];
            }
        seen = find(now);
    }
    const bool pressed = seen && seen == seen_before_ && is_press(*seen, now, energy);
    take(pressed ? seen : std::nullopt);
    seen_before_ = seen;
    before_ = now;
}

/// With what the phase tells of the frequencies.
bool detector::is_press(const pair& p, const std::array<bin, tones>& now, float energy) const
{
    float both = 0;
    for (const std::size_t tone : {p.low, p.high})
    {
        const double hz = off_by(now[tone], before_[tone], tone);
        if (std::abs(hz) > most_off * frequencies[tone]) return false;
        // So much less of a tone is seen beside the middle of the filter.
        const double x = std::numbers::pi * hz * window / rate;
        const double seen = std::abs(x) < 1e-3 ? 1 : std::sin(x) / x;
        const float power = now[tone].power() / static_cast<float>(seen * seen);
        const float least = quietest_amplitude * window / 2;
        if (power < least * least) return false;
        both += power;
    }
    // A sine of amplitude A has the energy A^2 * window / 2 and the power (A * window / 2)^2.
    return both * 2 / window >= purity * energy;
}

std::optional<detector::pair> detector::find(const std::array<bin, tones>& now) const
{
    const auto loudest = [&](std::size_t from)
    {
        const auto begin = now.begin() + static_cast<std::ptrdiff_t>(from);
        return static_cast<std::size_t>(std::max_element(begin, begin + 4,
                                                         [](const bin& a, const bin& b)
                                                         { return a.power() < b.power(); }) -
                                        now.begin());
    };
    const pair p{loudest(0), loudest(4)};
    const float low = now[p.low].power(), high = now[p.high].power();
    const float least = quietest_seen * window / 2;
    if (low < least * least || high < least * least) return std::nullopt;
    if (low > high * most_twist || high > low * most_reverse_twist) return std::nullopt;
    for (std::size_t f = 0; f < tones; ++f)
        if (f != p.low && f != p.high && now[f].power() * over_others > (f < 4 ? low : high))
            return std::nullopt;
    return p;
}

/// The phase turns by the frequency's difference from the nominal one, between two looks; Hz.
double detector::off_by(const bin& now, const bin& before, std::size_t tone) const
{
    const double turned =
        std::atan2(now.quadrature, now.in_phase) - std::atan2(before.quadrature, before.in_phase);
    const double nominal = 2 * std::numbers::pi * frequencies[tone] * hop / rate;
    // The quadrature is counted downwards, and so turns with the signal.
    const double off = std::remainder(turned - nominal, 2 * std::numbers::pi);
    return off * rate / hop / (2 * std::numbers::pi);
}

void detector::take(std::optional<pair> seen)
{
    if (seen && down_ == seen)
    {
        ++hits_;
        misses_ = 0;
        ++length_;
        return;
    }
    if (down_ && ++misses_ >= misses_needed)
    {
        const auto looks = length_ - (misses_needed - 1); // the misses before this one were counted
        if (hits_ >= hits_needed)
            presses_.push({keypad[down_->low * 4 + down_->high - 4],
                           milliseconds(looks * hop * 1000 / 8000 + 16)});
        down_.reset();
    }
    // A few looks are no press: another key may begin at once.
    if (seen && (!down_ || hits_ < hits_needed))
    {
        down_ = seen;
        hits_ = length_ = 1;
        misses_ = 0;
    }
    else if (down_)
    {
        ++length_;
        if (hits_ < hits_needed && misses_ > 1) down_.reset();
    }
    if (misses_ > 0 && length_ >= misses_ && !down_) length_ = 0;
}

} // namespace solosip::dtmf
