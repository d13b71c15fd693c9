// Emulated cuDNN: handle, versions, error texts, tensor and filter descriptors.
#include "cudnn.hpp"

#include <cstdlib>

using namespace lamina::test;

TEST(cudnn_reports_version_9_5_1_unless_told_otherwise) {
    int value = 0;
    EXPECT_EQUAL(cudnnGetVersion(), std::size_t{90501});
    EXPECT_EQUAL(cudnnGetProperty(1, &value), 0);
    EXPECT_EQUAL(value, 5);
    setenv("LAMINA_EMULATOR_CUDNN_VERSION", "8907", 1);
    EXPECT_EQUAL(cudnnGetVersion(), std::size_t{8907});
    EXPECT_EQUAL(cudnnGetProperty(0, &value), 0);
    EXPECT_EQUAL(value, 8);
    unsetenv("LAMINA_EMULATOR_CUDNN_VERSION");
}

TEST(cudnn_names_its_statuses_and_keeps_the_last_error_once) {
    EXPECT_EQUAL(std::string(cudnnGetErrorString(3004)), "CUDNN_STATUS_NOT_SUPPORTED_LAYOUT");
    EXPECT_EQUAL(std::string(cudnnGetErrorString(1008)), "CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED");
    Dnn dnn;
    Tensor x(1, 1, 1, 1);
    EXPECT_EQUAL(cudnnSetTensor4dDescriptor(x.get(), nchw, type_float, 1, 0, 1, 1), bad_param);
    char text[100];
    cudnnGetLastErrorString(text, sizeof text);
    EXPECT(std::string(text).find("dimension 1 is 0") != std::string::npos);
    cudnnGetLastErrorString(text, sizeof text);
    EXPECT_EQUAL(std::string(text), "");
}

TEST(cudnn_handles_keep_their_stream_and_end_once) {
    Dnn dnn;
    CUstream_st* stream = nullptr;
    EXPECT_EQUAL(cudnnGetStream(dnn.handle, &stream), 0);
    EXPECT(stream == dnn.stream.get());
    void* gone = nullptr;
    EXPECT_EQUAL(cudnnCreate(&gone), 0);
    EXPECT_EQUAL(cudnnDestroy(gone), 0);
    EXPECT_EQUAL(cudnnDestroy(gone), 1001);
    EXPECT_EQUAL(cudnnDestroy(nullptr), null_pointer);
    EXPECT_EQUAL(cudnnCreate(nullptr), null_pointer);
}

TEST(cudnn_tensors_have_the_strides_of_their_format) {
    int got[9];
    auto get = [&](Tensor& t) {
        EXPECT_EQUAL(cudnnGetTensor4dDescriptor(t.get(), got, got + 1, got + 2, got + 3, got + 4, got + 5, got + 6, got + 7, got + 8), 0);
        return std::vector<int>(got, got + 9);
    };
    Tensor first(2, 3, 4, 5);
    EXPECT_NEAR(get(first), (std::vector<double>{0, 2, 3, 4, 5, 60, 20, 5, 1}), 0);
    Tensor last(2, 3, 4, 5, type_bfloat16, nhwc);
    EXPECT_NEAR(get(last), (std::vector<double>{9, 2, 3, 4, 5, 60, 1, 15, 3}), 0);
    EXPECT_EQUAL(cudnnSetTensor4dDescriptorEx(last.get(), type_double, 2, 3, 4, 5, 100, 30, 6, 1), 0);
    EXPECT_NEAR(get(last), (std::vector<double>{1, 2, 3, 4, 5, 100, 30, 6, 1}), 0);
    std::size_t bytes = 0;
    EXPECT_EQUAL(cudnnGetTensorSizeInBytes(last.get(), &bytes), 0);
    EXPECT_EQUAL(bytes, std::size_t{(100 + 60 + 18 + 4 + 1) * 8});
}

TEST(cudnn_tensors_of_more_dimensions) {
    Tensor t(1, 1, 1, 1);
    const int dims[] = {2, 3, 4, 5, 6};
    EXPECT_EQUAL(cudnnSetTensorNdDescriptorEx(t.get(), nhwc, type_float, 5, dims), 0);
    int type, rank, got[8], strides[8];
    EXPECT_EQUAL(cudnnGetTensorNdDescriptor(t.get(), 8, &type, &rank, got, strides), 0);
    EXPECT_EQUAL(rank, 5);
    EXPECT_NEAR(std::vector<int>(strides, strides + 5), (std::vector<double>{360, 1, 90, 18, 3}), 0);
    EXPECT_EQUAL(cudnnSetTensorNdDescriptor(t.get(), type_float, 3, dims, strides), not_supported_shape);
    EXPECT_EQUAL(cudnnSetTensorNdDescriptor(t.get(), type_float, 5, dims, nullptr), null_pointer);
}

TEST(cudnn_filters_keep_format_and_dimensions) {
    Filter w(8, 4, 3, 2, type_bfloat16, nhwc);
    int got[6];
    EXPECT_EQUAL(cudnnGetFilter4dDescriptor(w.get(), got, got + 1, got + 2, got + 3, got + 4, got + 5), 0);
    EXPECT_NEAR(std::vector<int>(got, got + 6), (std::vector<double>{9, 1, 8, 4, 3, 2}), 0);
    EXPECT_EQUAL(cudnnSetFilter4dDescriptor(w.get(), type_float, 2, 1, 1, 1, 1), bad_param);
}

TEST(cudnn_knows_stale_foreign_and_unset_descriptors) {
    void* gone = nullptr;
    EXPECT_EQUAL(cudnnCreateTensorDescriptor(&gone), 0);
    std::size_t bytes;
    EXPECT_EQUAL(cudnnGetTensorSizeInBytes(gone, &bytes), bad_param);
    EXPECT(explained("never set"));
    EXPECT_EQUAL(cudnnDestroyTensorDescriptor(gone), 0);
    EXPECT_EQUAL(cudnnDestroyTensorDescriptor(gone), bad_param);
    EXPECT_EQUAL(cudnnGetTensorSizeInBytes(gone, &bytes), bad_param);
    Filter filter(1, 1, 1, 1);
    EXPECT_EQUAL(cudnnGetTensorSizeInBytes(filter.get(), &bytes), bad_param);
}

TEST(cudnn_faults_can_be_injected) {
    lamina_emulator_inject("cudnnCreate", 0, 4004, 1);
    void* handle = nullptr;
    EXPECT_EQUAL(cudnnCreate(&handle), 4004);
    EXPECT_EQUAL(cudnnCreate(&handle), 0);
    EXPECT_EQUAL(cudnnDestroy(handle), 0);
    lamina_emulator_reset();
}
