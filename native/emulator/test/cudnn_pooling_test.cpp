// Emulated cuDNN: pooling and its gradient.
#include "cudnn.hpp"

extern "C" {
int cudnnCreatePoolingDescriptor(void**);
int cudnnDestroyPoolingDescriptor(void*);
int cudnnSetPooling2dDescriptor(void*, int, int, int, int, int, int, int, int);
int cudnnGetPoolingNdForwardOutputDim(void*, void*, int, int*);
int cudnnPoolingForward(void*, void*, const void*, void*, const void*, const void*, void*, void*);
int cudnnPoolingBackward(void*, void*, const void*, void*, const void*, void*, const void*, void*, const void*, const void*, void*, void*);
}

using namespace lamina::test;

namespace {

constexpr int max = 0;
constexpr int average_include = 1;
constexpr int average_exclude = 2;
constexpr int max_deterministic = 3;

class Pooling : public Descriptor<cudnnCreatePoolingDescriptor, cudnnDestroyPoolingDescriptor> {
public:
    Pooling(int mode, int window, int pad, int stride, int nan_option = 0) {
        EXPECT_EQUAL(cudnnSetPooling2dDescriptor(get(), mode, nan_option, window, window, pad, pad, stride, stride), 0);
    }
};

std::vector<float> forward(Dnn& dnn, const Pooling& pooling, const std::vector<float>& values, int size, int result) {
    Tensor xd(1, 1, size, size), yd(1, 1, result, result);
    Buffer<float> x(values), y(result * result);
    EXPECT_EQUAL(cudnnPoolingForward(dnn.handle, pooling.get(), &one, xd.get(), x.get(), &zero, yd.get(), y.get()), 0);
    return y.read(dnn.stream);
}

std::vector<float> backward(Dnn& dnn, const Pooling& pooling, const std::vector<float>& values, int size, const std::vector<float>& result,
        const std::vector<float>& gradient) {
    int small = static_cast<int>(std::lround(std::sqrt(result.size())));
    Tensor xd(1, 1, size, size), yd(1, 1, small, small);
    Buffer<float> x(values), y(result), dy(gradient), dx(values.size());
    EXPECT_EQUAL(cudnnPoolingBackward(dnn.handle, pooling.get(), &one, yd.get(), y.get(), yd.get(), dy.get(), xd.get(), x.get(), &zero,
            xd.get(), dx.get()), 0);
    return dx.read(dnn.stream);
}

const std::vector<float> nine{1, 2, 3, 4, 5, 6, 7, 8, 9};

}

TEST(cudnn_max_pooling_takes_the_largest_inside) {
    Dnn dnn;
    EXPECT_NEAR(forward(dnn, Pooling(max, 2, 0, 1), nine, 3, 2), (std::vector<double>{5, 6, 8, 9}), 0);
    std::vector<float> negative;
    for (float value : nine) negative.push_back(-value);
    // Padding is never the largest.
    EXPECT_NEAR(forward(dnn, Pooling(max, 2, 1, 2), negative, 3, 2), (std::vector<double>{-1, -2, -4, -5}), 0);
}

TEST(cudnn_max_pooling_heeds_the_nan_option) {
    Dnn dnn;
    std::vector<float> values = nine;
    values[0] = NAN;
    EXPECT_EQUAL(forward(dnn, Pooling(max, 2, 0, 1, 0), values, 3, 2)[0], 5.0f);
    EXPECT(std::isnan(forward(dnn, Pooling(max, 2, 0, 1, 1), values, 3, 2)[0]));
}

TEST(cudnn_average_pooling_divides_by_window_or_by_what_is_inside) {
    Dnn dnn;
    EXPECT_NEAR(forward(dnn, Pooling(average_include, 2, 1, 2), nine, 3, 2), (std::vector<double>{0.25, 1.25, 2.75, 7}), 0);
    EXPECT_NEAR(forward(dnn, Pooling(average_exclude, 2, 1, 2), nine, 3, 2), (std::vector<double>{1, 2.5, 5.5, 7}), 0);
}

