// The driver API and NVRTC as the emulator's own tests call them: declarations, kernels from source, pinned memory.
#pragma once

#include "device.hpp"

struct CUevent_st;
struct CUmod_st;
struct CUfunc_st;
struct CUgraph_st;
struct CUgraphNode_st;
struct CUgraphExec_st;

extern "C" {
int cuDriverGetVersion(int*);
int cuDeviceGetCount(int*);
int cuDeviceGetName(char*, int, int);
int cuDeviceGetAttribute(int*, int, int);
int cuDevicePrimaryCtxRelease_v2(int);
int cuCtxCreate_v2(CUctx_st**, unsigned, int);
int cuCtxDestroy_v2(CUctx_st*);
int cuCtxGetCurrent(CUctx_st**);
int cuCtxSynchronize();
int cuMemGetInfo_v2(std::size_t*, std::size_t*);
int cuMemAllocHost_v2(void**, std::size_t);
int cuMemFreeHost(void*);
int cuMemHostRegister_v2(void*, std::size_t, unsigned);
int cuMemHostUnregister(void*);
int cuPointerGetAttribute(void*, int, unsigned long long);
int cuMemcpyDtoD_v2(unsigned long long, unsigned long long, std::size_t);
int cuMemcpyHtoDAsync_v2(unsigned long long, const void*, std::size_t, CUstream_st*);
int cuMemcpyDtoHAsync_v2(void*, unsigned long long, std::size_t, CUstream_st*);
int cuMemcpyDtoDAsync_v2(unsigned long long, unsigned long long, std::size_t, CUstream_st*);
int cuMemsetD8_v2(unsigned long long, unsigned char, std::size_t);
int cuMemsetD32_v2(unsigned long long, unsigned, std::size_t);
int cuMemsetD8Async(unsigned long long, unsigned char, std::size_t, CUstream_st*);
int cuMemsetD32Async(unsigned long long, unsigned, std::size_t, CUstream_st*);
int cuStreamQuery(CUstream_st*);
int cuStreamWaitEvent(CUstream_st*, CUevent_st*, unsigned);
int cuStreamEndCapture(CUstream_st*, CUgraph_st**);
int cuStreamIsCapturing(CUstream_st*, int*);
int cuThreadExchangeStreamCaptureMode(int*);
int cuLaunchHostFunc(CUstream_st*, void (*)(void*), void*);
int cuEventCreate(CUevent_st**, unsigned);
int cuEventDestroy_v2(CUevent_st*);
int cuEventRecord(CUevent_st*, CUstream_st*);
int cuEventSynchronize(CUevent_st*);
int cuEventQuery(CUevent_st*);
int cuEventElapsedTime(float*, CUevent_st*, CUevent_st*);
int cuGraphInstantiateWithFlags(CUgraphExec_st**, CUgraph_st*, unsigned long long);
int cuGraphGetNodes(CUgraph_st*, CUgraphNode_st**, std::size_t*);
int cuGraphNodeGetType(CUgraphNode_st*, int*);
int cuGraphLaunch(CUgraphExec_st*, CUstream_st*);
int cuGraphExecDestroy(CUgraphExec_st*);
int cuGraphDestroy(CUgraph_st*);
int cuModuleLoadData(CUmod_st**, const void*);
int cuModuleUnload(CUmod_st*);
int cuModuleGetFunction(CUfunc_st**, CUmod_st*, const char*);
int cuModuleGetGlobal_v2(unsigned long long*, std::size_t*, CUmod_st*, const char*);
int cuFuncGetAttribute(int*, int, CUfunc_st*);
int cuFuncSetAttribute(CUfunc_st*, int, int);
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int*, CUfunc_st*, int, std::size_t);
int cuLaunchKernel(CUfunc_st*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, CUstream_st*, void**, void**);
int cuGetErrorName(int, const char**);
int cuGetProcAddress_v2(const char*, void**, int, unsigned long long, int*);
int cuGetExportTable(const void**, const void*);

int nvrtcVersion(int*, int*);
const char* nvrtcGetErrorString(int);
int nvrtcCreateProgram(void**, const char*, const char*, int, const char* const*, const char* const*);
int nvrtcDestroyProgram(void**);
int nvrtcCompileProgram(void*, int, const char* const*);
int nvrtcAddNameExpression(void*, const char*);
int nvrtcGetLoweredName(void*, const char*, const char**);
int nvrtcGetPTXSize(void*, std::size_t*);
int nvrtcGetPTX(void*, char*);
int nvrtcGetCUBINSize(void*, std::size_t*);
int nvrtcGetCUBIN(void*, char*);
int nvrtcGetProgramLogSize(void*, std::size_t*);
int nvrtcGetProgramLog(void*, char*);

long long lamina_emulator_live(const char*);
const char* lamina_emulator_alive();
const char* lamina_emulator_leaks();
long long lamina_emulator_count(const char*);
}

