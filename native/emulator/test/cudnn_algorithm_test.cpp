// Emulated cuDNN: choice of convolution algorithms, workspaces, and the convolutions it must refuse.
#include "cudnn.hpp"

using namespace lamina::test;

namespace {

/// A 3x3 convolution of 4 to 8 channels over 6x6, with buffers; its parts are changed by the tests.
struct Layer {
    explicit Layer(int format = nchw, int type = type_float)
        : xd(2, 4, 6, 6, type, format), yd(2, 8, 6, 6, type, format), wd(8, 4, 3, 3, type, format), conv(1, 1, 1, 1,
        type == type_double ? 1 : 0),
          x(std::vector<float>(600, 1)), w(std::vector<float>(600, 1)), y(std::vector<float>(1200, 1)),
          space(std::vector<float>(100'000, 1)) {}

    int forward(int algo, std::size_t bytes) {
        return cudnnConvolutionForward(dnn.handle, &one, xd.get(), x.get(), wd.get(), w.get(), conv.get(), algo,
                bytes == 0 ? nullptr : space.get(), bytes, &zero, yd.get(), y.get());
    }

    Dnn dnn;
    Tensor xd, yd;
    Filter wd;
    Convolution conv;
    Buffer<float> x, w, y, space;
};

std::vector<double> statuses(const std::vector<Performance>& results, int count) {
    std::vector<double> list(count, -1);
    for (const Performance& result : results) list[result.algo] = result.status;
    return list;
}

}

TEST(cudnn_heuristics_list_usable_algorithms_first) {
    Layer c;
    std::vector<Performance> results(8);
    int returned = 0;
    EXPECT_EQUAL(cudnnGetConvolutionForwardAlgorithm_v7(c.dnn.handle, c.xd.get(), c.wd.get(), c.conv.get(), c.yd.get(), 8, &returned,
            results.data()), 0);
    EXPECT_EQUAL(returned, 8);
    EXPECT_EQUAL(results[0].status, 0);
    EXPECT_EQUAL(results[0].algo, 1);
    EXPECT_EQUAL(results[0].math_type, 1);
    EXPECT_EQUAL(results[7].algo, 3);
    EXPECT_EQUAL(results[7].status, not_supported);
    EXPECT_NEAR(statuses(results, 8), (std::vector<double>{0, 0, 0, not_supported, 0, 0, 0, 0}), 0);
    for (int i = 1; i < 7; i++) EXPECT(results[i - 1].time <= results[i].time);
}

TEST(cudnn_nhwc_leaves_the_implicit_algorithms) {
    Layer c(nhwc);
    std::vector<Performance> results(8);
    int returned = 0;
    EXPECT_EQUAL(cudnnFindConvolutionForwardAlgorithm(c.dnn.handle, c.xd.get(), c.wd.get(), c.conv.get(), c.yd.get(), 8, &returned,
            results.data()), 0);
    double layout = not_supported_layout;
    EXPECT_NEAR(statuses(results, 8), (std::vector<double>{0, 0, layout, not_supported, layout, layout, layout, layout}), 0);
}

TEST(cudnn_tells_which_gradients_are_not_deterministic) {
    Layer c;
    std::vector<Performance> data(6), filter(7);
    int returned = 0;
    EXPECT_EQUAL(cudnnGetConvolutionBackwardDataAlgorithm_v7(c.dnn.handle, c.wd.get(), c.yd.get(), c.conv.get(), c.xd.get(), 6, &returned,
            data.data()), 0);
    for (const Performance& result : data) EXPECT_EQUAL(result.determinism, result.status == 0 && result.algo != 0 ? 1 : 0);
    EXPECT_EQUAL(cudnnGetConvolutionBackwardFilterAlgorithm_v7(c.dnn.handle, c.xd.get(), c.yd.get(), c.conv.get(), c.wd.get(), 7,
            &returned, filter.data()), 0);
    for (const Performance& result : filter) {
        bool random = result.algo == 0 || result.algo == 3 || result.status != 0;
        EXPECT_EQUAL(result.determinism, random ? 0 : 1);
    }
    EXPECT_EQUAL(filter[0].algo, 0);
}

TEST(cudnn_search_with_buffers_overwrites_the_output_and_heeds_the_limit) {
    Layer c;
    std::vector<Performance> results(8);
    int returned = 0;
    EXPECT_EQUAL(cudnnFindConvolutionForwardAlgorithmEx(c.dnn.handle, c.xd.get(), c.x.get(), c.wd.get(), c.w.get(), c.conv.get(),
            c.yd.get(), c.y.get(), 8, &returned, results.data(), c.space.get(), 256), 0);
    std::vector<float> y = c.y.read(c.dnn.stream);
    EXPECT(y[0] != y[0]);
    EXPECT(c.x.read(c.dnn.stream)[0] == 1);
    for (const Performance& result : results) {
        EXPECT_EQUAL(result.status, result.algo == 3 ? not_supported : result.memory > 256 ? 4003 : 0);
    }
}

TEST(cudnn_workspaces_are_checked_and_overwritten) {
    Layer c;
    std::size_t bytes = 0;
    EXPECT_EQUAL(cudnnGetConvolutionForwardWorkspaceSize(c.dnn.handle, c.xd.get(), c.wd.get(), c.conv.get(), c.yd.get(), 2, &bytes), 0);
    EXPECT(bytes >= 4 * 9 * 36 * sizeof(float));
    EXPECT_EQUAL(c.forward(2, bytes - 1), size_insufficient);
    EXPECT_EQUAL(c.forward(2, bytes), 0);
    EXPECT_EQUAL(c.y.read(c.dnn.stream)[7], 36.0f);
    std::vector<float> space = c.space.read(c.dnn.stream);
    EXPECT(space[0] != space[0]);
    EXPECT_EQUAL(c.forward(0, 0), 0);
}

TEST(cudnn_refuses_descriptors_that_disagree) {
    Layer c;
    EXPECT_EQUAL(cudnnSetTensor4dDescriptor(c.yd.get(), nchw, type_float, 2, 8, 6, 5), 0);
    EXPECT_EQUAL(c.forward(0, 0), shape_mismatch);
    EXPECT(explained("gives 2x8x6x6"));
    EXPECT_EQUAL(cudnnSetTensor4dDescriptor(c.yd.get(), nchw, type_double, 2, 8, 6, 6), 0);
    EXPECT_EQUAL(c.forward(0, 0), bad_param);
    EXPECT_EQUAL(cudnnSetTensor4dDescriptor(c.yd.get(), nhwc, type_float, 2, 8, 6, 6), 0);
    EXPECT_EQUAL(c.forward(0, 0), not_supported_layout);
    EXPECT_EQUAL(cudnnSetTensor4dDescriptor(c.yd.get(), nchw, type_float, 2, 8, 6, 6), 0);
    EXPECT_EQUAL(cudnnSetConvolutionGroupCount(c.conv.get(), 3), 0);
    EXPECT_EQUAL(c.forward(0, 0), shape_mismatch);
    EXPECT_EQUAL(cudnnSetConvolutionGroupCount(c.conv.get(), 1), 0);
    EXPECT_EQUAL(cudnnSetTensor4dDescriptorEx(c.yd.get(), type_float, 2, 8, 6, 6, 288, 36, 5, 1), 0);
    EXPECT_EQUAL(c.forward(0, 0), not_supported_layout);
    EXPECT(explained("overlap"));
    int n, k, p, q;
    EXPECT_EQUAL(cudnnSetConvolution2dDescriptor(c.conv.get(), 0, 0, 2, 2, 2, 2, 1, type_float), 0);
    EXPECT_EQUAL(cudnnGetConvolution2dForwardOutputDim(c.conv.get(), c.xd.get(), c.wd.get(), &n, &k, &p, &q), 0);
    EXPECT_EQUAL(p, 1);
    EXPECT_EQUAL(cudnnSetConvolution2dDescriptor(c.conv.get(), 0, 0, 1, 1, 3, 3, 1, type_float), 0);
    EXPECT_EQUAL(cudnnGetConvolution2dForwardOutputDim(c.conv.get(), c.xd.get(), c.wd.get(), &n, &k, &p, &q), bad_param);
}

TEST(cudnn_refuses_bad_pointers_and_aliases) {
    Layer c(nhwc);
    auto run = [&](const float* x, float* y, const void* alpha) {
        return cudnnConvolutionForward(c.dnn.handle, alpha, c.xd.get(), x, c.wd.get(), c.w.get(), c.conv.get(), 0, nullptr, 0, &zero,
                c.yd.get(), y);
    };
    EXPECT_EQUAL(run(c.x.get(), c.y.get(), &one), 0);
    EXPECT_EQUAL(run(nullptr, c.y.get(), &one), null_pointer);
    EXPECT_EQUAL(run(c.x.get(), c.y.get(), nullptr), null_pointer);
    EXPECT_EQUAL(run(c.x.get() + 1, c.y.get(), &one), misaligned_pointer);
    EXPECT_EQUAL(run(c.y.get() + 4, c.y.get(), &one), bad_param);
    EXPECT(explained("x and y overlap"));
}

TEST(cudnn_refuses_double_in_nhwc_and_foreign_compute_types) {
    Layer c(nhwc, type_double);
    EXPECT_EQUAL(c.forward(0, 0), not_supported_data_type);
    Layer d(nchw, type_double);
    EXPECT_EQUAL(cudnnSetConvolution2dDescriptor(d.conv.get(), 1, 1, 1, 1, 1, 1, 1, type_float), 0);
    EXPECT_EQUAL(d.forward(0, 0), not_supported_data_type);
}
