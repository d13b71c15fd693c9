// Execution of kernels: blocks one after another, the threads of a block on fibers.
#pragma once

#include "module_table.hpp"

#include <cstddef>
#include <vector>

namespace lamina::emulator {

/// Memory that is full of poison when a block starts.
struct Region {
    char* start;
    std::size_t bytes;
};

/// A launch: what runs, over which grid, with what.
struct Execution {
    const ModuleTable* table;
    const KernelEntry* kernel;
    Triple grid;
    Triple block;
    std::size_t dynamic_shared;
    std::vector<Region> static_shared;
};

/// Runs all blocks; throws Refusal if threads wait for each other in vain or write behind their shared memory.
void run_blocks(const Execution& execution, void** arguments);

/// What modules call.
const Services& services();

}
