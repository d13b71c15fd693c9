// Memory: validation, guard zones, poison, leaks.
#include "driver.hpp"

#include <limits>

using namespace lamina::test;

namespace {

unsigned long long allocate(std::size_t bytes) {
    unsigned long long address = 0;
    EXPECT_EQUAL(cuMemAlloc_v2(&address, bytes), 0);
    return address;
}

}

TEST(driver_namesItselfEmulated) {
    open_device();
    char name[64];
    EXPECT_EQUAL(cuDeviceGetName(name, sizeof name, 0), 0);
    EXPECT_EQUAL(std::string(name), "Lamina EMULATED device");
    int version = 0;
    EXPECT_EQUAL(cuDriverGetVersion(&version), 0);
    EXPECT_EQUAL(version, 12060);
    int major = 0;
    EXPECT_EQUAL(cuDeviceGetAttribute(&major, 75, 0), 0);
    EXPECT_EQUAL(major, 9);
}

TEST(driver_newMemoryIsPoison) {
    Stream stream;
    Buffer<float> buffer(100);
    for (float value : buffer.read(stream)) {
        EXPECT(std::isnan(value));
    }
}

TEST(driver_copiesAreCheckedAgainstTheirAllocation) {
    open_device();
    unsigned long long memory = allocate(64);
    char host[128] = {};
    EXPECT_REFUSED(cuMemcpyHtoD_v2(memory, host, 65), invalid_value, "65 bytes at offset 0");
    EXPECT_REFUSED(cuMemcpyHtoD_v2(memory + 60, host, 8), invalid_value, "leave it");
    EXPECT_REFUSED(cuMemcpyDtoH_v2(host, 4096, 8), invalid_value, "no memory of the device");
    EXPECT_REFUSED(cuMemcpyHtoD_v2(memory, reinterpret_cast<void*>(memory), 8), invalid_value, "host memory is needed");
    EXPECT_REFUSED(cuMemcpyDtoD_v2(memory, memory + 4, 8), invalid_value, "overlap");
    EXPECT_REFUSED(cuMemsetD32_v2(memory + 2, 1, 4), misaligned, "not a multiple of 4");
    EXPECT_EQUAL(cuMemFree_v2(memory), 0);
    EXPECT_REFUSED(cuMemcpyHtoD_v2(memory, host, 8), invalid_value, "no memory of the device");
}

TEST(driver_doubleFreeAndFreeInsideAreRefused) {
    open_device();
    unsigned long long memory = allocate(64);
    EXPECT_REFUSED(cuMemFree_v2(memory + 16), invalid_value, "and not its start");
    EXPECT_EQUAL(cuMemFree_v2(memory), 0);
    EXPECT_REFUSED(cuMemFree_v2(memory), invalid_value, "freed already");
}

TEST(driver_countsFreeMemoryAndRunsOut) {
    open_device();
    std::size_t free = 0, total = 0, later = 0;
    EXPECT_EQUAL(cuMemGetInfo_v2(&free, &total), 0);
    unsigned long long memory = allocate(1000);
    EXPECT_EQUAL(cuMemGetInfo_v2(&later, &total), 0);
    EXPECT_EQUAL(free - later, std::size_t{1024});
    unsigned long long none = 0;
    EXPECT_REFUSED(cuMemAlloc_v2(&none, total), out_of_memory, "free");
    EXPECT_EQUAL(cuMemFree_v2(memory), 0);
}

TEST(driver_writesBesideMemoryAreFoundWhenWaitedFor) {
    OwnContext context;
    unsigned long long memory = allocate(100);
    reinterpret_cast<char*>(memory)[100] = 0;
    EXPECT_REFUSED(cuCtxSynchronize(), illegal_address, "behind memory");
    EXPECT_REFUSED(cuMemFree_v2(memory), illegal_address, "met an error before");
    lamina_emulator_reset();
    EXPECT_EQUAL(cuMemFree_v2(memory), 0);
}

