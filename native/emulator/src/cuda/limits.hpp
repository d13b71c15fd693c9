// What a device can take, by compute capability where it differs.
#pragma once

#include "context.hpp"

namespace lamina::emulator {

constexpr int max_block_threads = 1024;
constexpr int max_block_x = 1024;
constexpr int max_block_y = 1024;
constexpr int max_block_z = 64;
constexpr int max_grid_x = 2147483647;
constexpr int max_grid_yz = 65535;
/// Shared memory of a block without opting in.
constexpr int shared_per_block = 48 << 10;
/// Few, so that grids sized by it stay small on a CPU.
constexpr int multiprocessors = 4;
constexpr int max_blocks_per_multiprocessor = 32;

inline int capability(const Device& device) {
    return device.major * 10 + device.minor;
}

inline int shared_per_multiprocessor(const Device& device) {
    switch (capability(device)) {
        case 75: return 64 << 10;
        case 80: case 87: return 164 << 10;
        case 86: case 89: return 100 << 10;
        default: return device.major >= 9 ? 228 << 10 : 96 << 10;
    }
}

/// Shared memory of a block of a kernel that has opted in; the system keeps 1 KiB of a block since 8.0.
inline int shared_opt_in(const Device& device) {
    return shared_per_multiprocessor(device) - (device.major >= 8 ? 1 << 10 : 0);
}

inline int threads_per_multiprocessor(const Device& device) {
    switch (capability(device)) {
        case 75: return 1024;
        case 86: case 87: case 89: return 1536;
        default: return 2048;
    }
}

}
