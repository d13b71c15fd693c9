// Kernels: threads, barriers, warps, shared memory, atomics, arguments.
#include "driver.hpp"

#include <numeric>

using namespace lamina::test;

namespace {

std::vector<int> counting(std::size_t count) {
    std::vector<int> values(count);
    std::iota(values.begin(), values.end(), 0);
    return values;
}

}

TEST(kernel_runsAllThreadsOfAGrid) {
    Stream stream;
    Kernels kernels(R"(
        extern "C" __global__ void saxpy(int n, float a, const float* __restrict__ x, float* __restrict__ y) {
            for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) y[i] = a * x[i] + y[i];
        })");
    std::vector<float> x = random<float>(1003, 1), y = random<float>(1003, 2);
    Buffer<float> device_x(x), device_y(y);
    EXPECT_EQUAL(launch(kernels["saxpy"], 3, 96, 0, stream.get(), 1003, 2.5f, device_x.get(), device_y.get()), 0);
    std::vector<double> expected;
    for (std::size_t i = 0; i < x.size(); i++) {
        expected.push_back(2.5 * x[i] + y[i]);
    }
    EXPECT_NEAR(device_y.read(stream), expected, 1e-6);
}

TEST(kernel_knowsIndicesInThreeDimensions) {
    Stream stream;
    Kernels kernels(R"(
        extern "C" __global__ void where(int* out) {
            int thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
            int block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
            __syncthreads();
            int at = block * blockDim.x * blockDim.y * blockDim.z + thread;
            out[at] = threadIdx.x + 10 * threadIdx.y + 100 * threadIdx.z + 1000 * blockIdx.z;
        })");
    Buffer<int> out(2 * 3 * 2 * 4 * 3 * 2);
    int* pointer = out.get();
    void* arguments[] = {&pointer};
    EXPECT_EQUAL(cuLaunchKernel(kernels["where"], 2, 3, 2, 4, 3, 2, 0, stream.get(), arguments, nullptr), 0);
    std::vector<int> values = out.read(stream);
    for (int block = 0, at = 0; block < 12; block++) {
        for (int z = 0; z < 2; z++) {
            for (int y = 0; y < 3; y++) {
                for (int x = 0; x < 4; x++) {
                    EXPECT_EQUAL(values[at++], x + 10 * y + 100 * z + 1000 * (block / 6));
                }
            }
        }
    }
}

TEST(kernel_reducesThroughBarriersAndShuffles) {
    Stream stream;
    Kernels kernels(R"(
        __device__ __forceinline__ float warp_sum(float v) {
            for (int d = 16; d > 0; d /= 2) v += __shfl_down_sync(0xffffffffu, v, d);
            return v;
        }
        template <class T> __device__ T block_sum(T v) {
            __shared__ T parts[32];
            v = warp_sum(v);
            if ((threadIdx.x & 31) == 0) parts[threadIdx.x >> 5] = v;
            __syncthreads();
            int warps = (blockDim.x + 31) / 32;
            v = threadIdx.x < warps ? parts[threadIdx.x] : T(0);
            if (threadIdx.x < 32) v = warp_sum(v);
            return v;
        }
        extern "C" __global__ void sum(int n, const float* x, float* out) {
            float v = 0;
            for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) v += x[i];
            v = block_sum(v);
            if (threadIdx.x == 0) atomicAdd(out, v);
        }
        extern "C" __global__ void tree(const int* x, int* out) {
            extern __shared__ int cells[];
            cells[threadIdx.x] = x[threadIdx.x];
            __syncthreads();
            for (int half = blockDim.x / 2; half > 0; half /= 2) {
                if (threadIdx.x < half) cells[threadIdx.x] += cells[threadIdx.x + half];
                __syncthreads();
            }
            if (threadIdx.x == 0) *out = cells[0];
        })");
    std::vector<float> x(5000, 0.5f);
    Buffer<float> device_x(x), sum(std::vector<float>{0});
    EXPECT_EQUAL(launch(kernels["sum"], 4, 256, 0, stream.get(), 5000, device_x.get(), sum.get()), 0);
    EXPECT_EQUAL(sum.read(stream)[0], 2500.0f);
    Buffer<int> numbers(counting(1024)), total(1);
    EXPECT_EQUAL(launch(kernels["tree"], 1, 1024, 1024 * 4, stream.get(), numbers.get(), total.get()), 0);
    EXPECT_EQUAL(total.read(stream)[0], 1023 * 512);
}

