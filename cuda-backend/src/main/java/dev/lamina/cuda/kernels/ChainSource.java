package dev.lamina.cuda.kernels;

import dev.lamina.cuda.kernels.ChainProgram.Access;
import dev.lamina.cuda.kernels.ChainProgram.Instruction;
import dev.lamina.cuda.kernels.ChainProgram.Operand;
import dev.lamina.cuda.kernels.ChainProgram.Register;
import dev.lamina.cuda.kernels.ChainProgram.Result;
import dev.lamina.cuda.kernels.ChainProgram.Scalar;
import dev.lamina.cuda.lowering.Kernels;
import dev.lamina.tensor.DType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * CUDA C for a {@link ChainProgram}. Shapes, strides and numbers are arguments, so that equal chains have equal text whatever they run on.
 * The kernel's name is derived from its text.
 *
 * <p>Arguments of the kernel, in order: a pointer for each operand and each result; the number of elements; for a strided
 * program the extents of all axes but the first; for each periodic operand how often an element is repeated and how many there are, for
 * each strided one its strides along all axes; the scalars. Counts are {@code int}, or {@code long long} in a wide kernel. Threads stride
 * over the elements, {@link ChainProgram#width} at a time; memory must be aligned to 16 bytes, and a block have at least 8 threads.
 */
public final class ChainSource {
    private static final String HELPERS = "pointwise";
    /** Stands for what tells this kernel's names from another's. */
    private static final String OWN = "@";
    private static final int DIGITS = 16;

    private final ChainProgram program;
    private final String index;
    private final int axes;
    private final StringBuilder text = new StringBuilder();

    private ChainSource(ChainProgram program, boolean wide, int axes) {
        this.program = program;
        this.index = wide ? "unsigned long long" : "unsigned int";
        this.axes = axes;
    }

    /**
     * The kernel.
     *
     * @param wide whether positions may exceed 31 bits
     * @param axes how many axes strided operands have
     */
    public static Kernels.Generated of(ChainProgram program, boolean wide, int axes) {
        return new ChainSource(program, wide, axes).write();
    }

    private Kernels.Generated write() {
        element();
        line("");
        line("extern \"C\" __global__ void chain" + OWN + "(" + String.join(", ", parameters()) + ") {");
        line("    const " + index + " threads = (" + index + ")gridDim.x * blockDim.x;");
        line("    const " + index + " thread = (" + index + ")blockIdx.x * blockDim.x + threadIdx.x;");
        if (program.strided()) {
            strided();
        } else {
            packed();
        }
        line("}");
        String own = "_" + digest(text.toString());
        return new Kernels.Generated(HELPERS, "chain" + own, text.toString().replace(OWN, own));
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private List<String> parameters() {
        List<String> all = new ArrayList<>();
        each((i, operand) -> all.add("const " + Element.memory(operand.held()) + "* x" + i));
        for (int k = 0; k < program.results().size(); k++) {
            all.add(Element.memory(program.results().get(k).held()) + "* y" + k);
        }
        all.add(index + " n");
        for (int axis = 1; program.strided() && axis < axes; axis++) {
            all.add(index + " extent" + axis);
        }
        each((i, operand) -> {
            if (operand.access() == Access.PERIODIC) {
                all.add(index + " inner" + i);
                all.add(index + " count" + i);
            } else if (operand.access() == Access.STRIDED) {
                for (int axis = 0; axis < axes; axis++) {
                    all.add(index + " stride" + i + "_" + axis);
                }
            }
        });
        for (int r = 0; r < program.registers().size(); r++) {
            if (program.registers().get(r) instanceof Scalar scalar) {
                all.add(Element.register(scalar.type()).text() + " r" + r);
            }
        }
        return all;
    }

    private interface Each {
        void accept(int operand, Operand description);
    }

    private void each(Each body) {
        List<Operand> operands = program.operands();
        for (int i = 0; i < operands.size(); i++) {
            body.accept(i, operands.get(i));
        }
    }

    /** The function of one element. */
    private void element() {
        List<String> parameters = new ArrayList<>();
        List<String> body = new ArrayList<>();
        int operands = 0;
        for (int r = 0; r < program.registers().size(); r++) {
            Register register = program.registers().get(r);
            String type = Element.register(register.type()).text();
            switch (register) {
                case Operand operand -> {
                    parameters.add(Element.memory(operand.held()) + " x" + operands);
                    body.add("    const " + type + " r" + r + " = " + Element.load(operand.held(), "x" + operands) + ";");
                    operands++;
                }
                case Scalar _ -> parameters.add(type + " r" + r);
                case Instruction instruction -> body.add("    const " + type + " r" + r + " = " + formula(instruction) + ";");
            }
        }
        for (int k = 0; k < program.results().size(); k++) {
            Result result = program.results().get(k);
            parameters.add(Element.memory(result.held()) + "& y" + k);
            body.add("    y" + k + " = " + Element.store(result.held(), "r" + result.register()) + ";");
        }
        line("__device__ __forceinline__ void element" + OWN + "(" + String.join(", ", parameters) + ") {");
        body.forEach(this::line);
        line("}");
    }

    private String formula(Instruction instruction) {
        DType[] types = instruction.arguments().stream().map(r -> program.registers().get(r).type()).toArray(DType[]::new);
        return Formula.of(instruction.op(), types, instruction.arguments().stream().map(r -> "r" + r).toArray(String[]::new));
    }

    private interface Name {
        String of(int i, Operand operand);
    }

    /** A call of the function of one element. */
    private String call(Name operand, String result) {
        List<String> arguments = new ArrayList<>();
        int operands = 0;
        for (int r = 0; r < program.registers().size(); r++) {
            switch (program.registers().get(r)) {
                case Operand description -> {
                    arguments.add(operand.of(operands, description));
                    operands++;
                }
                case Scalar _ -> arguments.add("r" + r);
                case Instruction _ -> { }
            }
        }
        for (int k = 0; k < program.results().size(); k++) {
            arguments.add(result.formatted(k));
        }
        return "element" + OWN + "(" + String.join(", ", arguments) + ");";
    }

    private void packed() {
        int width = program.width();
        if (width > 1) {
            line("    const " + index + " packs = n / " + width + ";");
            line("    for (" + index + " p = thread; p < packs; p += threads) {");
            packs(width);
            line("    }");
        }
        // What is left is less than a pack, so that one turn of the loop does.
        line("    for (" + index + " i = " + (width > 1 ? "packs * " + width + " + " : "") + "thread; i < n; i += threads) {");
        each((i, operand) -> {
            if (operand.access() == Access.PERIODIC) {
                line("        Period<" + index + "> at" + i + "(i, inner" + i + ", count" + i + ");");
            }
        });
        line("        " + call((i, operand) -> "x" + i + (operand.access() == Access.DENSE ? "[i]" : "[at" + i + ".at]"), "y%d[i]"));
        line("    }");
    }

    private void packs(int width) {
        each((i, operand) -> {
            if (operand.access() == Access.DENSE) {
                String pack = pack(operand.held(), width);
                line("        const " + pack + " a" + i + " = ((const " + pack + "*)x" + i + ")[p];");
            } else {
                line("        Period<" + index + "> at" + i + "(p * " + width + ", inner" + i + ", count" + i + ");");
            }
        });
        for (int k = 0; k < program.results().size(); k++) {
            line("        " + pack(program.results().get(k).held(), width) + " b" + k + ";");
        }
        line("        #pragma unroll");
        line("        for (int k = 0; k < " + width + "; k++) {");
        line("            " + call((i, operand) -> operand.access() == Access.DENSE ? "a" + i + ".v[k]" : "x" + i + "[at" + i + ".next()]",
                "b%d.v[k]"));
        line("        }");
        for (int k = 0; k < program.results().size(); k++) {
            line("        ((" + pack(program.results().get(k).held(), width) + "*)y" + k + ")[p] = b" + k + ";");
        }
    }

    private static String pack(DType held, int width) {
        return "Pack<" + Element.memory(held) + ", " + width + ">";
    }

    private void strided() {
        line("    for (" + index + " i = thread; i < n; i += threads) {");
        line("        " + index + " rest = i;");
        for (int axis = axes - 1; axis > 0; axis--) {
            line("        const " + index + " i" + axis + " = rest % extent" + axis + ";");
            line("        rest /= extent" + axis + ";");
        }
        line("        const " + index + " i0 = rest;");
        line("        " + call((i, operand) -> "x" + i + (operand.access() == Access.DENSE ? "[i]" : "[" + position(i) + "]"), "y%d[i]"));
        line("    }");
    }

    private String position(int operand) {
        List<String> terms = new ArrayList<>();
        for (int axis = 0; axis < axes; axis++) {
            terms.add("i" + axis + " * stride" + operand + "_" + axis);
        }
        return String.join(" + ", terms);
    }
}
