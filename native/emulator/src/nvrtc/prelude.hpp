// The text around a program's own: CUDA's language and library for the host's C++ compiler.
#pragma once

#include <string>

namespace lamina::emulator {

/// What comes before the program.
const std::string& prelude();

}
