package dev.lamina.cuda.kernels;

import dev.lamina.cuda.Emulator;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * NVIDIA's own compiler beside the emulated one, opened by its file: it needs no GPU. Looked for at {@code LAMINA_NVRTC}, below
 * {@code LD_LIBRARY_PATH} and where systems put it.
 */
final class RealNvrtc {
    private static final AddressLayout TEXT = ValueLayout.ADDRESS;

    private final MethodHandle create;
    private final MethodHandle compile;
    private final MethodHandle logSize;
    private final MethodHandle log;
    private final MethodHandle destroy;
    private final Path file;

    @SuppressWarnings("restricted")
    private RealNvrtc(Path file) {
        this.file = file;
        // Python's packages leave it to the process to find what the compiler opens by its bare name.
        in(file.toAbsolutePath().getParent(), "libnvrtc-builtins.so.1[23]*")
                .ifPresent(path -> SymbolLookup.libraryLookup(path, Arena.global()));
        SymbolLookup symbols = SymbolLookup.libraryLookup(file, Arena.global());
        create = find(symbols, "nvrtcCreateProgram", TEXT, TEXT, TEXT, ValueLayout.JAVA_INT, TEXT, TEXT);
        compile = find(symbols, "nvrtcCompileProgram", TEXT, ValueLayout.JAVA_INT, TEXT);
        logSize = find(symbols, "nvrtcGetProgramLogSize", TEXT, TEXT);
        log = find(symbols, "nvrtcGetProgramLog", TEXT, TEXT);
        destroy = find(symbols, "nvrtcDestroyProgram", TEXT);
    }

    @SuppressWarnings("restricted")
    private static MethodHandle find(SymbolLookup symbols, String name, java.lang.foreign.MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    /** The compiler, if this machine has one. */
    static Optional<RealNvrtc> find() {
        return candidates().map(RealNvrtc::new);
    }

    private static Optional<Path> candidates() {
        String named = System.getenv("LAMINA_NVRTC");
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        List<Path> folders = new ArrayList<>();
        Stream.of("LAMINA_CUDA_LIBS", "LD_LIBRARY_PATH").map(name -> System.getenv().getOrDefault(name, ""))
                .flatMap(path -> Arrays.stream(path.split(File.pathSeparator))).filter(path -> !path.isEmpty()).map(Path::of)
                .filter(folder -> !folder.equals(Emulator.folder())).forEach(folders::add);
        folders.addAll(List.of(Path.of("/usr/local/cuda/lib64"), Path.of("/usr/lib/x86_64-linux-gnu"), Path.of("/usr/lib64")));
        return folders.stream().filter(Files::isDirectory)
                .flatMap(folder -> in(folder, "libnvrtc.so.1[23]{,.[0-9]*}").stream()).findFirst();
    }

    private static Optional<Path> in(Path folder, String pattern) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
            for (Path file : files) {
                return Optional.of(file);
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** What is wrong with a text; empty if it compiles. */
    String problem(String source, String name, List<String> options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment program = arena.allocate(ValueLayout.ADDRESS);
            require((int) create.invokeExact(program, arena.allocateFrom(source), arena.allocateFrom(name), 0, MemorySegment.NULL,
                    MemorySegment.NULL));
            MemorySegment handle = program.get(ValueLayout.ADDRESS, 0);
            MemorySegment all = arena.allocate(ValueLayout.ADDRESS, options.size());
            for (int i = 0; i < options.size(); i++) {
                all.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(options.get(i)));
            }
            int status = (int) compile.invokeExact(handle, options.size(), all);
            String text = status == 0 ? "" : "status " + status + "\n" + log(handle, arena);
            require((int) destroy.invokeExact(program));
            return text;
        } catch (Throwable e) {
            throw new IllegalStateException(file.toString(), e);
        }
    }

    private String log(MemorySegment program, Arena arena) throws Throwable {
        MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
        require((int) logSize.invokeExact(program, size));
        MemorySegment text = arena.allocate(size.get(ValueLayout.JAVA_LONG, 0));
        require((int) log.invokeExact(program, text));
        return text.getString(0);
    }

    private static void require(int status) {
        if (status != 0) {
            throw new IllegalStateException("NVRTC status " + status);
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