TEST(kernel_shufflesAndVotesAsWarpsDo) {
    Stream stream;
    Kernels kernels(R"(
        extern "C" __global__ void warp(int* out) {
            int lane = threadIdx.x;
            out[lane] = __shfl_xor_sync(0xffffffffu, lane, 1);
            out[32 + lane] = __shfl_up_sync(0xffffffffu, lane, 2, 8);
            out[64 + lane] = __shfl_sync(0xffffffffu, lane, 3, 16);
            out[96 + lane] = (int)__ballot_sync(0xffffffffu, lane % 3 == 0);
            out[128 + lane] = __any_sync(0xffffffffu, lane == 31) + 2 * __all_sync(0xffffffffu, lane < 31);
            out[128 + lane] += 4 * __all_sync(0xffffffffu, lane < 32);
            if (lane >= 16) return;
            out[160 + lane] = (int)__shfl_down_sync(0x0000ffffu, (double)lane, 1, 16);
        }
        extern "C" __global__ void part(int* out) {
            int v = threadIdx.x;
            out[threadIdx.x] = __syncthreads_count(v < 5) + __shfl_xor_sync(0xffffffffu, v, 1) * 100;
        })");
    Buffer<int> out(192);
    EXPECT_EQUAL(launch(kernels["warp"], 1, 32, 0, stream.get(), out.get()), 0);
    std::vector<int> values = out.read(stream);
    for (int lane = 0; lane < 32; lane++) {
        EXPECT_EQUAL(values[lane], lane ^ 1);
        EXPECT_EQUAL(values[32 + lane], lane % 8 < 2 ? lane : lane - 2);
        EXPECT_EQUAL(values[64 + lane], lane / 16 * 16 + 3);
        EXPECT_EQUAL(values[96 + lane], 0x49249249);
        EXPECT_EQUAL(values[128 + lane], 5);
        EXPECT_EQUAL(values[160 + lane], lane >= 16 ? -1 : lane == 15 ? 15 : lane + 1);
    }
    EXPECT_EQUAL(launch(kernels["part"], 1, 10, 0, stream.get(), out.get()), 0);
    EXPECT_EQUAL(out.read(stream)[4], 5 + 500);
}

