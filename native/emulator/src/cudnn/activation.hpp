// Activation descriptors of the emulated cuDNN and the functions behind them.
#pragma once

#include "dnn.hpp"

namespace lamina::emulator::dnn {

/// Numbers of cudnnActivationMode_t.
enum {
    activation_sigmoid = 0,
    activation_relu = 1,
    activation_tanh = 2,
    activation_clipped_relu = 3,
    activation_elu = 4,
    activation_identity = 5,
    activation_swish = 6,
};

/// What an activation descriptor holds; `mode` -1: never set. `coefficient` is the ceiling of CLIPPED_RELU and the alpha of ELU.
struct Activation {
    int mode = -1;
    int nan_option = 0;
    double coefficient = 0;
    double swish_beta = 1;
};

math::Registry<Activation>& activations();
Activation checked(const Activation* descriptor);

double activate(const Activation& activation, double x);

/// Derivative at x with value y.
double slope(const Activation& activation, double x, double y);

}
