// Number formats of the emulated libraries: reading and writing typed elements, rounding to bf16 and TF32.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace lamina::emulator::math {

enum class Type { float32, float64, bfloat16 };

/// What a tensor core makes of a float32 operand before it multiplies.
enum class Rounding { none, tf32, bfloat16 };

inline std::size_t size_of(Type type) {
    switch (type) {
    case Type::float32: return 4;
    case Type::float64: return 8;
    case Type::bfloat16: return 2;
    }
    return 0;
}

inline std::uint32_t bits_of(float value) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

inline float float_of(std::uint32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

inline float from_bfloat16(std::uint16_t bits) {
    return float_of(static_cast<std::uint32_t>(bits) << 16);
}

/// Rounds to nearest, ties to even; a NaN stays a (quiet) NaN.
inline std::uint16_t to_bfloat16(float value) {
    std::uint32_t bits = bits_of(value);
    if (value != value) {
        return static_cast<std::uint16_t>((bits >> 16) | 0x40);
    }
    bits += 0x7fff + ((bits >> 16) & 1);
    return static_cast<std::uint16_t>(bits >> 16);
}

/// Rounds to 10 bits of mantissa, nearest, ties away from zero: the conversion PTX documents as cvt.rna.tf32.f32. Libraries may truncate
/// instead, so a limit for TF32 results must come from 2^-10 an operand, not from the 2^-11 of this rounding.
inline float to_tf32(float value) {
    std::uint32_t bits = bits_of(value);
    if ((bits & 0x7f800000) == 0x7f800000) {
        return value;
    }
    return float_of((bits + 0x1000) & 0xffffe000);
}

inline float rounded(float value, Rounding rounding) {
    switch (rounding) {
    case Rounding::none: return value;
    case Rounding::tf32: return to_tf32(value);
    case Rounding::bfloat16: return from_bfloat16(to_bfloat16(value));
    }
    return value;
}

inline double load(Type type, const void* data, std::ptrdiff_t index) {
    switch (type) {
    case Type::float32: return static_cast<const float*>(data)[index];
    case Type::float64: return static_cast<const double*>(data)[index];
    case Type::bfloat16: return from_bfloat16(static_cast<const std::uint16_t*>(data)[index]);
    }
    return 0;
}

inline void store(Type type, void* data, std::ptrdiff_t index, double value) {
    switch (type) {
    case Type::float32: static_cast<float*>(data)[index] = static_cast<float>(value); return;
    case Type::float64: static_cast<double*>(data)[index] = value; return;
    case Type::bfloat16: static_cast<std::uint16_t*>(data)[index] = to_bfloat16(static_cast<float>(value)); return;
    }
}

/// target = alpha * value + beta * target; with beta 0 the target is not read, so that a NaN in it does no harm.
inline void blend(Type type, void* data, std::ptrdiff_t index, double alpha, double value, double beta) {
    store(type, data, index, beta == 0 ? alpha * value : alpha * value + beta * load(type, data, index));
}

/// Reads `count` elements that lie `step` apart into doubles; `rounding` applies to float32 only.
inline void gather(Type type, Rounding rounding, const void* data, std::ptrdiff_t start, std::ptrdiff_t step, std::ptrdiff_t count,
        double* target) {
    if (type == Type::float32) {
        const float* source = static_cast<const float*>(data) + start;
        if (rounding == Rounding::none) {
            for (std::ptrdiff_t i = 0; i < count; i++) target[i] = source[i * step];
        } else {
            for (std::ptrdiff_t i = 0; i < count; i++) target[i] = rounded(source[i * step], rounding);
        }
    } else if (type == Type::float64) {
        const double* source = static_cast<const double*>(data) + start;
        for (std::ptrdiff_t i = 0; i < count; i++) target[i] = source[i * step];
    } else {
        const std::uint16_t* source = static_cast<const std::uint16_t*>(data) + start;
        for (std::ptrdiff_t i = 0; i < count; i++) target[i] = from_bfloat16(source[i * step]);
    }
}

/// blend() of `count` values into elements that lie `step` apart.
inline void blend_run(Type type, void* data, std::ptrdiff_t start, std::ptrdiff_t step, std::ptrdiff_t count, double alpha,
        const double* values, double beta) {
    if (type == Type::float32 && beta == 0) {
        float* target = static_cast<float*>(data) + start;
        for (std::ptrdiff_t i = 0; i < count; i++) target[i * step] = static_cast<float>(alpha * values[i]);
    } else if (type == Type::float32) {
        float* target = static_cast<float*>(data) + start;
        for (std::ptrdiff_t i = 0; i < count; i++) target[i * step] = static_cast<float>(alpha * values[i] + beta * target[i * step]);
    } else {
        for (std::ptrdiff_t i = 0; i < count; i++) blend(type, data, start + i * step, alpha, values[i], beta);
    }
}

/// Byte that fills scratch memory nobody may read: eight of it are a NaN in every format here.
constexpr int poison = 0xff;

}
