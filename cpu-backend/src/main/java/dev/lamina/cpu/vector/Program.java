package dev.lamina.cpu.vector;

import dev.lamina.graph.Pointwise;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * A straight-line program of pointwise ops over registers, one register an operand, a constant or an instruction's result. Registers are
 * float32 and truth values are 0 or 1. Operands of type uint8, bool and int32 are converted when loaded, as a cast to float32 does:
 * int32 beyond 2^24 rounds, so such an operand may feed nothing but a cast to float32 or bool ({@link #supports} accepts no other use).
 * Results are stored under {@link DType#round}. Immutable and thread-safe.
 */
public final class Program {
    /** {@code registers[to] = code(registers[a], registers[b], registers[c])}, with the op's attributes p and q. */
    record Instruction(Code code, int a, int b, int c, int to, float p, float q) { }

    /** A register that is stored. */
    record Result(int register, DType dtype) { }

    /** A register that holds one value. */
    record Constant(int register, float value) { }

    /** A register that is loaded. */
    record Operand(int register, DType dtype) { }

    final List<Operand> operands;
    final List<Constant> constants;
    final List<Instruction> instructions;
    final List<Result> results;
    final int registers;

    private Program(Builder builder) {
        operands = List.copyOf(builder.operands);
        constants = List.copyOf(builder.constants);
        instructions = List.copyOf(builder.instructions);
        results = List.copyOf(builder.results);
        registers = builder.registers;
    }

    /** Number of operands. */
    public int operands() {
        return operands.size();
    }

    /** Number of results. */
    public int results() {
        return results.size();
    }

    /** Number of instructions. */
    public int instructions() {
        return instructions.size();
    }

    /**
     * Whether {@link Builder#apply} takes the op on operands of these types, with results equal to those of the graph's op. Arithmetic is
     * float32 only; comparisons, selections, maxima and casts take uint8 and bool too, where float32 is exact; int32 can only be cast.
     */
    public static boolean supports(Pointwise op, DType... types) {
        return switch (op) {
            case Pointwise.Unary(Pointwise.UnaryFunction function) ->
                types[0] == (function == Pointwise.UnaryFunction.NOT ? DType.BOOL : DType.FLOAT32);
            case Pointwise.Binary(Pointwise.BinaryFunction function) -> switch (function) {
                case AND, OR, XOR -> types[0] == DType.BOOL;
                case MAX, MIN -> types[0] == DType.FLOAT32 || types[0] == DType.UINT8;
                case ADD, SUBTRACT, MULTIPLY, DIVIDE, POW -> types[0] == DType.FLOAT32;
            };
            case Pointwise.Compare _ -> exact(types[0]);
            case Pointwise.Where _ -> types[0] == DType.BOOL && exact(types[1]);
            case Pointwise.Cast(DType to) -> casts(types[0], to);
            case Pointwise.LeakyRelu _, Pointwise.Elu _, Pointwise.Gelu _, Pointwise.Clip _, Pointwise.Binarize _,
                Pointwise.ReluGradient _ -> types[0] == DType.FLOAT32;
        };
    }

    /** Types whose every value is a float32. */
    private static boolean exact(DType type) {
        return type == DType.FLOAT32 || type == DType.UINT8 || type == DType.BOOL;
    }

    private static boolean casts(DType from, DType to) {
        return switch (to) {
            case FLOAT32, BOOL -> exact(from) || from == DType.INT32;
            case UINT8, INT32 -> exact(from);
            case FLOAT64, BFLOAT16, FLOAT16, INT64 -> false;
        };
    }

    /** Collects a program. Not thread-safe. */
    public static final class Builder {
        private final List<Operand> operands = new ArrayList<>();
        private final List<Constant> constants = new ArrayList<>();
        private final List<Instruction> instructions = new ArrayList<>();
        private final List<Result> results = new ArrayList<>();
        private int registers;

        /**
         * Adds the next operand and returns its register.
         *
         * @throws IllegalArgumentException if the type is not float32, uint8, bool or int32
         */
        public int operand(DType dtype) {
            check(dtype, "operand");
            operands.add(new Operand(registers, dtype));
            return registers++;
        }

        /** Adds a constant and returns its register. */
        public int constant(float value) {
            constants.add(new Constant(registers, value));
            return registers++;
        }

        /**
         * Adds an instruction on earlier registers and returns its register. {@link Program#supports} must hold for the operands' types.
         *
         * @throws IllegalArgumentException if a register does not exist or their number is not the op's
         */
        public int apply(Pointwise op, int... from) {
            int count = switch (op) {
                case Pointwise.Unary _, Pointwise.Cast _, Pointwise.Floating _ -> 1;
                case Pointwise.Binary _, Pointwise.Compare _, Pointwise.ReluGradient _ -> 2;
                case Pointwise.Where _ -> 3;
            };
            if (from.length != count) {
                throw new IllegalArgumentException(op.name() + ": takes " + count + " registers, got " + from.length + ".");
            }
            for (int register : from) {
                exists(register, op.name());
            }
            int a = from[0];
            int b = count > 1 ? from[1] : a;
            boolean swaps = Code.swaps(op);
            instructions.add(new Instruction(Code.of(op), swaps ? b : a, swaps ? a : b, count > 2 ? from[2] : a, registers,
                    first(op), second(op)));
            return registers++;
        }

        /**
         * Adds the next result.
         *
         * @throws IllegalArgumentException if the register does not exist or the type is not float32, uint8, bool or int32
         */
        public Builder result(int register, DType dtype) {
            exists(register, "result");
            check(dtype, "result");
            results.add(new Result(register, dtype));
            return this;
        }

        /**
         * The program.
         *
         * @throws IllegalArgumentException if it has no result
         */
        public Program build() {
            if (results.isEmpty()) {
                throw new IllegalArgumentException("program: has no result; add one.");
            }
            return new Program(this);
        }

        private void exists(int register, String user) {
            if (register < 0 || register >= registers) {
                throw new IllegalArgumentException(user + ": register " + register + " is not one of 0.." + (registers - 1) + ".");
            }
        }

        private static void check(DType dtype, String what) {
            if (!exact(dtype) && dtype != DType.INT32) {
                throw new IllegalArgumentException("program: " + what + " of type " + dtype + ", needs float32, uint8, bool or int32.");
            }
        }

        private static float first(Pointwise pointwise) {
            return (float) switch (pointwise) {
                case Pointwise.LeakyRelu op -> op.slope();
                case Pointwise.Elu op -> op.alpha();
                case Pointwise.Clip op -> op.low();
                case Pointwise.Unary _, Pointwise.Binary _, Pointwise.Compare _, Pointwise.Where _, Pointwise.Cast _, Pointwise.Gelu _,
                    Pointwise.Binarize _, Pointwise.ReluGradient _ -> 0;
            };
        }

        private static float second(Pointwise op) {
            return op instanceof Pointwise.Clip(double _, double high) ? (float) high : 0;
        }
    }
}
