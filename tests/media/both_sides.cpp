// What a session lets others hear besides the other end: its own side, and the silence before it.
#include "media/rig.hpp"

using namespace solosip;
using rig::counting;

TEST_CASE("both sides are heard, each for as long as the call lasts")
{
    rig::session s;
    const auto far = std::make_shared<rig::recording>(), near = std::make_shared<rig::recording>(),
               other = std::make_shared<rig::recording>();
    s.start();
    s.media.record(std::make_unique<rig::recorder>(far), std::make_unique<rig::recorder>(near));
    s.media.listen(std::make_unique<rig::recorder>(other));
    CHECK(near->rates == std::vector<std::uint32_t>{8000});
    s.play(std::make_unique<counting>(1000, 800));
    s.run(milliseconds(100));
    CHECK(far->pcm.size() == 800);
    CHECK(other->pcm == far->pcm);
    REQUIRE(near->pcm.size() == 800);
    CHECK(near->pcm[0] == 1000); // as it was before it was coded
    CHECK(near->pcm[799] == 1799);
    // Keys, a hold and a program that stands still are silence there.
    s.press("5");
    s.run(milliseconds(300));
    CHECK(near->pcm.size() == 3200);
    auto how = rig::alaw_stream();
    how.send = false;
    s.start(how);
    s.run(milliseconds(1000));
    CHECK(near->pcm.size() == 11'200);
    s.start();
    s.stall(milliseconds(500));
    s.run(milliseconds(500));
    CHECK(near->pcm.size() == 19'200);
    CHECK(far->pcm.size() == near->pcm.size());
    // Each ends by itself.
    s.media.record(nullptr);
    CHECK((far->closed && near->closed && !other->closed));
    s.run(milliseconds(20));
    CHECK(other->pcm.size() == 19'360);
    s.media.stop();
    CHECK(other->closed);
}

TEST_CASE("only what is sent is recorded, and its rate is that of the codec")
{
    rig::session s;
    const auto near = std::make_shared<rig::recording>();
    s.media.record(nullptr, std::make_unique<rig::recorder>(near));
    CHECK(near->rates.empty());
    s.start();
    CHECK(near->rates == std::vector<std::uint32_t>{8000});
    s.run(milliseconds(40));
    CHECK(near->pcm.size() == 480);
    s.media.stop();
    CHECK(near->closed);
}

TEST_CASE("silence before the first sound, counted from when it could be heard")
{
    const auto before = [](const std::vector<rig::sent>& out)
    {
        std::size_t quiet = 0;
        for (const auto& packet : out)
            for (const auto s : packet.pcm())
            {
                if (s > 100 || s < -100) return quiet;
                ++quiet;
            }
        return quiet;
    };
    auto how = rig::alaw_stream();
    how.lead_in = milliseconds(50);
    {
        rig::session s;
        s.play(std::make_unique<counting>(1000, 1600));
        s.start(how);
        s.run(milliseconds(200));
        CHECK(before(s.out) == 400); // to the sample
    }
    {
        rig::session s; // who is there for longer has heard it already
        s.start(how);
        s.run(milliseconds(100));
        s.out.clear();
        s.play(std::make_unique<counting>(1000, 1600));
        s.run(milliseconds(100));
        CHECK(before(s.out) == 0);
        // Nobody hears: then it begins again.
        how.send = false;
        s.start(how);
        s.run(milliseconds(100));
        how.send = true;
        s.start(how);
        s.out.clear();
        s.play(std::make_unique<counting>(1000, 1600));
        s.run(milliseconds(200));
        CHECK(before(s.out) == 400);
    }
    {
        rig::session s; // a minute at most
        how.lead_in = milliseconds::max();
        s.play(std::make_unique<counting>(1000, 1600));
        s.start(how);
        s.run(seconds(61));
        CHECK(before(s.out) == 60 * 8000);
    }
}
