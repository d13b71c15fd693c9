package dev.lamina.io.onnx;

import dev.lamina.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Element types of {@code TensorProto.DataType}, in order of their codes. */
public enum OnnxType {
    UNDEFINED, FLOAT(DType.FLOAT32), UINT8(DType.UINT8), INT8, UINT16, INT16, INT32(DType.INT32), INT64(DType.INT64), STRING,
    BOOL(DType.BOOL), FLOAT16(DType.FLOAT16), DOUBLE(DType.FLOAT64), UINT32, UINT64, COMPLEX64, COMPLEX128, BFLOAT16(DType.BFLOAT16),
    FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, UINT4, INT4, FLOAT4E2M1;

    private static final List<OnnxType> ALL = List.of(values());
    private final DType dtype;

    OnnxType() {
        this(null);
    }

    OnnxType(DType dtype) {
        this.dtype = dtype;
    }

    /** The type of a code; {@link #UNDEFINED} for those that came later. */
    public static OnnxType of(long code) {
        return code >= 0 && code < ALL.size() ? ALL.get((int) code) : UNDEFINED;
    }

    /** The type that Lamina writes an element type as. */
    static OnnxType of(DType dtype) {
        return ALL.stream().filter(t -> t.dtype == dtype).findFirst().orElseThrow();
    }

    /** Lamina's type of the same values, if there is one. */
    public Optional<DType> dtype() {
        return Optional.ofNullable(dtype);
    }

    /** The code in files. */
    int code() {
        return ordinal();
    }

    /** Why a value of this type cannot be taken. */
    public String refusal() {
        return "is " + this + "; Lamina has " + Arrays.stream(DType.values()).map(DType::toString).collect(Collectors.joining(", "))
                + ". Convert the model.";
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
