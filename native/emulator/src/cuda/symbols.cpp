// Variables of a shared object, from its symbol table: shared memory of kernels and variables of modules are local symbols.
#include "module.hpp"

#include <cctype>
#include <cstring>
#include <elf.h>

namespace lamina::emulator {
namespace {

/// A structure at an offset of the object; the object comes from a compiler that we started, so an offset outside is damage.
template <class Structure>
Structure at(const std::string& object, std::size_t offset) {
    Structure value;
    if (offset > object.size() || object.size() - offset < sizeof value) {
        refuse(invalid_image, "the shared object in the image is cut short");
    }
    std::memcpy(&value, object.data() + offset, sizeof value);
    return value;
}

Elf64_Shdr section(const std::string& object, const Elf64_Ehdr& header, std::size_t index) {
    return at<Elf64_Shdr>(object, header.e_shoff + index * sizeof(Elf64_Shdr));
}

bool is_writable(const std::string& object, const Elf64_Ehdr& header, std::size_t index) {
    return index != SHN_UNDEF && index < header.e_shnum && (section(object, header, index).sh_flags & SHF_WRITE);
}

}

std::vector<Variable> variables_of(const std::string& object) {
    std::vector<Variable> all;
    auto header = at<Elf64_Ehdr>(object, 0);
    for (std::size_t i = 0; i < header.e_shnum; i++) {
        Elf64_Shdr table = section(object, header, i);
        if (table.sh_type != SHT_SYMTAB) {
            continue;
        }
        Elf64_Shdr names = section(object, header, table.sh_link);
        for (std::size_t offset = 0; offset < table.sh_size; offset += sizeof(Elf64_Sym)) {
            auto symbol = at<Elf64_Sym>(object, table.sh_offset + offset);
            if (ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT && symbol.st_size > 0 && is_writable(object, header, symbol.st_shndx)) {
                at<char>(object, names.sh_offset + symbol.st_name);
                all.push_back({object.c_str() + names.sh_offset + symbol.st_name, symbol.st_value, symbol.st_size});
            }
        }
    }
    return all;
}

std::string scope_of(const std::string& mangled) {
    if (mangled.compare(0, 3, "_ZZ") != 0) {
        return "";
    }
    std::size_t at = 3;
    std::size_t length = 0;
    while (at < mangled.size() && std::isdigit(static_cast<unsigned char>(mangled[at]))) {
        length = length * 10 + static_cast<std::size_t>(mangled[at++] - '0');
    }
    return length > 0 && at + length < mangled.size() ? mangled.substr(at, length) : "?";
}

}
