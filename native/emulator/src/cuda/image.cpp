// Reading images, with care: what a program hands over may be anything.
#include "image.hpp"

#include "context.hpp"
#include "limits.hpp"
#include "module.hpp"

#include <cstring>
#include <sys/uio.h>
#include <unistd.h>

namespace lamina::emulator {
namespace {

constexpr std::size_t largest = std::size_t{1} << 30;

/// Copies bytes that may not be there: an image has no length but the one that it claims.
bool read_memory(void* target, const char* source, std::size_t bytes) {
    iovec local{target, bytes};
    iovec remote{const_cast<char*>(source), bytes};
    return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == static_cast<ssize_t>(bytes);
}

int digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Binary form of the text form.
std::string from_text(const char* image) {
    const char* at = std::strchr(image, '\n');
    std::string bytes;
    for (at = at ? at + 1 : image + std::strlen(image); *at && *at != '\n'; at += 2) {
        int high = digit(at[0]);
        int low = high < 0 ? -1 : digit(at[1]);
        if (low < 0) {
            refuse(invalid_image, "the text form of the image is damaged");
        }
        bytes += static_cast<char>(high << 4 | low);
    }
    return bytes;
}

void check_arch(const ImageHeader& header, const Device& device) {
    unsigned own = static_cast<unsigned>(capability(device));
    bool fits = header.is_virtual ? header.arch <= own : header.arch / 10 == own / 10 && header.arch <= own;
    if (!fits) {
        refuse(no_binary_for_gpu, "the image is for ", header.is_virtual ? "compute_" : "sm_", header.arch, ", the device has ",
               device.major, ".", device.minor);
    }
}

std::string checked(const char* image, std::size_t readable, const Device& device) {
    ImageHeader header;
    bool is_there = readable >= sizeof header && read_memory(&header, image, sizeof header);
    if (!is_there || std::memcmp(header.magic, image_magic, sizeof image_magic) != 0) {
        refuse(invalid_image, "the image is none of the emulated NVRTC");
    }
    if (header.header_checksum != header_checksum(header) || header.bytes > largest || header.bytes > readable - sizeof header) {
        refuse(invalid_image, "the image's header is damaged or the image is cut short");
    }
    std::string object(header.bytes, '\0');
    is_there = read_memory(object.data(), image + sizeof header, object.size());
    if (!is_there || image_checksum(object.data(), object.size()) != header.checksum) {
        refuse(invalid_image, "the image is damaged: its checksum differs");
    }
    check_arch(header, device);
    return object;
}

}

std::string object_of(const void* image, const Context& context) {
    require(image, "image");
    const char* bytes = static_cast<const char*>(image);
    char start[sizeof image_magic];
    std::size_t text_start = std::strlen(image_text_start);
    if (read_memory(start, bytes, sizeof start) && std::memcmp(start, image_text_start, sizeof start) == 0 &&
        std::strncmp(bytes, image_text_start, text_start) == 0) {
        std::string binary = from_text(bytes);
        return checked(binary.data(), binary.size(), context.device);
    }
    return checked(bytes, sizeof(ImageHeader) + largest, context.device);
}

}
