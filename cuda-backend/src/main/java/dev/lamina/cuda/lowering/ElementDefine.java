package dev.lamina.cuda.lowering;

import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Locale;

/** How kernels are told the element type they are compiled for. */
final class ElementDefine {
    private ElementDefine() { }

    /** The definition that {@code stored.cuh} asks for; bool is taken for uint8. */
    static List<String> of(DType element) {
        DType stored = element == DType.BOOL ? DType.UINT8 : element;
        return List.of("ELEMENT_" + stored.toString().toUpperCase(Locale.ROOT) + "=1");
    }
}
