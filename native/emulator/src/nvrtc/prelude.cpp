#include "prelude.hpp"

namespace lamina::emulator {

const std::string& prelude() {
    static const std::string text =
#include "prelude/types.inc"
#include "prelude/module.inc"
#include "prelude/math.inc"
#include "prelude/intrinsics.inc"
#include "prelude/threads.inc"
        ;
    return text;
}

}
