// Version and names of statuses of the emulated cuBLAS.
#include "blas.hpp"

using namespace lamina::emulator::blas;

namespace {

struct Text {
    int status;
    const char* name;
    const char* sentence;
};

constexpr Text texts[] = {
    {success, "CUBLAS_STATUS_SUCCESS", "success"},
    {not_initialized, "CUBLAS_STATUS_NOT_INITIALIZED", "the library was not initialized"},
    {alloc_failed, "CUBLAS_STATUS_ALLOC_FAILED", "the resource allocation failed"},
    {invalid_value, "CUBLAS_STATUS_INVALID_VALUE", "an unsupported value or parameter was passed to the function"},
    {arch_mismatch, "CUBLAS_STATUS_ARCH_MISMATCH", "the requested functionality requires another device architecture"},
    {mapping_error, "CUBLAS_STATUS_MAPPING_ERROR", "an access to GPU memory space failed"},
    {execution_failed, "CUBLAS_STATUS_EXECUTION_FAILED", "the function failed to launch on the GPU"},
    {internal_error, "CUBLAS_STATUS_INTERNAL_ERROR", "an internal operation failed"},
    {not_supported, "CUBLAS_STATUS_NOT_SUPPORTED", "the functionality requested is not supported"},
    {license_error, "CUBLAS_STATUS_LICENSE_ERROR", "the functionality requested requires some license"},
};

const Text* find(int status) {
    for (const Text& text : texts) {
        if (text.status == status) return &text;
    }
    return nullptr;
}

}

LAMINA_EXPORT const char* cublasGetStatusName(int status) {
    const Text* text = find(status);
    return text == nullptr ? "unknown" : text->name;
}

LAMINA_EXPORT const char* cublasGetStatusString(int status) {
    const Text* text = find(status);
    return text == nullptr ? "unknown status" : text->sentence;
}

LAMINA_EXPORT int cublasGetVersion_v2(Handle* handle, int* version) {
    return entry(__func__, [&] {
        // Real cuBLAS answers without a handle too.
        if (handle != nullptr) checked(handle);
        require(version != nullptr, invalid_value, "version is null");
        *version = major_version * 10000 + minor_version * 100 + patch_level;
    });
}

LAMINA_EXPORT int cublasGetProperty(int property, int* value) {
    return entry(__func__, [&] {
        require(value != nullptr, invalid_value, "value is null");
        constexpr int values[] = {major_version, minor_version, patch_level};
        require(property >= 0 && property < 3, invalid_value, "unknown property " + std::to_string(property));
        *value = values[property];
    });
}

LAMINA_EXPORT std::size_t cublasGetCudartVersion() {
    return 12060;
}
