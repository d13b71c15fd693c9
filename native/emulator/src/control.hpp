// What tests ask the emulated libcuda.so.1 beside CUDA's own calls. Texts stay valid until the same thread asks for the next one.
#pragma once

extern "C" {

/// Which rule the latest refused call has broken, empty if none.
const char* lamina_emulator_last_message();

/// Lets calls of an API function fail.
///
/// function: documented name without version suffix, such as cuMemAlloc or cudnnCreate
/// after: how many calls pass before the first failure
/// status: what the failing calls return, not 0
/// times: how many calls fail; negative: all from then on
void lamina_emulator_inject(const char* function, int after, int status, int times);

/// Live objects of a kind in this process: memory, pinned, registered, stream, event, module, graph, graphExec, context, and what the other
/// emulated libraries count, such as cudnnTensorDescriptor.
long long lamina_emulator_live(const char* kind);

/// All live objects by kind, such as "2 stream, 1 memory"; empty if there are none.
const char* lamina_emulator_alive();

/// What was alive when contexts were destroyed, a line for each such context; empty if nothing was.
const char* lamina_emulator_leaks();

/// Calls of an API function since the last reset, or one of: kernels, copies, fills (done on the device, in graphs too), launches,
/// graphLaunches, syncs (calls that make the host wait), allocations.
long long lamina_emulator_count(const char* what);

/// Forgets faults, counts, messages, leaks and the errors that contexts stick to. Live objects stay.
void lamina_emulator_reset();

}
