package dev.lamina.cuda.libraries;

import dev.lamina.backend.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An opened library, for the few calls that ask what it is. It stays open as long as the process. */
final class NativeLibrary {
    private final Path file;
    private final SymbolLookup symbols;

    private NativeLibrary(Path file, SymbolLookup symbols) {
        this.file = file;
        this.symbols = symbols;
    }

    /**
     * Opens a library. What is opened later and needs a library of this one's name gets this one.
     *
     * @throws BackendException if the system's loader refuses it; with the loader's words
     */
    @SuppressWarnings("restricted")
    static NativeLibrary open(Path file) {
        try {
            System.load(file.toString());
            return new NativeLibrary(file, SymbolLookup.libraryLookup(file, Arena.global()));
        } catch (UnsatisfiedLinkError | IllegalArgumentException e) {
            BackendException failure = new BackendException("CUDA: " + file + " cannot be loaded: " + e.getMessage() + ".",
                    "It must be NVIDIA's library for this platform, with what it needs beside it or known to the system's loader.");
            failure.initCause(e);
            throw failure;
        }
    }

    boolean has(String function) {
        return symbols.find(function).isPresent();
    }

    /** Calls a function that takes an integer and gives an integer. */
    int call(String function, int argument) {
        return (int) invoke(function, ValueLayout.JAVA_INT, List.of(argument));
    }

    /** Calls a function without arguments that gives a size. */
    long size(String function) {
        return (long) invoke(function, ValueLayout.JAVA_LONG, List.of());
    }

    /** Calls a function without arguments that gives a text. */
    @SuppressWarnings("restricted")
    String text(String function) {
        return ((MemorySegment) invoke(function, ValueLayout.ADDRESS, List.of())).reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** Calls a function whose first arguments are places for what it answers and whose last are integers. */
    int ask(String function, List<MemorySegment> answers, int... arguments) {
        List<Object> values = new ArrayList<>(answers);
        Arrays.stream(arguments).forEach(values::add);
        return (int) invoke(function, ValueLayout.JAVA_INT, values);
    }

    /** Calls a function that takes the number of a property and a place for its value. */
    int property(String function, int which, MemorySegment value) {
        return (int) invoke(function, ValueLayout.JAVA_INT, List.of(which, value));
    }

    @SuppressWarnings("restricted")
    private Object invoke(String function, MemoryLayout result, List<?> arguments) {
        MemorySegment address = symbols.find(function).orElseThrow(() -> new BackendException(
                "CUDA: " + file + " has no function " + function + ".", "It is not NVIDIA's library, or one of another version."));
        MemoryLayout[] layouts = arguments.stream().map(argument -> argument instanceof MemorySegment ? ValueLayout.ADDRESS
                : ValueLayout.JAVA_INT).toArray(MemoryLayout[]::new);
        try {
            return Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(result, layouts)).invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException("calling " + function + " of " + file, e);
        }
    }
}
