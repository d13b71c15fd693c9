package dev.lamina.cpu.onednn;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Collections;

/**
 * oneDNN's C API, as far as it is used: the only class that calls the library. Pointers and handles are longs, which C compilers
 * pass alike.
 * {@link DnnlLibrary#load} must have succeeded before this class is touched. Thread-safe, as the library is.
 *
 * <p>Names and meanings: oneDNN 3.x, dnnl.h and dnnl_types.h.
 */
final class Dnnl {
    static final int F32 = 3;
    static final int BF16 = 2;
    static final int S32 = 4;
    static final int U8 = 6;

    static final int TAG_ANY = 1;
    static final int TAG_ABCD16B = 78;
    static final int TAG_ABCD8B = 102;

    static final int FORWARD_TRAINING = 64;
    static final int FORWARD_INFERENCE = 96;
    static final int CONVOLUTION_DIRECT = 1;
    static final int LRN_ACROSS_CHANNELS = 0xaff;
    static final int BINARY_ADD = 0x1fff0;
    static final int SCRATCHPAD_USER = 1;

    static final int QUERY_IMPLEMENTATION = 8;
    static final int QUERY_STRIDES = 14;
    static final int QUERY_SRC = 129;
    static final int QUERY_DIFF_SRC = 130;
    static final int QUERY_WEIGHTS = 131;
    static final int QUERY_DIFF_WEIGHTS = 132;
    static final int QUERY_DST = 133;
    static final int QUERY_DIFF_DST = 134;
    static final int QUERY_WORKSPACE = 135;
    static final int QUERY_SCRATCHPAD = 136;
    static final int QUERY_RANK = 256;
    static final int QUERY_DIMS = 257;
    static final int QUERY_PADDED_DIMS = 260;
    static final int QUERY_INNER_BLOCK_COUNT = 263;
    static final int QUERY_INNER_BLOCKS = 264;
    static final int QUERY_INNER_AXES = 265;

    static final int ARG_SRC = 1;
    static final int ARG_SRC_1 = 2;
    static final int ARG_DST = 17;
    static final int ARG_WEIGHTS = 33;
    static final int ARG_BIAS = 41;
    static final int ARG_WORKSPACE = 64;
    static final int ARG_SCRATCHPAD = 80;
    static final int ARG_DIFF_SRC = 129;
    static final int ARG_DIFF_DST = 145;
    static final int ARG_DIFF_WEIGHTS = 161;
    static final int ARG_DIFF_BIAS = 169;
    static final int ARG_POST_OP = 32768;

    static final int SUCCESS = 0;
    static final int OUT_OF_MEMORY = 1;
    static final int UNIMPLEMENTED = 3;

    private static final SymbolLookup LIBRARY = DnnlLibrary.load().dnnl();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    static final MethodHandle VERSION = handle("dnnl_version", FunctionDescriptor.of(LONG));
    static final MethodHandle ENGINE_CREATE = status("dnnl_engine_create", 3);
    static final MethodHandle ENGINE_DESTROY = status("dnnl_engine_destroy", 1);
    static final MethodHandle STREAM_CREATE = status("dnnl_stream_create", 3);
    static final MethodHandle STREAM_DESTROY = status("dnnl_stream_destroy", 1);

    static final MethodHandle DESC_WITH_TAG = status("dnnl_memory_desc_create_with_tag", 5);
    static final MethodHandle DESC_WITH_STRIDES = status("dnnl_memory_desc_create_with_strides", 5);
    static final MethodHandle DESC_WITH_BLOB = status("dnnl_memory_desc_create_with_blob", 2);
    static final MethodHandle DESC_BLOB = status("dnnl_memory_desc_get_blob", 3);
    static final MethodHandle DESC_QUERY = status("dnnl_memory_desc_query", 3);
    static final MethodHandle DESC_SIZE = handle("dnnl_memory_desc_get_size", FunctionDescriptor.of(LONG, LONG));
    static final MethodHandle DESC_DESTROY = status("dnnl_memory_desc_destroy", 1);

    static final MethodHandle MEMORY_CREATE = status("dnnl_memory_create", 4);
    static final MethodHandle MEMORY_SET = status("dnnl_memory_set_data_handle", 2);
    static final MethodHandle MEMORY_DESTROY = status("dnnl_memory_destroy", 1);

    static final MethodHandle ATTR_CREATE = status("dnnl_primitive_attr_create", 1);
    static final MethodHandle ATTR_SCRATCHPAD = status("dnnl_primitive_attr_set_scratchpad_mode", 2);
    static final MethodHandle ATTR_DETERMINISTIC = status("dnnl_primitive_attr_set_deterministic", 2);
    static final MethodHandle ATTR_POST_OPS = status("dnnl_primitive_attr_set_post_ops", 2);
    static final MethodHandle ATTR_DESTROY = status("dnnl_primitive_attr_destroy", 1);
    static final MethodHandle POST_OPS_CREATE = status("dnnl_post_ops_create", 1);
    static final MethodHandle POST_OPS_BINARY = status("dnnl_post_ops_append_binary", 3);
    static final MethodHandle POST_OPS_PRELU = status("dnnl_post_ops_append_prelu", 2);
    static final MethodHandle POST_OPS_DESTROY = status("dnnl_post_ops_destroy", 1);

    static final MethodHandle CONVOLUTION_FORWARD = status("dnnl_convolution_forward_primitive_desc_create", 13);
    static final MethodHandle CONVOLUTION_DATA = status("dnnl_convolution_backward_data_primitive_desc_create", 12);
    static final MethodHandle CONVOLUTION_WEIGHTS = status("dnnl_convolution_backward_weights_primitive_desc_create", 13);
    static final MethodHandle MATMUL = status("dnnl_matmul_primitive_desc_create", 7);
    static final MethodHandle REORDER = status("dnnl_reorder_primitive_desc_create", 6);
    static final MethodHandle LRN_FORWARD = handle("dnnl_lrn_forward_primitive_desc_create",
            FunctionDescriptor.of(INT, LONG, LONG, LONG, LONG, LONG, LONG, LONG, FLOAT, FLOAT, FLOAT, LONG));
    static final MethodHandle LRN_BACKWARD = handle("dnnl_lrn_backward_primitive_desc_create",
            FunctionDescriptor.of(INT, LONG, LONG, LONG, LONG, LONG, LONG, LONG, FLOAT, FLOAT, FLOAT, LONG, LONG));

    static final MethodHandle PRIMITIVE_DESC_QUERY = status("dnnl_primitive_desc_query", 4);
    static final MethodHandle PRIMITIVE_DESC_MD =
            handle("dnnl_primitive_desc_query_md", FunctionDescriptor.of(LONG, LONG, LONG, LONG));
    static final MethodHandle PRIMITIVE_DESC_DESTROY = status("dnnl_primitive_desc_destroy", 1);
    static final MethodHandle PRIMITIVE_CREATE = status("dnnl_primitive_create", 2);
    static final MethodHandle PRIMITIVE_DESTROY = status("dnnl_primitive_destroy", 1);
    static final MethodHandle PRIMITIVE_EXECUTE = status("dnnl_primitive_execute", 4);

    private Dnnl() { }

    private static MethodHandle status(String function, int longs) {
        return handle(function, FunctionDescriptor.of(INT, Collections.nCopies(longs, LONG).toArray(MemoryLayout[]::new)));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(String function, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(LIBRARY.find(function).orElseThrow(() -> new IllegalStateException(
                "oneDNN at \"" + DnnlLibrary.load().files().dnnl() + "\" lacks the function " + function + "; needs version 3.")), type);
    }
}
