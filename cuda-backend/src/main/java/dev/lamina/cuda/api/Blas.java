package dev.lamina.cuda.api;

import dev.lamina.cuda.libraries.Library;
import dev.lamina.tensor.DType;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.runtime.cudaStream_t;

/**
 * cuBLAS on one device: matrix products on one stream with a workspace of the caller's. One thread at a time.
 *
 * <p>cuBLAS reads matrices column by column, Lamina row by row. A row-major matrix read so is its transpose, and
 * {@code Cᵀ = op(B)ᵀ op(A)ᵀ}: so A and B, m and n change places in the call, and nothing is copied.
 */
public final class Blas extends Owner {
    /** Math mode: partial sums of a split product stay float32 also where results are bfloat16. */
    private static final int NO_REDUCED_PRECISION_REDUCTION = 16;
    private static final int ALIGNMENT = 256;

    private final cublasHandle handle;
    private Stream stream;
    private Pointer workspace;
    private long workspaceBytes;

    private Blas(Context context, cublasHandle handle) {
        super(context, "cuBLAS");
        this.handle = handle;
    }

    /**
     * Starts cuBLAS on a device.
     *
     * @throws CudaException if the library refuses
     */
    public static Blas open(Context context) {
        Bindings.load(Library.CUBLAS);
        context.makeCurrent();
        cublasHandle handle = new cublasHandle();
        check(JCublas2.cublasCreate(handle), "cublasCreate", context.facts().describe());
        Blas blas = new Blas(context, handle);
        try {
            check(JCublas2.cublasSetMathMode(handle, NO_REDUCED_PRECISION_REDUCTION), "cublasSetMathMode", "");
            return blas;
        } catch (CudaException e) {
            blas.close();
            throw e;
        }
    }

    /** The library's version, 10,000 major + 100 minor + patch in cuBLAS 12, e.g. 120604 for 12.6.4. */
    public int version() {
        enter();
        int[] version = new int[1];
        check(JCublas2.cublasGetVersion(handle, version), "cublasGetVersion", "");
        return version[0];
    }

    /** Products are queued on this stream from now on; cheap where they are already. The workspace stays. */
    public void stream(Stream next) {
        if (next == stream) {
            return;
        }
        enter();
        check(JCublas2.cublasSetStream(handle, new cudaStream_t(next.raw())), "cublasSetStream", "");
        stream = next;
        if (workspace != null) {
            // cublasSetStream goes back to the library's own workspace.
            setWorkspace();
        }
    }

    /**
     * Memory that products may use, instead of the library's own, so that a captured graph depends on nothing hidden. It must stay as long
     * as products are queued, and belongs to this object's stream alone.
     */
    public void workspace(DeviceMemory memory) {
        workspace(memory.address(), memory.bytes());
    }

    /** The same with an address, a multiple of 256, and a number of bytes. */
    public void workspace(long address, long bytes) {
        enter();
        if (address % ALIGNMENT != 0) {
            throw new IllegalArgumentException("Blas.workspace: address %#x, needs a multiple of %d.".formatted(address, ALIGNMENT));
        }
        workspace = new Raw.Host(address);
        workspaceBytes = bytes;
        setWorkspace();
    }

    private void setWorkspace() {
        int status = JCublas2.cublasSetWorkspace(handle, workspace, workspaceBytes);
        if (status != 0) {
            check(status, "cublasSetWorkspace", workspaceBytes + " bytes");
        }
    }

    /**
     * Queues a product.
     *
     * @param gemm sizes and types
     * @param a address of the first operand
     * @param b address of the second operand
     * @param c address of the result
     * @throws CudaException if the library refuses
     */
    public void gemm(Gemm gemm, long a, long b, long c) {
        enter();
        int status = gemm.batch() == 1 ? single(gemm, a, b, c) : strided(gemm, a, b, c);
        if (status != 0) {
            check(status, gemm.batch() == 1 ? "cublasGemmEx" : "cublasGemmStridedBatchedEx",
                    "%s, A at %#x, B at %#x, C at %#x".formatted(gemm, a, b, c));
        }
    }

    private int single(Gemm g, long a, long b, long c) {
        DType sum = g.arithmetic().sum();
        return JCublas2.cublasGemmEx_new(handle, operation(g.transposeB()), operation(g.transposeA()), (int) g.n(), (int) g.m(),
                (int) g.k(), Scalars.one(sum), new Raw.Host(b), type(g.b()), (int) g.b().leading(),
                new Raw.Host(a), type(g.a()), (int) g.a().leading(), beta(g),
                new Raw.Host(c), type(g.c()), (int) g.c().leading(), compute(g.arithmetic()), cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
    }

    private int strided(Gemm g, long a, long b, long c) {
        DType sum = g.arithmetic().sum();
        return JCublas2.cublasGemmStridedBatchedEx_new(handle, operation(g.transposeB()), operation(g.transposeA()),
                (int) g.n(), (int) g.m(), (int) g.k(), Scalars.one(sum),
                new Raw.Host(b), type(g.b()), (int) g.b().leading(), g.b().stride(),
                new Raw.Host(a), type(g.a()), (int) g.a().leading(), g.a().stride(), beta(g),
                new Raw.Host(c), type(g.c()), (int) g.c().leading(), g.c().stride(),
                (int) g.batch(), compute(g.arithmetic()), cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
    }

    private static Pointer beta(Gemm gemm) {
        DType sum = gemm.arithmetic().sum();
        return gemm.accumulate() ? Scalars.one(sum) : Scalars.zero(sum);
    }

    private static int operation(boolean transpose) {
        return transpose ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
    }

    private static int type(Gemm.Matrix matrix) {
        return switch (matrix.type()) {
            case FLOAT32 -> cudaDataType.CUDA_R_32F;
            case FLOAT64 -> cudaDataType.CUDA_R_64F;
            case BFLOAT16 -> cudaDataType.CUDA_R_16BF;
            case FLOAT16, INT32, INT64, UINT8, BOOL -> throw new IllegalArgumentException("gemm: no products of " + matrix.type() + ".");
        };
    }

    private static int compute(Arithmetic arithmetic) {
        return switch (arithmetic) {
            case FLOAT32, BFLOAT16 -> cublasComputeType.CUBLAS_COMPUTE_32F;
            case TF32 -> cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32;
            case FLOAT64 -> cublasComputeType.CUBLAS_COMPUTE_64F;
        };
    }

    private static void check(int number, String call, String arguments) {
        BlasStatus status = BlasStatus.of(number);
        if (status != BlasStatus.SUCCESS) {
            throw new CudaException(call, BlasStatus.name(number), arguments, status.hint());
        }
    }

    @Override
    void release() {
        check(JCublas2.cublasDestroy(handle), "cublasDestroy", "");
    }
}
