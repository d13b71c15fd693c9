// Emulated cuDNN: batch normalisation and local response normalisation.
#include "cudnn.hpp"

extern "C" {
int cudnnBatchNormalizationForwardTraining(void*, int, const void*, const void*, void*, const void*, void*, void*, void*, const void*,
        const void*, double, void*, void*, double, void*, void*);
int cudnnBatchNormalizationForwardInference(void*, int, const void*, const void*, void*, const void*, void*, void*, void*, const void*,
        const void*, const void*, const void*, double);
int cudnnBatchNormalizationBackward(void*, int, const void*, const void*, const void*, const void*, void*, const void*, void*, const void*,
        void*, void*, void*, const void*, void*, void*, double, const void*, const void*);
int cudnnDeriveBNTensorDescriptor(void*, void*, int);
int cudnnCreateLRNDescriptor(void**);
int cudnnDestroyLRNDescriptor(void*);
int cudnnSetLRNDescriptor(void*, unsigned, double, double, double);
int cudnnLRNCrossChannelForward(void*, void*, int, const void*, void*, const void*, const void*, void*, void*);
int cudnnLRNCrossChannelBackward(void*, void*, int, const void*, void*, const void*, void*, const void*, void*, const void*, const void*,
        void*, void*);
}

using namespace lamina::test;

namespace {

constexpr int per_activation = 0;
constexpr int spatial = 1;
constexpr int persistent = 2;

using Lrn = Descriptor<cudnnCreateLRNDescriptor, cudnnDestroyLRNDescriptor>;

/// Two images of one channel of two elements: 1, 3, 5, 7. Mean 4, variance 5 (biased), 20/3 (unbiased).
struct Layer {
    Dnn dnn;
    Tensor x{2, 1, 1, 2};
    Tensor parameters{1, 1, 1, 1};
    Buffer<float> values{std::vector<float>{1, 3, 5, 7}};
    Buffer<float> scale{std::vector<float>{2}};
    Buffer<float> bias{std::vector<float>{10}};
    Buffer<float> result{std::size_t{4}};
};

}

// With epsilon 4 the standard deviation is 3: y = 2 (x - 4) / 3 + 10.
TEST(cudnn_batch_norm_trains_with_statistics_of_the_batch) {
    Layer l;
    Buffer<float> mean(std::vector<float>{100}), variance(std::vector<float>{200}), saved(1), inverse(1);
    auto train = [&](double factor) {
        return cudnnBatchNormalizationForwardTraining(l.dnn.handle, spatial, &one, &zero, l.x.get(), l.values.get(), l.x.get(),
                l.result.get(), l.parameters.get(), l.scale.get(), l.bias.get(), factor, mean.get(), variance.get(), 4, saved.get(),
                inverse.get());
    };
    EXPECT_EQUAL(train(0.25), 0);
    EXPECT_NEAR(l.result.read(l.dnn.stream), (std::vector<double>{8, 10 - 2 / 3.0, 10 + 2 / 3.0, 12}), 1e-7);
    EXPECT_NEAR(mean.read(l.dnn.stream), (std::vector<double>{76}), 0);
    EXPECT_NEAR(variance.read(l.dnn.stream), (std::vector<double>{150 + 5 / 3.0}), 1e-7);
    EXPECT_NEAR(saved.read(l.dnn.stream), (std::vector<double>{4}), 0);
    EXPECT_NEAR(inverse.read(l.dnn.stream), (std::vector<double>{1 / 3.0}), 1e-7);
    EXPECT_EQUAL(train(1), 0);
    EXPECT_NEAR(mean.read(l.dnn.stream), (std::vector<double>{4}), 0);
    EXPECT_EQUAL(train(1.5), bad_param);
}

TEST(cudnn_batch_norm_infers_with_given_statistics) {
    Layer l;
    Buffer<float> mean(std::vector<float>{1}), variance(std::vector<float>{12});
    EXPECT_EQUAL(cudnnBatchNormalizationForwardInference(l.dnn.handle, spatial, &one, &zero, l.x.get(), l.values.get(), l.x.get(),
            l.result.get(), l.parameters.get(), l.scale.get(), l.bias.get(), mean.get(), variance.get(), 4), 0);
    EXPECT_NEAR(l.result.read(l.dnn.stream), (std::vector<double>{10, 11, 12, 13}), 0);
}

