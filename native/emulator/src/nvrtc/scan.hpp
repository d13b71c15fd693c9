// Finding kernels in a program's text, without a parser: CUDA words in a text that is otherwise C++.
#pragma once

#include <string>
#include <vector>

namespace lamina::emulator {

struct KernelName {
    std::string name;
    /// What __launch_bounds__ says, as written; empty without.
    std::string bounds;
};

/// Kernels that a preprocessed text defines, in order, each once.
std::vector<KernelName> kernels_in(const std::string& text);

/// The same program with dynamic shared memory, extern __shared__ T name[], as pointers to where the prelude has it. Lines stay lines.
std::string with_dynamic_shared(const std::string& text);

/// True if the text has lines for the preprocessor that may make or hide kernels.
bool needs_preprocessing(const std::string& text);

}