namespace lamina::test {

/// Status codes that the tests expect.
enum Status { invalid_value = 1, out_of_memory = 2, invalid_image = 200, invalid_context = 201, no_binary = 209, invalid_handle = 400,
              not_found = 500, not_ready = 600, illegal_address = 700, already_registered = 712, misaligned = 716, launch_failed = 719,
              capture_unsupported = 900, capture_invalidated = 901, capture_unmatched = 903, capture_unjoined = 904,
              capture_isolation = 905, capture_implicit = 906 };

inline bool said(const std::string& part) {
    return std::string(lamina_emulator_last_message()).find(part) != std::string::npos;
}

/// An expectation of a refusal and of what its message says.
#define EXPECT_REFUSED(call, status, part) \
    do { \
        EXPECT_EQUAL(call, static_cast<int>(status)); \
        if (!lamina::test::said(part)) { \
            lamina::test::fail(__FILE__, __LINE__, std::string("message is: ") + lamina_emulator_last_message()); \
        } \
    } while (false)

/// The bytes of a compiled program; fails with the log.
inline std::vector<char> compiled(const std::string& source, const char* arch = "--gpu-architecture=sm_90") {
    void* program = nullptr;
    EXPECT_EQUAL(nvrtcCreateProgram(&program, source.c_str(), "test.cu", 0, nullptr, nullptr), 0);
    if (nvrtcCompileProgram(program, 1, &arch) != 0) {
        std::size_t bytes = 0;
        nvrtcGetProgramLogSize(program, &bytes);
        std::string log(bytes, ' ');
        nvrtcGetProgramLog(program, log.data());
        fail(__FILE__, __LINE__, log);
    }
    std::size_t bytes = 0;
    EXPECT_EQUAL(nvrtcGetCUBINSize(program, &bytes), 0);
    std::vector<char> image(bytes);
    EXPECT_EQUAL(nvrtcGetCUBIN(program, image.data()), 0);
    EXPECT_EQUAL(nvrtcDestroyProgram(&program), 0);
    return image;
}

/// A module of kernels from source.
class Kernels {
public:
    explicit Kernels(const std::string& source) {
        open_device();
        EXPECT_EQUAL(cuModuleLoadData(&module_, compiled(source).data()), 0);
    }
    ~Kernels() { cuModuleUnload(module_); }
    Kernels(const Kernels&) = delete;
    CUmod_st* get() const { return module_; }
    CUfunc_st* operator[](const char* name) const {
        CUfunc_st* function = nullptr;
        EXPECT_EQUAL(cuModuleGetFunction(&function, module_, name), 0);
        return function;
    }

private:
    CUmod_st* module_ = nullptr;
};

/// Launches a kernel over x blocks of x threads.
template <class... Arguments>
int launch(CUfunc_st* function, unsigned grid, unsigned block, unsigned shared, CUstream_st* stream, Arguments... arguments) {
    void* all[] = {&arguments..., nullptr};
    return cuLaunchKernel(function, grid, 1, 1, block, 1, 1, shared, stream, all, nullptr);
}

/// Numbers in pinned memory.
template <class Number>
class Pinned {
public:
    explicit Pinned(std::size_t count) : count_(count) {
        open_device();
        EXPECT_EQUAL(cuMemAllocHost_v2(reinterpret_cast<void**>(&start_), count * sizeof(Number)), 0);
    }
    ~Pinned() { cuMemFreeHost(start_); }
    Pinned(const Pinned&) = delete;
    Number* get() const { return start_; }
    std::size_t bytes() const { return count_ * sizeof(Number); }
    Number& operator[](std::size_t i) const { return start_[i]; }

private:
    std::size_t count_;
    Number* start_ = nullptr;
};

class Event {
public:
    explicit Event(unsigned flags = 0) {
        open_device();
        EXPECT_EQUAL(cuEventCreate(&event_, flags), 0);
    }
    ~Event() { cuEventDestroy_v2(event_); }
    Event(const Event&) = delete;
    CUevent_st* get() const { return event_; }

private:
    CUevent_st* event_ = nullptr;
};

template <class Number>
unsigned long long address(const Buffer<Number>& buffer) {
    return reinterpret_cast<unsigned long long>(buffer.get());
}

/// A context of its own on device 0, current while it lives: what breaks it does not touch other tests.
class OwnContext {
public:
    OwnContext() {
        open_device();
        EXPECT_EQUAL(cuCtxCreate_v2(&context_, 0, 0), 0);
    }
    ~OwnContext() { destroy(); }
    OwnContext(const OwnContext&) = delete;
    void destroy() {
        if (context_) {
            cuCtxDestroy_v2(context_);
            context_ = nullptr;
        }
    }
    CUctx_st* get() const { return context_; }

private:
    CUctx_st* context_ = nullptr;
};

}
