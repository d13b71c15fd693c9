package dev.lamina.cuda.api;

import dev.lamina.cuda.libraries.Library;
import dev.lamina.tensor.DType;
import java.util.function.Supplier;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;

/**
 * cuDNN 9 on one device. The ops ({@link DnnConvolution}, {@link DnnBatchNorm}, ...) are made before the first run, with their descriptors,
 * and then only called. One thread at a time; all work is queued on one stream.
 */
public final class Dnn extends Owner {
    private static final int MAJOR = 9;
    private static final int MAJOR_UNIT = 10_000;

    private final cudnnHandle handle;
    private Stream stream;

    private Dnn(Context context, cudnnHandle handle) {
        super(context, "cuDNN");
        this.handle = handle;
    }

    /**
     * Starts cuDNN on a device.
     *
     * @throws CudaException if the library is not version 9, or refuses
     */
    public static Dnn open(Context context) {
        Bindings.load(Library.CUDNN);
        context.makeCurrent();
        long version = JCudnn.cudnnGetVersion();
        if (version / MAJOR_UNIT != MAJOR) {
            throw new CudaException("cudnnGetVersion", Long.toString(version), "",
                    "Lamina needs cuDNN 9 (90000 to 99999). `lamina doctor` shows what was loaded from where.");
        }
        cudnnHandle handle = new cudnnHandle();
        check(JCudnn.cudnnCreate(handle), "cudnnCreate", context.facts()::describe);
        return new Dnn(context, handle);
    }

    /** The library's version, 10,000 major + 100 minor + patch, e.g. 90501 for 9.5.1. */
    public long version() {
        return JCudnn.cudnnGetVersion();
    }

    /** Work is queued on this stream from now on; cheap where it is already. */
    public void stream(Stream next) {
        if (next == stream) {
            return;
        }
        enter();
        check(JCudnn.cudnnSetStream(handle, new cudaStream_t(next.raw())), "cudnnSetStream", () -> "");
        stream = next;
    }

    /** The stream that work is queued on; null is the default stream. */
    Stream stream() {
        return stream;
    }

    /** The handle, for a call on this thread. */
    cudnnHandle use() {
        enter();
        return handle;
    }

    /**
     * Throws unless a call succeeded.
     *
     * @param arguments the arguments that matter; asked for on failure only
     */
    static void check(int status, String call, Supplier<String> arguments) {
        if (status != DnnStatus.SUCCESS) {
            String reason = DnnMessages.last();
            String facts = arguments.get();
            throw new CudaException(call, DnnStatus.name(status),
                    reason.isEmpty() ? facts : facts + (facts.isEmpty() ? "" : "; ") + "cuDNN says: " + reason, DnnStatus.hint(status));
        }
    }

    /** cuDNN's number of a type. */
    static int code(DType type) {
        return switch (type) {
            case FLOAT32 -> cudnnDataType.CUDNN_DATA_FLOAT;
            case FLOAT64 -> cudnnDataType.CUDNN_DATA_DOUBLE;
            case BFLOAT16 -> cudnnDataType.CUDNN_DATA_BFLOAT16;
            case FLOAT16, INT32, INT64, UINT8, BOOL -> throw new IllegalArgumentException("cuDNN: nothing is computed of " + type + ".");
        };
    }

    /** The type of the scale factors that go with tensors of a type. */
    static DType scaleType(DType type) {
        return type == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    }

    @Override
    void release() {
        check(JCudnn.cudnnDestroy(handle), "cudnnDestroy", () -> "");
    }
}
