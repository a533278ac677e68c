// Three agents who do whatever they like at any time, over a network that does the same; what they
// are and what they do is drawn from the world's seed.
#pragma once

#include "simulation/node.hpp"
#include "simulation/watcher.hpp"

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace solosip::simulation
{

class script
{
public:
    explicit script(std::uint64_t seed);

    world w;
    watcher watch{w};
    std::array<std::unique_ptr<node>, 3> all;
    bool is_long = false; ///< one whose sessions are long, and so is its end

    /// One of them does something, or the network.
    void act();
    /// The sky clears, and all ways are there again.
    void clear();
    /// Nobody takes part in anything any more.
    void hang_up_all();

    /// What the agents were told and should not have been, a line each.
    const std::vector<std::string>& faults() const { return faults_; }
    /// What does not fit together although the network has been good for so long, a line each.
    std::vector<std::string> disagreements(seconds good_for) const;
    /// Who hears nothing for two seconds although the other side may speak, a line each.
    std::vector<std::string> silences();
    /// The most that an agent has had of everything at once.
    std::size_t most() const { return most_; }
    /// After each step: that, and whether those agree who have nothing to say to each other.
    void measure();

private:
    ua::settings any_settings();
    node& any() { return *all[w.random().below(3)]; }
    node& other_than(const node& who);
    std::string uri_of(const node& who);
    const node* partner_of(const node& who, ua::call_id c) const;
    void check_agreement(const node& who);
    bool by_chance(std::uint32_t one_in) { return w.random().below(one_in) == 0; }
    milliseconds up_to(std::uint32_t ms) { return milliseconds(w.random().below(ms)); }

    void change_weather();
    void change_ways();
    void call_somebody(node& who);
    void take_over(node& who);
    void change_call(node& who);
    void refuse(node& who);
    void transfer(node& who);
    void send_request(node& who);
    void change_manners(node& who);
    void act_in_call(node& who);

    void on_event(node& who, const ua::event& e);
    void on_call_event(const node& who, ua::call_id c, const ua::event& e);
    void decide_transfer(node& who, ua::call_id c);
    void answer_request(node& who, ua::incoming_id id);

    std::uint8_t last_address_ = 20;
    bool audible_ = false;            ///< does RTP get through? It costs most of the time.
    std::set<const node*> unnoticed_; ///< who has another address and does not know
    std::map<const node*, std::set<ua::call_id>> ended_;
    std::vector<std::string> faults_;
    std::size_t most_ = 0;
};

} // namespace solosip::simulation
