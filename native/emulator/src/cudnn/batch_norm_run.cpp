// Exports that run batch normalisation: training, inference and gradient.
#include "batch_norm.hpp"

#include "../math/parallel.hpp"

#include <cmath>

using namespace lamina::emulator;
using namespace lamina::emulator::dnn;

namespace {

struct Statistics {
    double mean;
    /// Of the batch as it is (biased).
    double variance;
};

Statistics statistics(const std::vector<double>& x) {
    double sum = 0;
    for (double value : x) sum += value;
    double mean = sum / x.size();
    double squares = 0;
    for (double value : x) squares += (value - mean) * (value - mean);
    return {mean, squares / x.size()};
}

/// Calls body(group) for all parameters, on two threads if there is much to do.
template <class Body>
void for_groups(const BatchNorm& norm, const Body& body) {
    math::in_halves(norm.groups(), 20.0 * count(norm.x), [&](int, long long from, long long to) {
        for (long long g = from; g < to; g++) body(static_cast<int>(g));
    });
}

double value(const BatchNorm& norm, const void* parameters, int g) {
    return math::load(norm.parameter_type, parameters, g);
}

/// scale * (x - mean) * inverse + bias for the elements of a group.
void normalise(const BatchNorm& norm, int g, std::vector<double>& x, double mean, double inverse, const void* scale, const void* bias) {
    double factor = value(norm, scale, g);
    double shift = value(norm, bias, g);
    for (double& element : x) element = factor * ((element - mean) * inverse) + shift;
}

/// Gradients of the two parameters of a group.
struct Sums {
    double scale;
    double bias;
};

/// Turns x into dx = scale * inverse * (dy - mean(dy) - normalised x * mean(dy * normalised x)).
Sums differentiate(std::vector<double>& x, const std::vector<double>& dy, double mean, double inverse, double scale) {
    Sums sums{0, 0};
    for (std::size_t i = 0; i < x.size(); i++) {
        sums.bias += dy[i];
        sums.scale += dy[i] * (x[i] - mean) * inverse;
    }
    double members = static_cast<double>(x.size());
    for (std::size_t i = 0; i < x.size(); i++) {
        double normalised = (x[i] - mean) * inverse;
        x[i] = scale * inverse * (dy[i] - sums.bias / members - normalised * sums.scale / members);
    }
    return sums;
}

/// running = (1 - factor) * running + factor * now; with factor 1 the old value is not read.
void average(const BatchNorm& norm, void* running, int g, double now, double factor) {
    math::blend(norm.parameter_type, running, g, factor, now, 1 - factor);
}

}

LAMINA_EXPORT int cudnnBatchNormalizationForwardTraining(Handle* handle, int mode, const void* alpha, const void* beta,
        const Tensor* x_desc, const void* x, const Tensor* y_desc, void* y, const Tensor* parameter_desc, const void* scale,
        const void* bias, double factor, void* running_mean, void* running_variance, double epsilon, void* saved_mean,
        void* saved_inverse) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Tensor parameters = checked(parameter_desc, "bnScaleBiasMeanVarDesc");
        BatchNorm norm = batch_norm(mode, checked(x_desc, "xDesc"), checked(y_desc, "yDesc"), parameters, epsilon);
        double a = scalar(norm.x, alpha, "alpha");
        double b = scalar(norm.x, beta, "beta");
        require((running_mean == nullptr) == (running_variance == nullptr), bad_param,
                "running mean and variance go together: one is null");
        require((saved_mean == nullptr) == (saved_inverse == nullptr), bad_param,
                "saved mean and inverse variance go together: one is null");
        require(factor >= 0 && factor <= 1, bad_param, "exponentialAverageFactor is " + std::to_string(factor));
        std::vector<Range> ranges = in_place(norm.x, range(norm.x, x, false, "x"), norm.y, range(norm.y, y, true, "y"));
        ranges.push_back(parameter_range(norm, scale, false, "bnScale"));
        ranges.push_back(parameter_range(norm, bias, false, "bnBias"));
        if (running_mean != nullptr) {
            ranges.push_back(parameter_range(norm, running_mean, true, "resultRunningMean"));
            ranges.push_back(parameter_range(norm, running_variance, true, "resultRunningVariance"));
        }
        if (saved_mean != nullptr) {
            ranges.push_back(parameter_range(norm, saved_mean, true, "resultSaveMean"));
            ranges.push_back(parameter_range(norm, saved_inverse, true, "resultSaveInvVariance"));
        }
        queue(live, "cudnnBatchNormalizationForwardTraining", ranges, [=] {
            for_groups(norm, [&](int g) {
                std::vector<double> elements = read_group(norm, norm.x, x, g);
                Statistics found = statistics(elements);
                double inverse = 1 / std::sqrt(found.variance + norm.epsilon);
                normalise(norm, g, elements, found.mean, inverse, scale, bias);
                blend_group(norm, norm.y, y, g, a, elements, b);
                if (running_mean != nullptr) {
                    double members = static_cast<double>(norm.members());
                    average(norm, running_mean, g, found.mean, factor);
                    average(norm, running_variance, g, found.variance * (members > 1 ? members / (members - 1) : 1), factor);
                }
                if (saved_mean != nullptr) {
                    math::store(norm.parameter_type, saved_mean, g, found.mean);
                    math::store(norm.parameter_type, saved_inverse, g, inverse);
                }
            });
        });
    });
}