TEST(kernel_divergentBarriersAreErrors) {
    OwnContext context;
    CUmod_st* module = nullptr;
    EXPECT_EQUAL(cuModuleLoadData(&module, compiled(R"(
        extern "C" __global__ void early(int n) { if (threadIdx.x >= n) return; __syncthreads(); }
        extern "C" __global__ void apart(int n) {
            if (threadIdx.x < n) { __syncthreads(); }
            else { __syncthreads(); }
        }
        extern "C" __global__ void lonely(int n) { if (threadIdx.x < n) __shfl_sync(0xffffffffu, 1, 0); else __syncthreads(); }
        extern "C" __global__ void unnamed(int n) { __syncwarp(2); }
        extern "C" __global__ void fails(int n) { assert(threadIdx.x < n); })").data()), 0);
    const char* expected[][2] = {{"early", "3 in the block's barrier at line 2; 61 of 64 have returned"}, {"apart", "different barriers"},
                                 {"lonely", "in a warp operation at line 7"}, {"unnamed", "does not name its lane"},
                                 {"fails", "assertion failed: threadIdx.x < n"}};
    for (const auto& [name, message] : expected) {
        CUfunc_st* function = nullptr;
        EXPECT_EQUAL(cuModuleGetFunction(&function, module, name), 0);
        EXPECT_EQUAL(launch(function, 1, 64, 0, nullptr, 3), 0);
        EXPECT_REFUSED(cuCtxSynchronize(), launch_failed, message);
        lamina_emulator_reset();
    }
}

TEST(kernel_launchesAreChecked) {
    Stream stream;
    Kernels kernels(R"(
        extern "C" __global__ void __launch_bounds__(128) f(const float4* x, int n) {}
        extern "C" __global__ void g(float* x) {
            __shared__ float cells[1000];
            cells[threadIdx.x] = 1;
            __syncthreads();
            x[0] = cells[threadIdx.y];
        })");
    CUfunc_st* f = kernels["f"];
    CUfunc_st* g = kernels["g"];
    Buffer<float> buffer(8);
    float* pointer = buffer.get();
    EXPECT_REFUSED(launch(f, 1, 2048, 0, stream.get(), pointer, 1), invalid_value, "at most 1024");
    EXPECT_REFUSED(launch(f, 1, 256, 0, stream.get(), pointer, 1), invalid_value, "__launch_bounds__");
    EXPECT_REFUSED(launch(f, 0, 32, 0, stream.get(), pointer, 1), invalid_value, "grid 0");
    EXPECT_REFUSED(launch(f, 1, 32, 0, stream.get(), pointer + 1, 1), misaligned, "not a multiple of 16");
    EXPECT_REFUSED(launch(f, 1, 32, 0, stream.get(), &pointer, 1), invalid_value, "no memory of the device");
    EXPECT_REFUSED(cuLaunchKernel(f, 1, 1, 1, 32, 1, 1, 0, stream.get(), nullptr, nullptr), invalid_value, "kernelParams is null");
    EXPECT_REFUSED(launch(f, 1, 32, 0, stream.get(), pointer), invalid_value, "number 1 is missing");
    EXPECT_REFUSED(launch(g, 1, 32, 48 << 10, stream.get(), pointer), invalid_value, "4000 static");
    EXPECT_EQUAL(cuFuncSetAttribute(g, 8, 100 << 10), 0);
    EXPECT_EQUAL(launch(g, 1, 32, 48 << 10, stream.get(), pointer), 0);
    EXPECT_REFUSED(cuFuncSetAttribute(g, 8, 228 << 10), invalid_value, "are possible");
    int value = 0;
    EXPECT_EQUAL(cuFuncGetAttribute(&value, 1, g), 0);
    EXPECT_EQUAL(value, 4000);
    EXPECT_EQUAL(cuFuncGetAttribute(&value, 0, f), 0);
    EXPECT_EQUAL(value, 128);
    EXPECT_EQUAL(cuOccupancyMaxActiveBlocksPerMultiprocessor(&value, f, 128, 0), 0);
    EXPECT_EQUAL(value, 16);
    stream.synchronize();
}

TEST(kernel_sharedMemoryStartsAsPoisonAndIsGuarded) {
    OwnContext context;
    CUmod_st* module = nullptr;
    CUfunc_st* function = nullptr;
    unsigned long long out = 0;
    EXPECT_EQUAL(cuMemAlloc_v2(&out, 2 * sizeof(float)), 0);
    EXPECT_EQUAL(cuModuleLoadData(&module, compiled(R"(
        extern __shared__ __align__(16) unsigned char raw[];
        extern "C" __global__ void peek(float* out, int at) {
            __shared__ float cells[4];
            float* dynamic = reinterpret_cast<float*>(raw);
            if (threadIdx.x == 0) { out[0] = cells[1]; out[1] = dynamic[at]; dynamic[at] = 3; cells[1] = 2; }
        })").data()), 0);
    EXPECT_EQUAL(cuModuleGetFunction(&function, module, "peek"), 0);
    float values[2];
    for (int round = 0; round < 2; round++) {
        EXPECT_EQUAL(launch(function, 1, 1, 16, nullptr, out, 3), 0);
        EXPECT_EQUAL(cuMemcpyDtoH_v2(values, out, sizeof values), 0);
        EXPECT(std::isnan(values[0]) && std::isnan(values[1]));
    }
    EXPECT_EQUAL(launch(function, 1, 1, 16, nullptr, out, 4), 0);
    EXPECT_REFUSED(cuCtxSynchronize(), illegal_address, "at byte 16 of its 16 bytes of dynamic shared memory");
}

TEST(kernel_argumentsAreCopiedAtTheCall) {
    Stream stream;
    Kernels kernels(R"(
        struct Pair { int a; double b; };
        extern "C" __global__ void pair(Pair p, double* out, unsigned char c) { *out = p.a + p.b + c; })");
    struct { int a; double b; } pair{1, 0.5};
    Buffer<double> out(1);
    double* pointer = out.get();
    unsigned char c = 4;
    void* arguments[] = {&pair, &pointer, &c};
    EXPECT_EQUAL(cuLaunchKernel(kernels["pair"], 1, 1, 1, 1, 1, 1, 0, stream.get(), arguments, nullptr), 0);
    pair.a = 100;
    EXPECT_EQUAL(out.read(stream)[0], 5.5);
    struct __attribute__((packed)) { int a; int gap; double b; double* out; unsigned char c; } packed{2, 0, 0.25, pointer, 1};
    std::size_t bytes = sizeof packed;
    void* extra[] = {reinterpret_cast<void*>(1), &packed, reinterpret_cast<void*>(2), &bytes, nullptr};
    EXPECT_EQUAL(cuLaunchKernel(kernels["pair"], 1, 1, 1, 1, 1, 1, 0, stream.get(), nullptr, extra), 0);
    EXPECT_EQUAL(out.read(stream)[0], 3.25);
}

TEST(kernel_variablesOfModulesAreTheirOwn) {
    Stream stream;
    const char* source = R"(
        __device__ int counter = 5;
        extern "C" __global__ void count() { atomicAdd(&counter, 1); })";
    Kernels first(source), second(source);
    EXPECT_EQUAL(launch(first["count"], 2, 3, 0, stream.get()), 0);
    stream.synchronize();
    unsigned long long address = 0;
    std::size_t bytes = 0;
    int value = 0;
    EXPECT_EQUAL(cuModuleGetGlobal_v2(&address, &bytes, first.get(), "counter"), 0);
    EXPECT_EQUAL(bytes, sizeof(int));
    EXPECT_EQUAL(cuMemcpyDtoH_v2(&value, address, bytes), 0);
    EXPECT_EQUAL(value, 11);
    EXPECT_EQUAL(cuModuleGetGlobal_v2(&address, &bytes, second.get(), "counter"), 0);
    EXPECT_EQUAL(cuMemcpyDtoH_v2(&value, address, bytes), 0);
    EXPECT_EQUAL(value, 5);
    EXPECT_REFUSED(cuModuleGetGlobal_v2(&address, &bytes, second.get(), "other"), not_found, "no variable other");
}
