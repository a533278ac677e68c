#include "solosip/media/sources.hpp"

#include "media/sample_time.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace solosip::media
{

namespace
{

constexpr milliseconds flank_length{5};

} // namespace

// ---- tones --------------------------------------------------------------------------------------

void tones::oscillator::start(double hz, double rate, std::uint64_t position)
{
    const double step = 2 * std::numbers::pi * hz / rate;
    const double angle = step * static_cast<double>(position);
    *this = {std::cos(angle), std::sin(angle), std::cos(step), std::sin(step)};
}

double tones::oscillator::next()
{
    // A rotation costs four multiplications, a sine a hundred.
    const double value = sine;
    const double turned = cosine * step_cosine - sine * step_sine;
    sine = sine * step_cosine + cosine * step_sine;
    cosine = turned;
    return value;
}

tones::tones(std::vector<tone> sequence, bool repeat)
    : sequence_(std::move(sequence)), repeat_(repeat)
{
    // Nothing to repeat would never end and never sound.
    const bool sounds = std::any_of(sequence_.begin(), sequence_.end(),
                                    [](const tone& t) { return t.length > milliseconds(0); });
    if (!sounds) repeat_ = false;
}

void tones::prepare(std::uint32_t sample_rate)
{
    // In the middle it goes on where it is, for another codec was agreed.
    const auto played = rate_ == 0 ? 0 : at_rate(position_, rate_, sample_rate);
    rate_ = sample_rate;
    if (!finished()) begin(played);
}

void tones::begin(std::uint64_t position)
{
    const tone& t = sequence_[at_];
    const auto audible = [this](double hz) { return hz > 0 && hz < rate_ / 2.0; };
    length_ = samples_in(t.length, rate_);
    position_ = std::min(position, length_);
    amplitude_ = audible(t.hz) ? 32767 * std::pow(10, -t.level / 20) : 0;
    first_.start(t.hz, rate_, position_);
    // Of no second sine nothing is heard: its circle begins at 0 and is not turned.
    second_.start(audible(t.second_hz) ? t.second_hz : 0, rate_, position_);
}

double tones::flank() const
{
    const auto whole = static_cast<double>(samples_in(flank_length, rate_));
    const auto edge = static_cast<double>(std::min(position_, length_ - 1 - position_));
    return edge < whole ? edge / whole : 1;
}

std::size_t tones::play(std::span<sample> to)
{
    const auto n =
        static_cast<std::size_t>(std::min<std::uint64_t>(to.size(), length_ - position_));
    for (std::size_t i = 0; i < n; ++i, ++position_)
    {
        const double value = amplitude_ * flank() * (first_.next() + second_.next());
        to[i] = static_cast<sample>(std::lround(std::clamp(value, -32768.0, 32767.0)));
    }
    return n;
}

std::size_t tones::read(std::span<sample> to)
{
    std::size_t done = 0;
    while (done < to.size() && !finished() && rate_ != 0)
    {
        done += play(to.subspan(done));
        if (position_ < length_) break;
        ++at_;
        if (finished() && repeat_) at_ = 0;
        if (!finished()) begin(0);
    }
    return done;
}

// ---- silence ------------------------------------------------------------------------------------

void silence::prepare(std::uint32_t sample_rate)
{
    left_ = rate_ == 0 ? samples_in(length_, sample_rate) : at_rate(left_, rate_, sample_rate);
    rate_ = sample_rate;
}

std::size_t silence::read(std::span<sample> to)
{
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(to.size(), left_));
    std::fill_n(to.begin(), n, sample{0});
    left_ -= n;
    return n;
}

// ---- memory -------------------------------------------------------------------------------------

memory::memory(std::shared_ptr<const std::vector<sample>> pcm, std::uint32_t sample_rate)
    : pcm_(std::move(pcm)), rate_(sample_rate), end_(pcm_->size())
{
}

void memory::prepare(std::uint32_t sample_rate)
{
    if (sample_rate != rate_) at_ = end_;
}

std::size_t memory::read(std::span<sample> to)
{
    const std::size_t n = std::min(to.size(), end_ - at_);
    std::copy_n(pcm_->begin() + static_cast<std::ptrdiff_t>(at_), n, to.begin());
    at_ += n;
    return n;
}

// ---- echo ---------------------------------------------------------------------------------------

namespace
{

constexpr milliseconds longest_echo{100};

/// A ring of the last 100 ms.
struct echo_line
{
    std::vector<sample> ring;
    std::size_t first = 0, size = 0;
    bool closed = false;

    void resize(std::uint32_t rate)
    {
        ring.assign(static_cast<std::size_t>(samples_in(longest_echo, rate)), 0);
        first = size = 0;
    }
    void put(sample s)
    {
        if (ring.empty()) return;
        if (size == ring.size())
        {
            first = (first + 1) % ring.size();
            --size;
        }
        ring[(first + size) % ring.size()] = s;
        ++size;
    }
    sample take()
    {
        const sample s = ring[first];
        first = (first + 1) % ring.size();
        --size;
        return s;
    }
};

class echo_mouth final : public source
{
public:
    explicit echo_mouth(std::shared_ptr<echo_line> line) : line_(std::move(line)) {}
    void prepare(std::uint32_t sample_rate) override { line_->resize(sample_rate); }
    std::size_t read(std::span<sample> to) override
    {
        const std::size_t n = std::min(to.size(), line_->size);
        std::generate_n(to.begin(), n, [this] { return line_->take(); });
        return n;
    }
    bool finished() const override { return line_->closed && line_->size == 0; }

private:
    std::shared_ptr<echo_line> line_;
};

class echo_ear final : public sink
{
public:
    explicit echo_ear(std::shared_ptr<echo_line> line) : line_(std::move(line)) {}
    ~echo_ear() override { line_->closed = true; }
    void prepare(std::uint32_t) override {}
    void write(std::span<const sample> from) override
    {
        for (sample s : from)
            line_->put(s);
    }

private:
    std::shared_ptr<echo_line> line_;
};

} // namespace

echo make_echo()
{
    auto line = std::make_shared<echo_line>();
    return {std::make_unique<echo_mouth>(line), std::make_unique<echo_ear>(line)};
}

} // namespace solosip::media
