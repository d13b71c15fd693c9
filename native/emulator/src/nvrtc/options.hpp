// The options of a compilation.
#pragma once

#include <string>
#include <vector>

namespace lamina::emulator {

struct Options {
    /// Compute capability, such as 90.
    unsigned arch = 52;
    /// compute_90 instead of sm_90.
    bool is_virtual = true;
    std::string standard = "c++17";
    /// For the host's compiler: definitions and folders of headers.
    std::vector<std::string> passed_on;
};

/// Architectures of NVRTC 12.6.
extern const std::vector<int> supported_archs;

/// Reads the options; false with a text about the first one that NVRTC would refuse.
bool read_options(int count, const char* const* given, Options& options, std::string& why);

}
