// Device memory and a stream for the tests of the emulated cuBLAS and cuDNN, through the driver API alone.
#pragma once

#include "expect.hpp"

#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

struct CUstream_st;
struct CUctx_st;

extern "C" {
int cuInit(unsigned);
int cuDevicePrimaryCtxRetain(CUctx_st**, int);
int cuCtxSetCurrent(CUctx_st*);
int cuMemAlloc_v2(unsigned long long*, std::size_t);
int cuMemFree_v2(unsigned long long);
int cuMemcpyHtoD_v2(unsigned long long, const void*, std::size_t);
int cuMemcpyDtoH_v2(void*, unsigned long long, std::size_t);
int cuStreamCreate(CUstream_st**, unsigned);
int cuStreamDestroy_v2(CUstream_st*);
int cuStreamSynchronize(CUstream_st*);
int cuStreamBeginCapture_v2(CUstream_st*, int);
const char* lamina_emulator_last_message();
void lamina_emulator_inject(const char* function, int after, int status, int times);
void lamina_emulator_reset();
}

namespace lamina::test {

/// Makes the primary context of device 0 current; the context lives as long as the process.
inline void open_device() {
    static CUctx_st* context = [] {
        CUctx_st* made = nullptr;
        EXPECT_EQUAL(cuInit(0), 0);
        EXPECT_EQUAL(cuDevicePrimaryCtxRetain(&made, 0), 0);
        return made;
    }();
    EXPECT_EQUAL(cuCtxSetCurrent(context), 0);
}

/// A stream of the device; one for each test.
class Stream {
public:
    Stream() {
        open_device();
        EXPECT_EQUAL(cuStreamCreate(&stream_, 1), 0);
    }
    ~Stream() { cuStreamDestroy_v2(stream_); }
    Stream(const Stream&) = delete;
    CUstream_st* get() const { return stream_; }
    void synchronize() const { EXPECT_EQUAL(cuStreamSynchronize(stream_), 0); }

private:
    CUstream_st* stream_ = nullptr;
};

/// Numbers in device memory.
template <class Number>
class Buffer {
public:
    explicit Buffer(const std::vector<Number>& values) : Buffer(values.size()) {
        EXPECT_EQUAL(cuMemcpyHtoD_v2(address_, values.data(), values.size() * sizeof(Number)), 0);
    }
    explicit Buffer(std::size_t count) : count_(count) {
        open_device();
        EXPECT_EQUAL(cuMemAlloc_v2(&address_, std::max<std::size_t>(1, count * sizeof(Number))), 0);
    }
    ~Buffer() { cuMemFree_v2(address_); }
    Buffer(const Buffer&) = delete;
    Number* get() const { return reinterpret_cast<Number*>(address_); }
    std::size_t bytes() const { return count_ * sizeof(Number); }

    /// The numbers once the stream has done its work.
    std::vector<Number> read(const Stream& stream) const {
        stream.synchronize();
        std::vector<Number> values(count_);
        EXPECT_EQUAL(cuMemcpyDtoH_v2(values.data(), address_, bytes()), 0);
        return values;
    }

private:
    std::size_t count_;
    unsigned long long address_ = 0;
};

/// Random numbers in [-1, 1), the same at every run.
template <class Number>
std::vector<Number> random(std::size_t count, unsigned seed) {
    std::mt19937 bits(seed);
    std::vector<Number> values(count);
    for (Number& value : values) value = static_cast<Number>(static_cast<double>(bits()) / 2147483648.0 - 1);
    return values;
}

/// bf16 of a float, truncated: exact for the small integers of the tests.
inline std::uint16_t narrow(float value) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return static_cast<std::uint16_t>(bits >> 16);
}

inline float widen(std::uint16_t value) {
    std::uint32_t bits = static_cast<std::uint32_t>(value) << 16;
    float wide;
    std::memcpy(&wide, &bits, sizeof wide);
    return wide;
}

}
