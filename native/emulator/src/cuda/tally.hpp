// What is counted and noted for tests.
#pragma once

#include "types.hpp"

#include <map>
#include <string>

namespace lamina::emulator {

/// Live objects by kind.
using Holdings = std::map<std::string, long long>;

/// Counts one for lamina_emulator_count().
void tally(const char* what);

/// Adds a line for lamina_emulator_leaks().
void note_leak(const std::string& line);

/// Counts a live object of a context (null: of the process alone).
void hold(Context* context, const char* kind);
void let_go(Context* context, const char* kind);

/// "2 stream, 1 memory"; empty if there is nothing.
std::string list(const Holdings& holdings);

}
