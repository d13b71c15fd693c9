// Emulated cuDNN: activations and softmax.
#include "cudnn.hpp"

extern "C" {
int cudnnActivationForward(void*, void*, const void*, void*, const void*, const void*, void*, void*);
int cudnnActivationBackward(void*, void*, const void*, void*, const void*, void*, const void*, void*, const void*, const void*, void*,
        void*);
int cudnnSoftmaxForward(void*, int, int, const void*, void*, const void*, const void*, void*, void*);
int cudnnSoftmaxBackward(void*, int, int, const void*, void*, const void*, void*, const void*, const void*, void*, void*);
}

using namespace lamina::test;

namespace {

constexpr int sigmoid = 0;
constexpr int relu = 1;
constexpr int hyperbolic = 2;
constexpr int clipped = 3;
constexpr int elu = 4;
constexpr int identity = 5;
constexpr int swish = 6;

std::vector<double> activate(int mode, double coefficient, double x, double dy) {
    Dnn dnn;
    Activation act(mode, coefficient);
    Tensor t(1, 1, 1, 1, type_double);
    double alpha = 1, beta = 0;
    Buffer<double> bx(std::vector<double>{x}), by(1), bdy(std::vector<double>{dy}), bdx(1);
    EXPECT_EQUAL(cudnnActivationForward(dnn.handle, act.get(), &alpha, t.get(), bx.get(), &beta, t.get(), by.get()), 0);
    EXPECT_EQUAL(cudnnActivationBackward(dnn.handle, act.get(), &alpha, t.get(), by.get(), t.get(), bdy.get(), t.get(), bx.get(), &beta,
            t.get(), bdx.get()), 0);
    return {by.read(dnn.stream)[0], bdx.read(dnn.stream)[0]};
}

}

TEST(cudnn_activations_and_their_slopes) {
    double e = std::exp(1.0);
    EXPECT_NEAR(activate(sigmoid, 0, 0, 8), (std::vector<double>{0.5, 2}), 1e-15);
    EXPECT_NEAR(activate(relu, 0, -2, 3), (std::vector<double>{0, 0}), 0);
    EXPECT_NEAR(activate(relu, 0, 2, 3), (std::vector<double>{2, 3}), 0);
    EXPECT_NEAR(activate(hyperbolic, 0, 0.5, 1), (std::vector<double>{0.46211715726000975, 0.7864477329659274}), 1e-15);
    EXPECT_NEAR(activate(clipped, 6, 7, 3), (std::vector<double>{6, 0}), 0);
    EXPECT_NEAR(activate(clipped, 6, 5, 3), (std::vector<double>{5, 3}), 0);
    EXPECT_NEAR(activate(elu, 2, -1, 3), (std::vector<double>{2 / e - 2, 6 / e}), 1e-15);
    EXPECT_NEAR(activate(swish, 0, 0, 8), (std::vector<double>{0, 4}), 1e-15);
}

TEST(cudnn_activation_works_in_place_but_not_shifted) {
    Dnn dnn;
    Activation act(relu), none(identity);
    Tensor t(1, 1, 1, 3);
    Buffer<float> x(std::vector<float>{-1, 2, -3, 4});
    EXPECT_EQUAL(cudnnActivationForward(dnn.handle, act.get(), &one, t.get(), x.get(), &zero, t.get(), x.get()), 0);
    EXPECT_NEAR(x.read(dnn.stream), (std::vector<double>{0, 2, 0, 4}), 0);
    EXPECT_EQUAL(cudnnActivationForward(dnn.handle, act.get(), &one, t.get(), x.get() + 1, &zero, t.get(), x.get()), bad_param);
    EXPECT_EQUAL(cudnnActivationForward(dnn.handle, none.get(), &one, t.get(), x.get(), &zero, t.get(), x.get()), bad_param);
}

// Channels (1, 2) and (3, 3) at two positions; e / (1 + e) = 0.7310586.
TEST(cudnn_softmax_over_channels_and_over_images) {
    Dnn dnn;
    Tensor t(1, 2, 1, 2);
    Buffer<float> x(std::vector<float>{1, 3, 2, 3}), y(4);
    auto run = [&](int algorithm, int mode) {
        EXPECT_EQUAL(cudnnSoftmaxForward(dnn.handle, algorithm, mode, &one, t.get(), x.get(), &zero, t.get(), y.get()), 0);
        return y.read(dnn.stream);
    };
    for (int algorithm : {0, 1}) {
        EXPECT_NEAR(run(algorithm, 1), (std::vector<double>{0.2689414, 0.5, 0.7310586, 0.5}), 1e-7);
        EXPECT_NEAR(run(algorithm, 0), (std::vector<double>{0.0540646, 0.3994863, 0.1469628, 0.3994863}), 1e-7);
    }
    EXPECT_NEAR(run(2, 1), (std::vector<double>{-1.3132617, -0.6931472, -0.3132617, -0.6931472}), 1e-7);
}

TEST(cudnn_fast_softmax_overflows_and_accurate_does_not) {
    Dnn dnn;
    Tensor t(1, 2, 1, 1);
    Buffer<float> x(std::vector<float>{100, 100}), y(2);
    EXPECT_EQUAL(cudnnSoftmaxForward(dnn.handle, 0, 1, &one, t.get(), x.get(), &zero, t.get(), y.get()), 0);
    EXPECT(std::isnan(y.read(dnn.stream)[0]));
    EXPECT_EQUAL(cudnnSoftmaxForward(dnn.handle, 1, 1, &one, t.get(), x.get(), &zero, t.get(), y.get()), 0);
    EXPECT_NEAR(y.read(dnn.stream), (std::vector<double>{0.5, 0.5}), 0);
}

// y = (0.25, 0.75), dy = (4, 8): sum of y dy is 7, dx = y (dy - 7). In logarithms: dx = dy - e^y 12.
TEST(cudnn_softmax_gradient) {
    Dnn dnn;
    Tensor t(1, 2, 1, 1);
    Buffer<float> y(std::vector<float>{0.25f, 0.75f}), dy(std::vector<float>{4, 8}), dx(2);
    EXPECT_EQUAL(cudnnSoftmaxBackward(dnn.handle, 1, 1, &one, t.get(), y.get(), t.get(), dy.get(), &zero, t.get(), dx.get()), 0);
    EXPECT_NEAR(dx.read(dnn.stream), (std::vector<double>{-0.75, 0.75}), 0);
    Buffer<float> logarithms(std::vector<float>{std::log(0.25f), std::log(0.75f)});
    EXPECT_EQUAL(cudnnSoftmaxBackward(dnn.handle, 2, 1, &one, t.get(), logarithms.get(), t.get(), dy.get(), &zero, t.get(), dx.get()), 0);
    EXPECT_NEAR(dx.read(dnn.stream), (std::vector<double>{1, -1}), 1e-6);
}
