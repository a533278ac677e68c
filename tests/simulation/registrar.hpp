// A registrar and challenging server, scripted from real parts: digest by the library's verifier.
#pragma once

#include "simulation/peer.hpp"
#include "solosip/auth/digest.hpp"
#include "solosip/ua/engine.hpp"

#include <string>
#include <vector>

namespace solosip::simulation
{

class registrar final : public peer
{
public:
    registrar(world& w, ip_address address,
              std::vector<auth::algorithm> algorithms = {auth::algorithm::md5},
              duration nonce_life = minutes(5));

    // -- what it is like

    std::string password = "secret"; ///< of every user
    bool challenges = true;
    unsigned grants = 3600; ///< seconds, at most
    unsigned least = 0;     ///< below it: 423
    std::string also{};     ///< more lines in the 200: others' bindings
    bool contact_in_200 = true;
    std::vector<std::string> refusals{}; ///< "503 ..." for the next requests, one each

    // -- what it has seen

    struct binding
    {
        std::string contact;
        time_point until;
    };
    std::vector<binding> bindings; ///< added and taken away by accepted requests
    int accepted = 0;

    /// Judges any request like a REGISTER: true when the credentials are right, else it has been
    /// answered (401, or 407 with `proxy`; 403 for a wrong password).
    bool admits(const sip::message& request, bool proxy = false);
    /// Answers a REGISTER.
    void on_register(const sip::message& request);

private:
    seeded_random random_;
    auth::verifier verifier_;
};

/// The account that it knows.
ua::account account_at(const registrar& r, const std::string& user = "alice");

} // namespace solosip::simulation
