package dev.lamina.cuda.kernels;

import dev.lamina.graph.Pointwise;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * What a chain of pointwise functions computes for one element: registers, in the order in which they get their values, and which of them
 * are stored. Immutable and thread-safe.
 *
 * @param registers operands, scalars and instructions
 * @param results what is stored, in order
 */
public record ChainProgram(List<Register> registers, List<Result> results) {

    /** How an operand's position follows from the position of a result. */
    public enum Access {
        /** The same position. */
        DENSE,
        /** Each element several times in a row, all of them over and over: scalars, and operands with one number per channel. */
        PERIODIC,
        /** Strides along up to four axes. */
        STRIDED
    }

    /** Where a register's value comes from. */
    public sealed interface Register {
        /** The type of the value in the graph. */
        DType type();
    }

    /**
     * An element of an operand.
     *
     * @param held type in memory: the value's own, or bfloat16 for a float32 value
     */
    public record Operand(DType type, DType held, Access access) implements Register {
    }

    /** A number that is given at the launch. Its value is no part of the kernel's text. */
    public record Scalar(DType type, double value) implements Register {
    }

    /** A function of earlier registers: the op's operands, then its attributes. */
    public record Instruction(Pointwise op, DType type, List<Integer> arguments) implements Register {
    }

    /**
     * A stored register.
     *
     * @param held type in memory: the register's own, or bfloat16 for float32
     */
    public record Result(int register, DType held) {
    }

    /** Copies the lists. */
    public ChainProgram {
        registers = List.copyOf(registers);
        results = List.copyOf(results);
    }

    /** The operands in the order of the kernel's arguments. */
    public List<Operand> operands() {
        return registers.stream().filter(Operand.class::isInstance).map(Operand.class::cast).toList();
    }

    /** The scalars in the order of the kernel's arguments. */
    public List<Scalar> scalars() {
        return registers.stream().filter(Scalar.class::isInstance).map(Scalar.class::cast).toList();
    }

    /** True if some operand is reached by strides. */
    public boolean strided() {
        return operands().stream().anyMatch(operand -> operand.access() == Access.STRIDED);
    }

    /** Elements that one thread takes at a time: 16 bytes of the widest type in memory, at most 8; 1 with strides. */
    public int width() {
        int widest = 1;
        for (Operand operand : operands()) {
            widest = Math.max(widest, operand.access() == Access.DENSE ? operand.held().bytes() : 1);
        }
        for (Result result : results) {
            widest = Math.max(widest, result.held().bytes());
        }
        return strided() ? 1 : Math.min(8, 16 / widest);
    }

    /** Numbers registers from 0 as they are added. Not thread-safe. */
    public static final class Builder {
        private final List<Register> registers = new ArrayList<>();
        private final List<Result> results = new ArrayList<>();

        /** Adds an operand. */
        public int operand(DType type, DType held, Access access) {
            return add(new Operand(type, held, access));
        }

        /** Adds a number that is given at the launch, rounded to the type. */
        public int scalar(DType type, double value) {
            return add(new Scalar(type, type.round(value)));
        }

        /** Adds a function of registers. */
        public int apply(Pointwise op, int... arguments) {
            DType[] types = new DType[arguments.length];
            List<Integer> all = new ArrayList<>();
            for (int i = 0; i < arguments.length; i++) {
                types[i] = registers.get(arguments[i]).type();
                all.add(arguments[i]);
            }
            // Attributes keep the precision that is computed in.
            DType exact = types[0] == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
            for (double attribute : Formula.attributes(op)) {
                all.add(scalar(exact, attribute));
            }
            return add(new Instruction(op, Formula.result(op, types), List.copyOf(all)));
        }

        /** Stores a register. */
        public void result(int register, DType held) {
            results.add(new Result(register, held));
        }

        /** The program. */
        public ChainProgram build() {
            return new ChainProgram(registers, results);
        }

        private int add(Register register) {
            registers.add(register);
            return registers.size() - 1;
        }
    }
}
