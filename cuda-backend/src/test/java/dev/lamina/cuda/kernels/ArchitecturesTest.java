package dev.lamina.cuda.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.cuda.kernels.ChainProgram.Access;
import dev.lamina.graph.Pointwise;
import dev.lamina.kernels.KernelSource;
import dev.lamina.tensor.DType;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every kernel compiles for the architectures that are to be served, by NVIDIA's own compiler; skipped where there is none. */
class ArchitecturesTest {
    private static final List<String> ARCHITECTURES = List.of("sm_75", "sm_80", "sm_90");
    private static final List<String> ELEMENTS = List.of("FLOAT32", "FLOAT64", "BFLOAT16", "FLOAT16", "INT32", "INT64", "UINT8");

    /** Families for floating types only. */
    private static final Set<String> FLOATING = Set.of("batch_norm", "lrn");

    private static RealNvrtc nvrtc;

    @BeforeAll
    static void find() {
        Optional<RealNvrtc> found = RealNvrtc.find();
        if (found.isEmpty()) {
            System.out.println("SKIPPED: no libnvrtc.so.12 or .13 of NVIDIA here; set LAMINA_NVRTC to its file");
        }
        assumeTrue(found.isPresent(), "no libnvrtc of NVIDIA");
        nvrtc = found.get();
    }

    /** Names of all families, from the class path's folder or archive. */
    private static List<String> families() throws IOException, URISyntaxException {
        URI uri = KernelSource.class.getResource("random.cu").toURI();
        if (uri.getScheme().equals("jar")) {
            try (FileSystem archive = FileSystems.newFileSystem(uri, Map.of())) {
                return families(archive.provider().getPath(uri).getParent());
            }
        }
        return families(Path.of(uri).getParent());
    }

    private static List<String> families(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".cu"))
                    .map(name -> name.substring(0, name.length() - ".cu".length())).sorted().toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> resources() throws IOException, URISyntaxException {
        List<String> families = families();
        assertFalse(families.isEmpty());
        return families.stream().flatMap(family -> variants(family).stream().flatMap(defines -> ARCHITECTURES.stream().map(architecture ->
                dynamicTest(family + " " + defines + " " + architecture,
                        () -> compiles(KernelSource.family(family), family, architecture, defines)))));
    }

    /** Families that are compiled for one element type take it as a definition. */
    private static List<List<String>> variants(String family) {
        String text = KernelSource.family(family);
        if (!text.contains("ELEMENT_FLOAT32")) {
            return List.of(List.of());
        }
        return ELEMENTS.stream().filter(element -> element.contains("FLOAT") || !FLOATING.contains(family))
                .map(element -> List.of("ELEMENT_" + element + "=1")).toList();
    }

    private static void compiles(String text, String name, String architecture, List<String> defines) {
        List<String> options = new ArrayList<>(List.of("--gpu-architecture=" + architecture, "--std=c++17"));
        defines.forEach(define -> options.add("--define-macro=" + define));
        text.lines().filter(line -> line.startsWith("//!")).forEach(line -> options.add(line.substring(3).strip()));
        assertEquals("", nvrtc.problem(text, name + ".cu", options));
    }

    @TestFactory
    Stream<DynamicTest> chains() {
        StringBuilder text = new StringBuilder(KernelSource.helpers("pointwise"));
        // A way to reach operands for each type, as all pairs would take minutes.
        for (DType type : DType.values()) {
            Access access = Access.values()[type.ordinal() % Access.values().length];
            for (Pointwise op : ops(type)) {
                text.append(ChainSource.of(program(op, type, access), access == Access.PERIODIC, 4).text());
            }
        }
        return ARCHITECTURES.stream().map(architecture -> dynamicTest(architecture,
                () -> compiles(text.toString(), "chains", architecture, List.of())));
    }

    /** Every function that takes the type. */
    private static List<Pointwise> ops(DType type) {
        List<Pointwise> ops = new ArrayList<>();
        for (DType to : DType.values()) {
            ops.add(new Pointwise.Cast(to));
        }
        ops.add(new Pointwise.Where());
        for (Pointwise.Comparison comparison : Pointwise.Comparison.values()) {
            ops.add(new Pointwise.Compare(comparison));
        }
        for (Pointwise.BinaryFunction function : Pointwise.BinaryFunction.values()) {
            boolean logic = new Pointwise.Binary(function).whyNoGradient().isPresent();
            boolean real = function == Pointwise.BinaryFunction.DIVIDE || function == Pointwise.BinaryFunction.POW;
            if (logic ? type == DType.BOOL : type != DType.BOOL && (type.isFloating() || !real)) {
                ops.add(new Pointwise.Binary(function));
            }
        }
        if (type.isFloating()) {
            for (Pointwise.UnaryFunction function : Pointwise.UnaryFunction.values()) {
                if (function != Pointwise.UnaryFunction.NOT) {
                    ops.add(new Pointwise.Unary(function));
                }
            }
            for (Pointwise.ReluRule rule : Pointwise.ReluRule.values()) {
                ops.add(new Pointwise.ReluGradient(rule));
            }
            ops.addAll(List.of(new Pointwise.LeakyRelu(1), new Pointwise.Elu(1), new Pointwise.Gelu(false), new Pointwise.Gelu(true),
                    new Pointwise.Clip(0, 1), new Pointwise.Binarize(Pointwise.StepGradient.BLOCK)));
        }
        return ops;
    }

    private static ChainProgram program(Pointwise op, DType type, Access access) {
        ChainProgram.Builder builder = new ChainProgram.Builder();
        int a = builder.operand(type, type, Access.DENSE);
        int b = builder.operand(type, type, access);
        int result = switch (op) {
            case Pointwise.Where _ -> builder.apply(op, builder.operand(DType.BOOL, DType.BOOL, access), a, b);
            case Pointwise.Binary _, Pointwise.Compare _, Pointwise.ReluGradient _ -> builder.apply(op, a, b);
            default -> builder.apply(op, b);
        };
        DType made = builder.build().registers().get(result).type();
        builder.result(result, made == DType.FLOAT32 && access == Access.DENSE ? DType.BFLOAT16 : made);
        return builder.build();
    }
}
