// Names of the statuses of cuDNN 9, the last error's text, and version numbers.
#include "dnn.hpp"

#include <cstdlib>
#include <cstring>

namespace lamina::emulator::dnn {

namespace {

thread_local std::string last_error;

struct Name {
    int status;
    const char* name;
};

constexpr Name names[] = {
    {0, "CUDNN_STATUS_SUCCESS"},
    {1001, "CUDNN_STATUS_NOT_INITIALIZED"},
    {1002, "CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH"},
    {1003, "CUDNN_STATUS_SERIALIZATION_VERSION_MISMATCH"},
    {1004, "CUDNN_STATUS_DEPRECATED"},
    {1005, "CUDNN_STATUS_LICENSE_ERROR"},
    {1006, "CUDNN_STATUS_RUNTIME_IN_PROGRESS"},
    {1007, "CUDNN_STATUS_RUNTIME_FP_OVERFLOW"},
    {1008, "CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED"},
    {2000, "CUDNN_STATUS_BAD_PARAM"},
    {2001, "CUDNN_STATUS_INVALID_VALUE"},
    {2002, "CUDNN_STATUS_BAD_PARAM_NULL_POINTER"},
    {2003, "CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER"},
    {2004, "CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED"},
    {2005, "CUDNN_STATUS_BAD_PARAM_OUT_OF_BOUND"},
    {2006, "CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT"},
    {2007, "CUDNN_STATUS_BAD_PARAM_STREAM_MISMATCH"},
    {2008, "CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH"},
    {2009, "CUDNN_STATUS_BAD_PARAM_DUPLICATED_ENTRIES"},
    {2010, "CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE"},
    {2011, "CUDNN_STATUS_BAD_PARAM_CUDA_GRAPH_MISMATCH"},
    {3000, "CUDNN_STATUS_NOT_SUPPORTED"},
    {3001, "CUDNN_STATUS_NOT_SUPPORTED_GRAPH_PATTERN"},
    {3002, "CUDNN_STATUS_NOT_SUPPORTED_SHAPE"},
    {3003, "CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE"},
    {3004, "CUDNN_STATUS_NOT_SUPPORTED_LAYOUT"},
    {3005, "CUDNN_STATUS_NOT_SUPPORTED_INCOMPATIBLE_CUDA_DRIVER"},
    {3006, "CUDNN_STATUS_NOT_SUPPORTED_INCOMPATIBLE_CUDART"},
    {3007, "CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH"},
    {3008, "CUDNN_STATUS_NOT_SUPPORTED_RUNTIME_PREREQUISITE_MISSING"},
    {3009, "CUDNN_STATUS_NOT_SUPPORTED_SUBLIBRARY_UNAVAILABLE"},
    {3010, "CUDNN_STATUS_NOT_SUPPORTED_SHARED_MEMORY_INSUFFICIENT"},
    {3011, "CUDNN_STATUS_NOT_SUPPORTED_PADDING"},
    {3012, "CUDNN_STATUS_NOT_SUPPORTED_BAD_LAUNCH_PARAM"},
    {3013, "CUDNN_STATUS_NOT_SUPPORTED_CUDA_GRAPH_NATIVE_API"},
    {4000, "CUDNN_STATUS_INTERNAL_ERROR"},
    {4001, "CUDNN_STATUS_INTERNAL_ERROR_COMPILATION_FAILED"},
    {4002, "CUDNN_STATUS_INTERNAL_ERROR_UNEXPECTED_VALUE"},
    {4003, "CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED"},
    {4004, "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"},
    {4005, "CUDNN_STATUS_INTERNAL_ERROR_BAD_LAUNCH_PARAM"},
    {4006, "CUDNN_STATUS_INTERNAL_ERROR_TEXTURE_CREATION_FAILED"},
    {5000, "CUDNN_STATUS_EXECUTION_FAILED"},
    {5001, "CUDNN_STATUS_EXECUTION_FAILED_CUDA_DRIVER"},
    {5002, "CUDNN_STATUS_EXECUTION_FAILED_CUBLAS"},
    {5003, "CUDNN_STATUS_EXECUTION_FAILED_CUDART"},
    {5004, "CUDNN_STATUS_EXECUTION_FAILED_CURAND"},
};

/// 90501 unless LAMINA_EMULATOR_CUDNN_VERSION says otherwise; read anew each time, as tests of a wrong version set it.
std::size_t version() {
    const char* other = std::getenv("LAMINA_EMULATOR_CUDNN_VERSION");
    std::size_t number = other == nullptr ? 0 : std::strtoull(other, nullptr, 10);
    return number == 0 ? 90501 : number;
}

}

const char* name_of(int status) {
    for (const Name& entry : names) {
        if (entry.status == status) return entry.name;
    }
    return "CUDNN_UNKNOWN_STATUS";
}

void remember(const std::string& text) {
    last_error = text;
}

}

using namespace lamina::emulator::dnn;

LAMINA_EXPORT const char* cudnnGetErrorString(int status) {
    return name_of(status);
}

/// Copies the text of this thread's last refusal and forgets it, as documented.
LAMINA_EXPORT void cudnnGetLastErrorString(char* message, std::size_t size) {
    if (message == nullptr || size == 0) {
        return;
    }
    std::strncpy(message, last_error.c_str(), size - 1);
    message[size - 1] = 0;
    last_error.clear();
}

LAMINA_EXPORT std::size_t cudnnGetVersion() {
    return version();
}

LAMINA_EXPORT std::size_t cudnnGetMaxDeviceVersion() {
    return 900;
}

LAMINA_EXPORT std::size_t cudnnGetCudartVersion() {
    return 12060;
}

LAMINA_EXPORT int cudnnGetProperty(int property, int* value) {
    return entry(__func__, [&] {
        require(value != nullptr, null_pointer, "value is null");
        require_enum(property, 2, "type");
        // Before version 9 the number was major * 1000 + minor * 100 + patch.
        int number = static_cast<int>(version());
        int unit = number >= 90000 ? 10000 : 1000;
        const int values[] = {number / unit, number % unit / 100, number % 100};
        *value = values[property];
    });
}
