// A program: text in, image out.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lamina::emulator {

/// NVRTC's result codes in use.
enum Result : int {
    nvrtc_success = 0,
    nvrtc_out_of_memory = 1,
    nvrtc_program_creation = 2,
    nvrtc_invalid_input = 3,
    nvrtc_invalid_program = 4,
    nvrtc_invalid_option = 5,
    nvrtc_compilation = 6,
    nvrtc_builtin_failure = 7,
    nvrtc_late_name_expression = 8,
    nvrtc_early_lowered_name = 9,
    nvrtc_bad_name_expression = 10,
    nvrtc_internal = 11,
};

struct Program {
    std::string text;
    std::string name;
    /// Headers by the name that #include gives.
    std::vector<std::pair<std::string, std::string>> headers;
    /// Instances of kernels asked for, with the names they get in the image.
    std::map<std::string, std::string> expressions;
    bool compiled = false;
    bool is_virtual = false;
    std::string log;
    std::string image;
    std::string ptx;
};

/// Compiles; log, image and ptx are set.
Result compile(Program& program, int option_count, const char* const* options);

}
