package dev.lamina.cpu.vector;

import dev.lamina.graph.Reduction;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/** Checksums of what every instruction and the sums make of a fixed sample, for comparison between virtual machines. */
final class FunctionBits {
    /** Instructions that are more than a few operations. */
    static final Set<Code> FUNCTIONS = EnumSet.of(Code.EXP, Code.EXPM1, Code.LOG, Code.LOG1P, Code.TANH, Code.SIGMOID, Code.SOFTPLUS,
            Code.ERF, Code.GELU, Code.GELU_TANH, Code.ELU, Code.POW);
    /** Start of the line that depends on how many lanes a vector has. */
    static final String SUMS = "sums of ";
    private static final int OTHER_ARGUMENTS = 2000;
    private static final int TILE = 2000;
    private static final int PADDED = 2048;
    private final long a;
    private final long b;
    private final long y;
    private final long spare;

    private FunctionBits(Arena arena) {
        a = arena.allocate(4 * PADDED, 64).address();
        b = arena.allocate(4 * PADDED, 64).address();
        y = arena.allocate(4 * PADDED, 64).address();
        spare = arena.allocate(8 * PADDED, 64).address();
    }

    /** Prints the checksums; arguments are for how many arguments of each function, and how often to do it before the last is printed. */
    public static void main(String[] arguments) {
        String text = "";
        for (int round = 0; round < Integer.parseInt(arguments[1]); round++) {
            text = text(Integer.parseInt(arguments[0]));
        }
        System.out.print(text);
    }

    /** What {@link #main} prints in a new virtual machine with an option. */
    static List<String> inNewMachine(String option, int functionArguments, int rounds) throws IOException, InterruptedException {
        Path output = Files.createTempFile("lamina-function-bits", ".txt");
        try {
            List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), option,
                    "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-cp",
                    System.getProperty("java.class.path"), FunctionBits.class.getName(), Integer.toString(functionArguments),
                    Integer.toString(rounds));
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(30, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
            }
            List<String> lines = Files.readAllLines(output);
            if (process.exitValue() != 0 || lines.size() != Code.values().length + 1) {
                throw new AssertionError(command + " ended with " + process.exitValue() + ":\n" + String.join("\n", lines));
            }
            return lines;
        } finally {
            Files.delete(output);
        }
    }

    /** A line for every instruction, and one for the sums, which depend on how many lanes a vector has. */
    private static String text(int functionArguments) {
        StringBuilder text = new StringBuilder();
        try (Arena arena = Arena.ofConfined()) {
            FunctionBits bits = new FunctionBits(arena);
            for (Code code : Code.values()) {
                text.append(code).append(' ').append(bits.checksum(code, functionArguments)).append('\n');
            }
            text.append(SUMS).append(Raw.LANES).append(' ').append(bits.sums()).append('\n');
        }
        return text.toString();
    }

    private void sample(Random random) {
        for (int i = 0; i < PADDED; i++) {
            float any = Float.intBitsToFloat(random.nextInt());
            float moderate = (random.nextFloat() - 0.5f) * 40;
            float tame = random.nextFloat() * 4 - 1;
            int kind = random.nextInt(4);
            Raw.ALL.set(Rows.FLOAT, a + 4L * i, kind == 0 ? any : kind == 1 ? tame : moderate);
            Raw.ALL.set(Rows.FLOAT, b + 4L * i, kind == 3 ? Math.rint(moderate) == 0 ? any : (float) Math.rint(moderate) : moderate);
        }
    }

    private long checksum(Code code, int functionArguments) {
        Random random = new Random(11);
        CRC32 crc = new CRC32();
        int tiles = (FUNCTIONS.contains(code) ? functionArguments : OTHER_ARGUMENTS) / TILE;
        for (int tile = 0; tile < tiles; tile++) {
            sample(random);
            TileOps.run(code, a, b, a, y, spare, 0.75f, 1.5f, PADDED);
            for (int i = 0; i < TILE; i++) {
                add(crc, Float.floatToIntBits(Raw.ALL.get(Rows.FLOAT, y + 4L * i)));
            }
        }
        return crc.getValue();
    }

    private long sums() {
        CRC32 crc = new CRC32();
        Random random = new Random(12);
        for (int i = 0; i < PADDED; i++) {
            Raw.ALL.set(Rows.FLOAT, a + 4L * i, (float) random.nextGaussian());
        }
        for (int n = 0; n < PADDED; n += 1 + n / 16) {
            for (Reduction.Fold fold : Reduction.Fold.values()) {
                add(crc, Float.floatToIntBits((float) FoldLoops.row(fold, a, n, spare)));
            }
        }
        return crc.getValue();
    }

    private static void add(CRC32 crc, int bits) {
        for (int shift = 0; shift < 32; shift += 8) {
            crc.update(bits >>> shift);
        }
    }
}