TEST(cudnn_average_pooling_spreads_its_gradient) {
    Dnn dnn;
    std::vector<float> y(4), dy{4, 8, 12, 16};
    EXPECT_NEAR(backward(dnn, Pooling(average_include, 2, 1, 2), nine, 3, y, dy), (std::vector<double>{1, 2, 2, 3, 4, 4, 3, 4, 4}), 0);
    EXPECT_NEAR(backward(dnn, Pooling(average_exclude, 2, 1, 2), nine, 3, y, dy), (std::vector<double>{4, 4, 4, 6, 4, 4, 6, 4, 4}), 0);
}

TEST(cudnn_max_pooling_sends_its_gradient_to_the_largest) {
    Dnn dnn;
    std::vector<float> dy{1, 2, 3, 4};
    EXPECT_NEAR(backward(dnn, Pooling(max, 2, 0, 1), nine, 3, {5, 6, 8, 9}, dy), (std::vector<double>{0, 0, 0, 0, 1, 2, 0, 3, 4}), 0);
    // Overlapping windows add up.
    std::vector<float> peak{0, 0, 0, 0, 7, 0, 0, 0, 0};
    EXPECT_NEAR(backward(dnn, Pooling(max_deterministic, 2, 0, 1), peak, 3, {7, 7, 7, 7}, dy), (std::vector<double>{0, 0, 0, 0, 10, 0, 0,
            0, 0}), 0);
}

TEST(cudnn_ties_go_to_the_first_only_in_deterministic_mode) {
    Dnn dnn;
    std::vector<float> same{3, 3, 3, 3}, dy{1};
    EXPECT_NEAR(backward(dnn, Pooling(max_deterministic, 2, 0, 2), same, 2, {3}, dy), (std::vector<double>{1, 0, 0, 0}), 0);
    EXPECT_NEAR(backward(dnn, Pooling(max, 2, 0, 2), same, 2, {3}, dy), (std::vector<double>{0, 0, 0, 1}), 0);
}

TEST(cudnn_pooling_works_by_strides) {
    Dnn dnn;
    Pooling pooling(max, 2, 0, 2);
    Tensor xd(1, 2, 2, 2, type_float, nhwc), yd(1, 2, 1, 1);
    Buffer<float> x(std::vector<float>{1, 10, 2, 40, 4, 30, 3, 20}), y(2);
    EXPECT_EQUAL(cudnnPoolingForward(dnn.handle, pooling.get(), &one, xd.get(), x.get(), &zero, yd.get(), y.get()), 0);
    EXPECT_NEAR(y.read(dnn.stream), (std::vector<double>{4, 40}), 0);
}

TEST(cudnn_pooling_refuses_sizes_that_do_not_fit) {
    Dnn dnn;
    Pooling pooling(max, 2, 0, 1);
    Tensor xd(1, 1, 3, 3), yd(1, 1, 3, 3);
    Buffer<float> x(9), y(9);
    auto run = [&](const Pooling& p) {
        return cudnnPoolingForward(dnn.handle, p.get(), &one, xd.get(), x.get(), &zero, yd.get(), y.get());
    };
    EXPECT_EQUAL(run(pooling), shape_mismatch);
    EXPECT_EQUAL(run(Pooling(max, 1, 1, 2)), 3011);
    int dims[4];
    EXPECT_EQUAL(cudnnGetPoolingNdForwardOutputDim(pooling.get(), xd.get(), 4, dims), 0);
    EXPECT_EQUAL(dims[3], 2);
    EXPECT_EQUAL(cudnnSetPooling2dDescriptor(pooling.get(), 0, 0, 0, 1, 0, 0, 1, 1), bad_param);
    EXPECT_EQUAL(cudnnSetPooling2dDescriptor(pooling.get(), 4, 0, 1, 1, 0, 0, 1, 1), bad_param);
}
