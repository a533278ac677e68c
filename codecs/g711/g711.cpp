#include "solosip/codecs/g711.hpp"
