package dev.lamina.samples.cli;

import dev.lamina.backend.CompileOptions.Precision;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a precision as users write it. */
final class PrecisionOption implements ITypeConverter<Precision> {
    /** The name of the option in all commands. */
    static final String NAME = "--precision";
    /** What it means, for all commands. */
    static final String MEANING = "float32, tf32 (10-bit mantissas in products on GPUs; CPUs compute it as float32) or bf16 "
            + "(bfloat16 products, float32 sums and weights; not on the reference)";

    @Override
    public Precision convert(String text) {
        try {
            return Precision.of(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
