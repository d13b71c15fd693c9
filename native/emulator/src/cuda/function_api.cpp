// Attributes of functions and occupancy.
#include "context.hpp"
#include "limits.hpp"
#include "module.hpp"

#include <algorithm>

using namespace lamina::emulator;

namespace {

enum Attribute : int { max_threads = 0, static_shared = 1, constant = 2, local = 3, registers = 4, ptx = 5, binary = 6, cache_mode = 7,
                       dynamic_limit = 8, carveout = 9 };

constexpr int last_attribute = 15;
constexpr int register_count = 32;

int thread_limit(const Function& function) {
    int bound = static_cast<int>(function.entry->max_threads);
    return bound > 0 ? std::min(bound, max_block_threads) : max_block_threads;
}

int value_of(const Function& function, int attribute) {
    int arch = capability(function.module->context->device);
    switch (attribute) {
        case max_threads: return thread_limit(function);
        case static_shared: return static_cast<int>(function.static_bytes);
        case registers: return register_count;
        case ptx: case binary: return arch;
        case dynamic_limit: return static_cast<int>(function.dynamic_limit);
        case carveout: return -1;
        default: return 0;
    }
}

/// How many blocks a multiprocessor holds at a time.
int occupancy(const Function& function, int threads, std::size_t dynamic_bytes) {
    const Device& device = function.module->context->device;
    if (threads < 1 || threads > thread_limit(function)) {
        refuse(invalid_value, "blockSize is ", threads, ", 1 to ", thread_limit(function), " are possible");
    }
    int whole_warps = (threads + 31) / 32 * 32;
    int blocks = std::min(threads_per_multiprocessor(device) / whole_warps, max_blocks_per_multiprocessor);
    std::size_t shared = function.static_bytes + dynamic_bytes;
    if (shared > 0) {
        blocks = std::min(blocks, static_cast<int>(static_cast<std::size_t>(shared_per_multiprocessor(device)) / (shared + 1024)));
    }
    return blocks;
}

CUresult active_blocks(int* blocks, CUfunction handle, int threads, std::size_t dynamic_bytes) {
    return context_call("cuOccupancyMaxActiveBlocksPerMultiprocessor", [&](Context&) {
        require(blocks, "numBlocks");
        *blocks = occupancy(functions().get(handle, "func"), threads, dynamic_bytes);
    });
}

CUresult best_block(int* grid, int* block, CUfunction handle, std::size_t (*bytes_of)(int), std::size_t bytes, int limit) {
    return context_call("cuOccupancyMaxPotentialBlockSize", [&](Context&) {
        require(grid && block, "minGridSize or blockSize");
        Function& function = functions().get(handle, "func");
        int most = thread_limit(function);
        most = limit > 0 ? std::min(limit, most) : most;
        int best = 0;
        for (int threads = (most + 31) / 32 * 32; threads > 0; threads -= 32) {
            int size = std::min(threads, most);
            int blocks = occupancy(function, size, bytes_of ? bytes_of(size) : bytes);
            if (blocks * size > best) {
                best = blocks * size;
                *block = size;
                *grid = blocks * multiprocessors;
            }
        }
    });
}

}

LAMINA_API CUresult cuFuncGetAttribute(int* value, int attribute, CUfunction handle) {
    return context_call("cuFuncGetAttribute", [&](Context&) {
        require(value, "pi");
        Function& function = functions().get(handle, "hfunc");
        if (attribute < 0 || attribute > last_attribute) {
            refuse(invalid_value, "attribute ", attribute, " is none of a function");
        }
        *value = value_of(function, attribute);
    });
}

LAMINA_API CUresult cuFuncSetAttribute(CUfunction handle, int attribute, int value) {
    return context_call("cuFuncSetAttribute", [&](Context& context) {
        Function& function = functions().get(handle, "hfunc");
        if (attribute == carveout) {
            return;
        }
        if (attribute != dynamic_limit) {
            refuse(invalid_value, "attribute ", attribute, " cannot be set");
        }
        int most = shared_opt_in(context.device) - static_cast<int>(function.static_bytes);
        if (value < 0 || value > most) {
            refuse(invalid_value, "kernel ", function.entry->name, ": dynamic shared memory of ", value, " bytes, 0 to ", most,
                   " are possible");
        }
        function.dynamic_limit = static_cast<std::size_t>(value);
    });
}

LAMINA_API CUresult cuFuncSetCacheConfig(CUfunction handle, int) {
    return context_call("cuFuncSetCacheConfig", [&](Context&) { functions().get(handle, "hfunc"); });
}

LAMINA_API CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction function, int threads, std::size_t dynamic_bytes) {
    return active_blocks(blocks, function, threads, dynamic_bytes);
}

LAMINA_API CUresult cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, CUfunction function, int threads,
                                                                         std::size_t dynamic_bytes, unsigned) {
    return active_blocks(blocks, function, threads, dynamic_bytes);
}

LAMINA_API CUresult cuOccupancyMaxPotentialBlockSize(int* grid, int* block, CUfunction function, std::size_t (*bytes_of)(int),
                                                     std::size_t bytes, int limit) {
    return best_block(grid, block, function, bytes_of, bytes, limit);
}

LAMINA_API CUresult cuOccupancyMaxPotentialBlockSizeWithFlags(int* grid, int* block, CUfunction function, std::size_t (*bytes_of)(int),
                                                              std::size_t bytes, int limit, unsigned) {
    return best_block(grid, block, function, bytes_of, bytes, limit);
}
