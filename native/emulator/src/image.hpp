// Images of compiled modules: what the emulated NVRTC gives and the emulated driver loads.
//
// Binary form: a header, then the shared object. Text form ("PTX"): one comment line, then the binary form in hexadecimal digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace lamina::emulator {

struct ImageHeader {
    char magic[16];
    std::uint32_t header_bytes;
    /// Compute capability that it was compiled for, such as 90.
    std::uint32_t arch;
    /// Not 0 if it was compiled for a virtual architecture, which later devices take as well.
    std::uint32_t is_virtual;
    std::uint32_t reserved;
    std::uint64_t bytes;
    std::uint64_t checksum;
    std::uint64_t header_checksum;
};

constexpr char image_magic[16] = {'\x7f', 'L', 'A', 'M', 'I', 'N', 'A', ' ', 'E', 'M', 'U', 'L', 'A', 'T', 'E', 'D'};
constexpr const char* image_text_start = "// Lamina EMULATED code, no PTX: ";

/// FNV-1a over 8 bytes at a time; finds damage, withstands no attack.
inline std::uint64_t image_checksum(const char* bytes, std::size_t count) {
    std::uint64_t sum = 0xcbf29ce484222325u;
    for (std::size_t i = 0; i < count; i += 8) {
        std::uint64_t part = 0;
        std::memcpy(&part, bytes + i, count - i < 8 ? count - i : 8);
        sum = (sum ^ part) * 0x100000001b3u;
        sum ^= sum >> 32;
    }
    return sum;
}

inline std::uint64_t header_checksum(const ImageHeader& header) {
    return image_checksum(reinterpret_cast<const char*>(&header), offsetof(ImageHeader, header_checksum));
}

inline std::string make_image(const std::string& object, unsigned arch, bool is_virtual) {
    ImageHeader header{};
    std::memcpy(header.magic, image_magic, sizeof image_magic);
    header.header_bytes = sizeof header;
    header.arch = arch;
    header.is_virtual = is_virtual;
    header.bytes = object.size();
    header.checksum = image_checksum(object.data(), object.size());
    header.header_checksum = header_checksum(header);
    return std::string(reinterpret_cast<const char*>(&header), sizeof header) + object;
}

inline std::string image_as_text(const std::string& image) {
    constexpr const char* digits = "0123456789abcdef";
    std::string text = std::string(image_text_start) + std::to_string(image.size()) + " bytes\n";
    text.reserve(text.size() + 2 * image.size());
    for (unsigned char byte : image) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text + "\n";
}

}
