// What a compiled module and the emulated driver know of each other. The prelude (nvrtc/prelude/module.inc) declares the same for kernels.
#pragma once

namespace lamina::emulator {

struct Triple {
    unsigned x, y, z;
};

/// How far a block has come; shared by the module's loop over threads and the driver's scheduler.
struct Cursor {
    /// The next thread to start, as an index and as a number in the block; all have started when number is total.
    Triple next;
    unsigned number;
    unsigned total;
    /// The number of the thread that runs.
    unsigned running;
    /// Not 0 once a thread of this block has waited: then ends of threads are reported.
    unsigned watched;
};

/// What threads may wait for in their warp.
enum WarpOperation : int { warp_sync = 0, warp_shuffle = 1, warp_ballot = 2, warp_all = 3 };

/// How the predicates of a block's threads are joined at a barrier.
enum BlockOperation : int { block_sync = 0, block_count = 1, block_and = 2, block_or = 3 };

/// What the driver does for kernels.
struct Services {
    unsigned version;
    /// Waits for all threads of the block; returns the joined predicate.
    int (*barrier)(int line, int operation, int predicate);
    /// Waits for the lanes of the mask and exchanges with them; source is the lane whose value a shuffle gets.
    unsigned long long (*exchange)(unsigned mask, int operation, unsigned long long value, unsigned source, int line);
    /// The running thread has returned, in a block that is watched.
    void (*left)();
    /// Ends the launch with an error.
    void (*trap)(const char* what, int line);
};

struct Parameter {
    unsigned bytes;
    unsigned alignment;
    /// Alignment of what it points to, 0 if it is no pointer.
    unsigned pointee_alignment;
};

struct KernelEntry {
    const char* name;
    /// Starts and runs threads until all have started; the arguments are pointers to the values.
    void (*run)(void** arguments);
    unsigned parameter_count;
    const Parameter* parameters;
    /// Threads of a block by __launch_bounds__, or 0.
    unsigned max_threads;
};

struct ModuleTable {
    unsigned version;
    unsigned kernel_count;
    const KernelEntry* kernels;
    Triple* thread_index;
    Triple* block_index;
    Triple* block_size;
    Triple* grid_size;
    Cursor* cursor;
    const Services** services;
    char* dynamic_shared;
    unsigned dynamic_shared_bytes;
};

constexpr unsigned module_version = 1;

/// The function that a module exports: const ModuleTable* lamina_module().
constexpr const char* module_entry = "lamina_module";

}