// dy = (3, 0, 0, 0), normalised x = (-1, -1/3, 1/3, 1): sum dy = 3, sum dy x = -3, dx = 2/3 (dy - 3/4 + 3/4 normalised x).
TEST(cudnn_batch_norm_gradient_with_saved_or_computed_statistics) {
    Layer l;
    Buffer<float> dy(std::vector<float>{3, 0, 0, 0}), mean(std::vector<float>{4}), inverse(std::vector<float>{1 / 3.0f}), dscale(1),
            dbias(1);
    for (bool saved : {true, false}) {
        EXPECT_EQUAL(cudnnBatchNormalizationBackward(l.dnn.handle, spatial, &one, &zero, &one, &zero, l.x.get(), l.values.get(), l.x.get(),
                dy.get(), l.x.get(), l.result.get(), l.parameters.get(), l.scale.get(), dscale.get(), dbias.get(), 4,
                saved ? mean.get() : nullptr, saved ? inverse.get() : nullptr), 0);
        EXPECT_NEAR(l.result.read(l.dnn.stream), (std::vector<double>{1, -2 / 3.0, -1 / 3.0, 0}), 2e-7);
        EXPECT_NEAR(dscale.read(l.dnn.stream), (std::vector<double>{-3}), 2e-7);
        EXPECT_NEAR(dbias.read(l.dnn.stream), (std::vector<double>{3}), 0);
    }
    EXPECT_EQUAL(cudnnBatchNormalizationBackward(l.dnn.handle, persistent, &one, &zero, &one, &zero, l.x.get(), l.values.get(), l.x.get(),
            dy.get(), l.x.get(), l.result.get(), l.parameters.get(), l.scale.get(), dscale.get(), dbias.get(), 4, nullptr, nullptr),
            bad_param);
}

// Per activation each of the two positions has its own statistics: (1, 5) and (3, 7), deviation 2 without epsilon.
TEST(cudnn_batch_norm_per_activation) {
    Layer l;
    Tensor parameters(1, 1, 1, 2);
    Buffer<float> scale(std::vector<float>{1, 10}), bias(std::vector<float>{0, 100});
    EXPECT_EQUAL(cudnnBatchNormalizationForwardTraining(l.dnn.handle, per_activation, &one, &zero, l.x.get(), l.values.get(), l.x.get(),
            l.result.get(), parameters.get(), scale.get(), bias.get(), 1, nullptr, nullptr, 0, nullptr, nullptr), 0);
    EXPECT_NEAR(l.result.read(l.dnn.stream), (std::vector<double>{-1, 90, 1, 110}), 0);
}

TEST(cudnn_batch_norm_gives_the_same_for_every_layout) {
    Dnn dnn;
    std::vector<float> x = random<float>(2 * 4 * 3 * 3, 5);
    std::vector<float> turned(x.size());
    for (int n = 0; n < 2; n++)
        for (int c = 0; c < 4; c++)
            for (int i = 0; i < 9; i++) turned[(n * 9 + i) * 4 + c] = x[(n * 4 + c) * 9 + i];
    Tensor first(2, 4, 3, 3), last(2, 4, 3, 3, type_float, nhwc), parameters(1, 1, 1, 1);
    EXPECT_EQUAL(cudnnDeriveBNTensorDescriptor(parameters.get(), first.get(), persistent), 0);
    Buffer<float> a(x), b(turned), scale(random<float>(4, 6)), bias(random<float>(4, 7)), y(x.size()), z(x.size());
    auto train = [&](Tensor& t, float* in, float* out) {
        return cudnnBatchNormalizationForwardTraining(dnn.handle, persistent, &one, &zero, t.get(), in, t.get(), out, parameters.get(),
                scale.get(), bias.get(), 1, nullptr, nullptr, 1e-5, nullptr, nullptr);
    };
    EXPECT_EQUAL(train(first, a.get(), y.get()), 0);
    EXPECT_EQUAL(train(last, b.get(), z.get()), 0);
    std::vector<float> plain = y.read(dnn.stream);
    std::vector<float> other = z.read(dnn.stream);
    for (int n = 0; n < 2; n++)
        for (int c = 0; c < 4; c++)
            for (int i = 0; i < 9; i++) EXPECT_EQUAL(other[(n * 9 + i) * 4 + c], plain[(n * 4 + c) * 9 + i]);
}

