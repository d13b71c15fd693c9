// Activation descriptors, functions and exports of the emulated cuDNN.
#include "activation.hpp"
#include "tensor.hpp"

#include <algorithm>
#include <cmath>

namespace lamina::emulator::dnn {

math::Registry<Activation>& activations() {
    static auto* registry = new math::Registry<Activation>("cudnnActivationDescriptor");
    return *registry;
}

Activation checked(const Activation* descriptor) {
    require(descriptor != nullptr, null_pointer, "activationDesc is null");
    require(activations().is_live(descriptor), bad_param, "activationDesc is destroyed or not an activation descriptor");
    require(descriptor->mode >= 0, bad_param, "activationDesc was created but never set");
    return *descriptor;
}

namespace {

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}

/// max(x, floor); a NaN becomes the floor unless the descriptor propagates it.
double above(const Activation& activation, double x, double floor) {
    if (x != x) {
        return activation.nan_option == 1 ? x : floor;
    }
    return std::max(x, floor);
}

}

double activate(const Activation& activation, double x) {
    switch (activation.mode) {
    case activation_sigmoid: return sigmoid(x);
    case activation_relu: return above(activation, x, 0);
    case activation_tanh: return std::tanh(x);
    case activation_clipped_relu: return std::min(above(activation, x, 0), activation.coefficient);
    case activation_elu: return x > 0 ? x : activation.coefficient * std::expm1(x);
    case activation_swish: return x * sigmoid(activation.swish_beta * x);
    default: return x;
    }
}

double slope(const Activation& activation, double x, double y) {
    switch (activation.mode) {
    case activation_sigmoid: return y * (1 - y);
    case activation_relu: return x > 0 ? 1 : 0;
    case activation_tanh: return 1 - y * y;
    case activation_clipped_relu: return x > 0 && x < activation.coefficient ? 1 : 0;
    case activation_elu: return x > 0 ? 1 : y + activation.coefficient;
    case activation_swish: {
        double gate = sigmoid(activation.swish_beta * x);
        return gate + activation.swish_beta * x * gate * (1 - gate);
    }
    default: return 1;
    }
}

}

using namespace lamina::emulator;
using namespace lamina::emulator::dnn;

namespace {

Activation& live(Activation* descriptor) {
    require(descriptor != nullptr, null_pointer, "activationDesc is null");
    require(activations().is_live(descriptor), bad_param, "activationDesc is destroyed or not an activation descriptor");
    return *descriptor;
}

/// IDENTITY exists for the fused convolution only.
Activation elementwise(const Activation* descriptor) {
    Activation activation = checked(descriptor);
    require(activation.mode != activation_identity, bad_param, "IDENTITY does not work in cudnnActivation calls");
    return activation;
}

void require_like(const Tensor& a, const Tensor& b, const char* names) {
    require(a.data_type == b.data_type && same_dims(a, b), bad_param, std::string(names) + " differ: " + describe(a) + " and "
            + describe(b));
}

}

LAMINA_EXPORT int cudnnCreateActivationDescriptor(Activation** descriptor) {
    return entry(__func__, [&] {
        require(descriptor != nullptr, null_pointer, "activationDesc is null");
        need(Part::ops);
        *descriptor = activations().create();
    });
}

LAMINA_EXPORT int cudnnDestroyActivationDescriptor(Activation* descriptor) {
    return entry(__func__, [&] {
        if (descriptor == nullptr) return;
        require(activations().destroy(descriptor), bad_param, "activationDesc is destroyed already or not an activation descriptor");
    });
}

LAMINA_EXPORT int cudnnSetActivationDescriptor(Activation* descriptor, int mode, int nan_option, double coefficient) {
    return entry(__func__, [&] {
        require_enum(mode, activation_swish, "mode");
        require_enum(nan_option, 1, "reluNanOpt");
        Activation& activation = live(descriptor);
        activation = {mode, nan_option, coefficient, activation.swish_beta};
    });
}

LAMINA_EXPORT int cudnnGetActivationDescriptor(const Activation* descriptor, int* mode, int* nan_option, double* coefficient) {
    return entry(__func__, [&] {
        Activation activation = checked(descriptor);
        require(mode != nullptr && nan_option != nullptr && coefficient != nullptr, null_pointer, "an output is null");
        *mode = activation.mode;
        *nan_option = activation.nan_option;
        *coefficient = activation.coefficient;
    });
}

LAMINA_EXPORT int cudnnSetActivationDescriptorSwishBeta(Activation* descriptor, double beta) {
    return entry(__func__, [&] { live(descriptor).swish_beta = beta; });
}

LAMINA_EXPORT int cudnnGetActivationDescriptorSwishBeta(Activation* descriptor, double* beta) {
    return entry(__func__, [&] {
        require(beta != nullptr, null_pointer, "swish_beta is null");
        *beta = live(descriptor).swish_beta;
    });
}

LAMINA_EXPORT int cudnnActivationForward(Handle* handle, const Activation* descriptor, const void* alpha, const Tensor* x_desc,
        const void* x, const void* beta, const Tensor* y_desc, void* y) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Activation activation = elementwise(descriptor);
        Tensor tx = checked(x_desc, "xDesc");
        Tensor ty = checked(y_desc, "yDesc");
        require_like(tx, ty, "xDesc and yDesc");
        double scale = scalar(tx, alpha, "alpha");
        double keep = scalar(tx, beta, "beta");
        math::Type type = type_of(tx, "xDesc");
        queue(live, "cudnnActivationForward", in_place(tx, range(tx, x, false, "x"), ty, range(ty, y, true, "y")), [=] {
            for_each(tx, [&](const int* i) {
                math::blend(type, y, offset(ty, i), scale, activate(activation, math::load(type, x, offset(tx, i))), keep);
            });
        });
    });
}

LAMINA_EXPORT int cudnnActivationBackward(Handle* handle, const Activation* descriptor, const void* alpha, const Tensor* y_desc,
        const void* y, const Tensor* dy_desc, const void* dy, const Tensor* x_desc, const void* x, const void* beta, const Tensor* dx_desc,
        void* dx) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Activation activation = elementwise(descriptor);
        Tensor ty = checked(y_desc, "yDesc");
        Tensor tdy = checked(dy_desc, "dyDesc");
        Tensor tx = checked(x_desc, "xDesc");
        Tensor tdx = checked(dx_desc, "dxDesc");
        require_like(ty, tdy, "yDesc and dyDesc");
        require_like(ty, tx, "yDesc and xDesc");
        require_like(tx, tdx, "xDesc and dxDesc");
        require(same_strides(ty, tdy) && same_strides(tx, tdx), not_supported_layout, "y and dy, and x and dx, must have the same strides");
        double scale = scalar(tx, alpha, "alpha");
        double keep = scalar(tx, beta, "beta");
        math::Type type = type_of(tx, "xDesc");
        std::vector<Range> ranges = in_place(tdy, range(tdy, dy, false, "dy"), tdx, range(tdx, dx, true, "dx"));
        ranges.push_back(range(ty, y, false, "y"));
        ranges.push_back(range(tx, x, false, "x"));
        queue(live, "cudnnActivationBackward", ranges, [=] {
            for_each(tx, [&](const int* i) {
                double rise = slope(activation, math::load(type, x, offset(tx, i)), math::load(type, y, offset(ty, i)));
                math::blend(type, dx, offset(tdx, i), scale, rise * math::load(type, dy, offset(tdy, i)), keep);
            });
        });
    });
}
