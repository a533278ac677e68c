// solosip: calls, answers and registers from the command line.
#include "commands.hpp"

#include <exception>
#include <iostream>

int main(int argc, char** argv)
{
    using namespace solosip::program;
    try
    {
        const auto o = read_command_line(argc, argv);
        if (!o) return 0;
        return o->verb == verb::parse ? run_parse(*o) : run_agent(*o);
    }
    catch (const mistake& m)
    {
        // CLI11 has said itself what is wrong with the command line.
        if (*m.what() != '\0') std::cerr << "solosip: " << m.what() << '\n';
        return m.exit_status();
    }
    catch (const std::exception& e)
    {
        std::cerr << "solosip: " << e.what() << '\n';
        return exit_failed;
    }
}