LAMINA_EXPORT int cudnnBatchNormalizationForwardInference(Handle* handle, int mode, const void* alpha, const void* beta,
        const Tensor* x_desc, const void* x, const Tensor* y_desc, void* y, const Tensor* parameter_desc, const void* scale,
        const void* bias, const void* mean, const void* variance, double epsilon) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Tensor parameters = checked(parameter_desc, "bnScaleBiasMeanVarDesc");
        BatchNorm norm = batch_norm(mode, checked(x_desc, "xDesc"), checked(y_desc, "yDesc"), parameters, epsilon);
        double a = scalar(norm.x, alpha, "alpha");
        double b = scalar(norm.x, beta, "beta");
        std::vector<Range> ranges = in_place(norm.x, range(norm.x, x, false, "x"), norm.y, range(norm.y, y, true, "y"));
        ranges.push_back(parameter_range(norm, scale, false, "bnScale"));
        ranges.push_back(parameter_range(norm, bias, false, "bnBias"));
        ranges.push_back(parameter_range(norm, mean, false, "estimatedMean"));
        ranges.push_back(parameter_range(norm, variance, false, "estimatedVariance"));
        queue(live, "cudnnBatchNormalizationForwardInference", ranges, [=] {
            for_groups(norm, [&](int g) {
                std::vector<double> elements = read_group(norm, norm.x, x, g);
                double inverse = 1 / std::sqrt(value(norm, variance, g) + norm.epsilon);
                normalise(norm, g, elements, value(norm, mean, g), inverse, scale, bias);
                blend_group(norm, norm.y, y, g, a, elements, b);
            });
        });
    });
}

LAMINA_EXPORT int cudnnBatchNormalizationBackward(Handle* handle, int mode, const void* alpha_data, const void* beta_data,
        const void* alpha_parameter, const void* beta_parameter, const Tensor* x_desc, const void* x, const Tensor* dy_desc,
        const void* dy, const Tensor* dx_desc, void* dx, const Tensor* parameter_desc, const void* scale, void* dscale, void* dbias,
        double epsilon, const void* saved_mean, const void* saved_inverse) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Tensor tdx = checked(dx_desc, "dxDesc");
        Tensor parameters = checked(parameter_desc, "dBnScaleBiasDesc");
        BatchNorm norm = batch_norm(mode, checked(x_desc, "xDesc"), checked(dy_desc, "dyDesc"), parameters, epsilon);
        batch_norm(mode, norm.x, tdx, norm.parameters, epsilon);
        double a = scalar(norm.x, alpha_data, "alphaDataDiff");
        double b = scalar(norm.x, beta_data, "betaDataDiff");
        double c = scalar(norm.x, alpha_parameter, "alphaParamDiff");
        double d = scalar(norm.x, beta_parameter, "betaParamDiff");
        require((saved_mean == nullptr) == (saved_inverse == nullptr), bad_param,
                "saved mean and inverse variance go together: one is null");
        require(mode != batch_norm_spatial_persistent || saved_mean != nullptr, bad_param,
                "SPATIAL_PERSISTENT needs saved mean and variance");
        std::vector<Range> ranges = in_place(norm.y, range(norm.y, dy, false, "dy"), tdx, range(tdx, dx, true, "dx"));
        ranges.push_back(range(norm.x, x, false, "x"));
        ranges.push_back(parameter_range(norm, scale, false, "bnScale"));
        ranges.push_back(parameter_range(norm, dscale, true, "dBnScaleResult"));
        ranges.push_back(parameter_range(norm, dbias, true, "dBnBiasResult"));
        if (saved_mean != nullptr) {
            ranges.push_back(parameter_range(norm, saved_mean, false, "savedMean"));
            ranges.push_back(parameter_range(norm, saved_inverse, false, "savedInvVariance"));
        }
        queue(live, "cudnnBatchNormalizationBackward", ranges, [=] {
            for_groups(norm, [&](int g) {
                std::vector<double> elements = read_group(norm, norm.x, x, g);
                std::vector<double> gradients = read_group(norm, norm.y, dy, g);
                Statistics found = saved_mean == nullptr ? statistics(elements) : Statistics{value(norm, saved_mean, g), 0};
                double inverse = saved_mean == nullptr ? 1 / std::sqrt(found.variance + norm.epsilon) : value(norm, saved_inverse, g);
                Sums sums = differentiate(elements, gradients, found.mean, inverse, value(norm, scale, g));
                blend_group(norm, tdx, dx, g, a, elements, b);
                math::blend(norm.parameter_type, dscale, g, c, sums.scale, d);
                math::blend(norm.parameter_type, dbias, g, c, sums.bias, d);
            });
        });
    });
}