TEST(driver_writesBeforeMemoryAreFoundWhenItIsFreed) {
    OwnContext context;
    unsigned long long memory = allocate(100);
    reinterpret_cast<char*>(memory)[-1] = 0;
    EXPECT_REFUSED(cuMemFree_v2(memory), illegal_address, "before memory");
    lamina_emulator_reset();
}

TEST(driver_reportsWhatAContextLeaks) {
    lamina_emulator_reset();
    OwnContext context;
    CUstream_st* stream = nullptr;
    unsigned long long memory = allocate(48);
    EXPECT_EQUAL(cuStreamCreate(&stream, 1), 0);
    context.destroy();
    std::string leaks = lamina_emulator_leaks();
    EXPECT(leaks.find("1 memory, 1 stream") != std::string::npos);
    EXPECT(leaks.find("(48 bytes)") != std::string::npos);
    open_device();
    EXPECT_REFUSED(cuStreamSynchronize(stream), invalid_handle, "was destroyed");
    EXPECT_REFUSED(cuMemFree_v2(memory), invalid_value, "no live device memory");
    lamina_emulator_reset();
    EXPECT_EQUAL(std::string(lamina_emulator_leaks()), "");
}

TEST(driver_needsACurrentContext) {
    OwnContext context;
    CUctx_st* stale = context.get();
    context.destroy();
    EXPECT_EQUAL(cuCtxSetCurrent(nullptr), 0);
    EXPECT_REFUSED(cuCtxSynchronize(), invalid_context, "no context is current");
    EXPECT_REFUSED(cuCtxSetCurrent(stale), invalid_context, "no live context");
    open_device();
}

TEST(driver_registersHostMemoryOnce) {
    open_device();
    std::vector<char> memory(4096);
    EXPECT_EQUAL(cuMemHostRegister_v2(memory.data(), memory.size(), 0), 0);
    EXPECT_REFUSED(cuMemHostRegister_v2(memory.data() + 100, 10, 0), already_registered, "overlaps");
    unsigned type = 0;
    EXPECT_EQUAL(cuPointerGetAttribute(&type, 2, reinterpret_cast<unsigned long long>(memory.data() + 5)), 0);
    EXPECT_EQUAL(type, 1u);
    EXPECT_EQUAL(cuMemHostUnregister(memory.data()), 0);
    EXPECT_REFUSED(cuMemHostUnregister(memory.data()), 713, "freed already");
}

TEST(driver_injectsFaultsAsAsked) {
    open_device();
    lamina_emulator_reset();
    lamina_emulator_inject("cuMemAlloc", 1, out_of_memory, 1);
    unsigned long long first = allocate(8), none = 0;
    EXPECT_REFUSED(cuMemAlloc_v2(&none, 8), out_of_memory, "injected");
    EXPECT_EQUAL(cuMemFree_v2(allocate(8)), 0);
    EXPECT_EQUAL(cuMemFree_v2(first), 0);
    EXPECT_EQUAL(lamina_emulator_count("cuMemAlloc"), 3);
    EXPECT_EQUAL(lamina_emulator_count("allocations"), 3);
    lamina_emulator_reset();
}

TEST(driver_findsEntryPointsByName) {
    void* entry = nullptr;
    EXPECT_EQUAL(cuGetProcAddress_v2("cuMemAlloc", &entry, 12060, 0, nullptr), 0);
    EXPECT(entry == reinterpret_cast<void*>(&cuMemAlloc_v2));
    EXPECT_REFUSED(cuGetProcAddress_v2("cuTexRefCreate", &entry, 12060, 0, nullptr), not_found, "not emulated");
    const void* table = &entry;
    EXPECT(cuGetExportTable(&table, nullptr) != 0);
    EXPECT(table == nullptr);
    const char* name = nullptr;
    EXPECT_EQUAL(cuGetErrorName(700, &name), 0);
    EXPECT_EQUAL(std::string(name), "CUDA_ERROR_ILLEGAL_ADDRESS");
}
