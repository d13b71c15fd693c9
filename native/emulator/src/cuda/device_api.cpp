// Questions about devices.
#include "context.hpp"
#include "limits.hpp"

#include <cstdio>
#include <cstring>

using namespace lamina::emulator;

namespace {

struct Attribute {
    int id;
    int value;
};

/// Attributes that are equal on all emulated devices, by the driver's numbers; those of a capability are in value_of.
constexpr Attribute attributes[] = {
    {1, max_block_threads}, {2, max_block_x}, {3, max_block_y}, {4, max_block_z},
    {5, max_grid_x}, {6, max_grid_yz}, {7, max_grid_yz},
    {8, shared_per_block}, {9, 65536}, {10, 32}, {11, 2147483647}, {12, 65536},
    {13, 1000000},                       // clock, kHz
    {14, 512}, {15, 1}, {16, multiprocessors},
    {19, 1},                             // can map host memory
    {31, 1}, {36, 1000000}, {37, 1024},  // concurrent kernels; memory clock, kHz; bus width
    {38, 4 << 20},                       // L2 cache
    {40, 2}, {41, 1}, {51, 512}, {78, 1}, {79, 1}, {80, 1}, {82, 65536}, {83, 0}, {90, 0},
    {95, 0}, {106, max_blocks_per_multiprocessor}, {115, 0},
};

constexpr int last_attribute = 145;

int value_of(const Device& device, int id) {
    switch (id) {
        case 33: return device.index + 1;  // PCI bus; domain and slot are 0
        case 39: return threads_per_multiprocessor(device);
        case 75: return device.major;
        case 76: return device.minor;
        case 81: return shared_per_multiprocessor(device);
        case 97: return shared_opt_in(device);
        default: break;
    }
    for (const Attribute& attribute : attributes) {
        if (attribute.id == id) {
            return attribute.value;
        }
    }
    return 0;
}

CUresult uuid(const char* name, char* bytes, CUdevice ordinal) {
    return device_call(name, [&] {
        require(bytes, "uuid");
        device_of(ordinal);
        std::memcpy(bytes, "LaminaEMULATED\0", 15);
        bytes[15] = static_cast<char>(ordinal);
    });
}

void pci_name(char* out, std::size_t room, int index) {
    std::snprintf(out, room, "0000:%02x:00.0", index + 1);
}

}

LAMINA_API CUresult cuDeviceGetCount(int* count) {
    return device_call("cuDeviceGetCount", [&] {
        require(count, "count");
        *count = static_cast<int>(devices().size());
    });
}

LAMINA_API CUresult cuDeviceGet(CUdevice* device, int ordinal) {
    return device_call("cuDeviceGet", [&] {
        require(device, "device");
        *device = device_of(ordinal).index;
    });
}

LAMINA_API CUresult cuDeviceGetName(char* name, int room, CUdevice ordinal) {
    return device_call("cuDeviceGetName", [&] {
        require(name && room > 0, "name");
        device_of(ordinal);
        std::snprintf(name, static_cast<std::size_t>(room), "Lamina EMULATED device");
    });
}

LAMINA_API CUresult cuDeviceGetAttribute(int* value, int attribute, CUdevice ordinal) {
    return device_call("cuDeviceGetAttribute", [&] {
        require(value, "pi");
        Device& device = device_of(ordinal);
        if (attribute < 1 || attribute > last_attribute) {
            refuse(invalid_value, "attribute ", attribute, " is not one of CUDA 12's");
        }
        *value = value_of(device, attribute);
    });
}

LAMINA_API CUresult cuDeviceComputeCapability(int* major, int* minor, CUdevice ordinal) {
    return device_call("cuDeviceComputeCapability", [&] {
        require(major && minor, "major or minor");
        *major = device_of(ordinal).major;
        *minor = device_of(ordinal).minor;
    });
}

LAMINA_API CUresult cuDeviceTotalMem_v2(std::size_t* bytes, CUdevice ordinal) {
    return device_call("cuDeviceTotalMem", [&] {
        require(bytes, "bytes");
        *bytes = device_of(ordinal).memory;
    });
}

LAMINA_API CUresult cuDeviceGetUuid(char* bytes, CUdevice ordinal) {
    return uuid("cuDeviceGetUuid", bytes, ordinal);
}

LAMINA_API CUresult cuDeviceGetUuid_v2(char* bytes, CUdevice ordinal) {
    return uuid("cuDeviceGetUuid", bytes, ordinal);
}

LAMINA_API CUresult cuDeviceGetPCIBusId(char* out, int room, CUdevice ordinal) {
    return device_call("cuDeviceGetPCIBusId", [&] {
        require(out, "pciBusId");
        if (room < 13) {
            refuse(invalid_value, "len is ", room, ", 13 are needed");
        }
        pci_name(out, static_cast<std::size_t>(room), device_of(ordinal).index);
    });
}

LAMINA_API CUresult cuDeviceGetByPCIBusId(CUdevice* device, const char* name) {
    return device_call("cuDeviceGetByPCIBusId", [&] {
        require(device && name, "dev or pciBusId");
        for (const Device* candidate : devices()) {
            char own[16];
            pci_name(own, sizeof own, candidate->index);
            if (std::strcmp(own, name) == 0) {
                *device = candidate->index;
                return;
            }
        }
        refuse(invalid_device, "no device is at ", name);
    });
}

LAMINA_API CUresult cuDeviceCanAccessPeer(int* can, CUdevice first, CUdevice second) {
    return device_call("cuDeviceCanAccessPeer", [&] {
        require(can, "canAccessPeer");
        device_of(first);
        device_of(second);
        *can = 0;
    });
}