TEST(cudnn_batch_norm_refuses_parameters_of_the_wrong_size_or_type) {
    Layer l;
    Tensor wide(1, 2, 1, 1), doubles(1, 1, 1, 1, type_double), odd(2, 2, 1, 2, type_float, nhwc);
    auto train = [&](int mode, Tensor& x, Tensor& parameters) {
        return cudnnBatchNormalizationForwardTraining(l.dnn.handle, mode, &one, &zero, x.get(), l.values.get(), x.get(), l.result.get(),
                parameters.get(), l.scale.get(), l.bias.get(), 1, nullptr, nullptr, 1, nullptr, nullptr);
    };
    EXPECT_EQUAL(train(spatial, l.x, wide), bad_param);
    EXPECT_EQUAL(train(spatial, l.x, doubles), bad_param);
    EXPECT_EQUAL(train(per_activation, l.x, l.parameters), bad_param);
    EXPECT_EQUAL(train(persistent, odd, wide), not_supported_shape);
}

// n = 3, alpha = 3, beta = 1, k = 1: scale(c) = 1 + sum of squares of c - 1, c, c + 1 for x = (1, 2, 3): 6, 15, 14.
TEST(cudnn_lrn_and_its_gradient) {
    Dnn dnn;
    Lrn norm;
    EXPECT_EQUAL(cudnnSetLRNDescriptor(norm.get(), 3, 3, 1, 1), 0);
    Tensor t(1, 3, 1, 1);
    Buffer<float> x(std::vector<float>{1, 2, 3}), y(3), dy(std::vector<float>{1, 0, 0}), dx(3);
    EXPECT_EQUAL(cudnnLRNCrossChannelForward(dnn.handle, norm.get(), 0, &one, t.get(), x.get(), &zero, t.get(), y.get()), 0);
    EXPECT_NEAR(y.read(dnn.stream), (std::vector<double>{1 / 6.0, 2 / 15.0, 3 / 14.0}), 1e-7);
    // d y(0) / d x = (1/6 - 2 * 1/36, -2 * 2 * 1/36, 0).
    EXPECT_EQUAL(cudnnLRNCrossChannelBackward(dnn.handle, norm.get(), 0, &one, t.get(), y.get(), t.get(), dy.get(), t.get(), x.get(),
            &zero, t.get(), dx.get()), 0);
    EXPECT_NEAR(dx.read(dnn.stream), (std::vector<double>{1 / 9.0, -1 / 9.0, 0}), 1e-7);
}

// An even window reaches one channel further up: n = 2 takes c and c + 1.
TEST(cudnn_lrn_window_of_even_size) {
    Dnn dnn;
    Lrn norm;
    EXPECT_EQUAL(cudnnSetLRNDescriptor(norm.get(), 2, 2, 1, 1), 0);
    Tensor t(1, 3, 1, 1);
    Buffer<float> x(std::vector<float>{1, 2, 3}), y(3), dy(std::vector<float>{0, 1, 0}), dx(3);
    EXPECT_EQUAL(cudnnLRNCrossChannelForward(dnn.handle, norm.get(), 0, &one, t.get(), x.get(), &zero, t.get(), y.get()), 0);
    EXPECT_NEAR(y.read(dnn.stream), (std::vector<double>{1 / 6.0, 2 / 14.0, 3 / 10.0}), 1e-7);
    EXPECT_EQUAL(cudnnLRNCrossChannelBackward(dnn.handle, norm.get(), 0, &one, t.get(), y.get(), t.get(), dy.get(), t.get(), x.get(),
            &zero, t.get(), dx.get()), 0);
    // y(1) = x1 / (1 + x1^2 + x2^2): (0, 1/14 - 8/196, -12/196).
    EXPECT_NEAR(dx.read(dnn.stream), (std::vector<double>{0, 6 / 196.0, -12 / 196.0}), 1e-7);
}

TEST(cudnn_lrn_refuses_parameters_out_of_range) {
    Lrn norm;
    EXPECT_EQUAL(cudnnSetLRNDescriptor(norm.get(), 17, 1, 1, 1), bad_param);
    EXPECT_EQUAL(cudnnSetLRNDescriptor(norm.get(), 0, 1, 1, 1), bad_param);
    EXPECT_EQUAL(cudnnSetLRNDescriptor(norm.get(), 5, 1, 0.001, 1), bad_param);
    EXPECT_EQUAL(cudnnSetLRNDescriptor(norm.get(), 5, 1, 1, 0), bad_param);
}
