package dev.lamina.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** The control functions of the emulated libcuda ({@code native/emulator/src/control.hpp}), called through the foreign-function API. */
public final class EmulatorControl {
    private final MethodHandle lastMessage;
    private final MethodHandle inject;
    private final MethodHandle live;
    private final MethodHandle alive;
    private final MethodHandle leaks;
    private final MethodHandle count;
    private final MethodHandle reset;

    @SuppressWarnings("restricted")
    EmulatorControl(Path library) {
        SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
        lastMessage = find(symbols, "last_message", FunctionDescriptor.of(ValueLayout.ADDRESS));
        inject = find(symbols, "inject", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT));
        live = find(symbols, "live", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        alive = find(symbols, "alive", FunctionDescriptor.of(ValueLayout.ADDRESS));
        leaks = find(symbols, "leaks", FunctionDescriptor.of(ValueLayout.ADDRESS));
        count = find(symbols, "count", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        reset = find(symbols, "reset", FunctionDescriptor.ofVoid());
    }

    @SuppressWarnings("restricted")
    private static MethodHandle find(SymbolLookup symbols, String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow("lamina_emulator_" + name), descriptor);
    }

    /** Which rule the latest refused call has broken, empty if none. */
    public String lastMessage() {
        return text(lastMessage);
    }

    /**
     * Lets calls of an API function fail.
     *
     * @param function name as documented, without a version suffix, such as {@code cuMemAlloc} or {@code cudnnCreate}
     * @param after how many calls pass before the first failure, 0 or more
     * @param status what the failing calls return, not 0
     * @param times how many calls fail; negative: all from then on
     */
    public void inject(String function, int after, int status, int times) {
        try (Arena arena = Arena.ofConfined()) {
            inject.invokeExact(arena.allocateFrom(function), after, status, times);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many objects of a kind are alive in this process, such as {@code memory}, {@code stream} or {@code cudnnTensorDescriptor}. */
    public long live(String kind) {
        return number(live, kind);
    }

    /** What is alive in this process, such as {@code 2 stream, 1 memory (1024 bytes)}; empty if nothing is. */
    public String alive() {
        return text(alive);
    }

    /** What was still alive when contexts were destroyed since the last {@link #reset()}, a line for each; empty if nothing was. */
    public String leaks() {
        return text(leaks);
    }

    /**
     * Calls of an API function since the last {@link #reset()}, by its name without a version suffix, or one of {@code kernels} and
     * {@code copies} (done on the device, in graphs too), {@code launches}, {@code graphLaunches}, {@code syncs}, {@code allocations}.
     */
    public long count(String what) {
        return number(count, what);
    }

    /** Forgets injected faults, counts, messages, leaks and the errors that contexts stick to. Live objects stay. */
    public void reset() {
        try {
            reset.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static long number(MethodHandle function, String argument) {
        try (Arena arena = Arena.ofConfined()) {
            return (long) function.invokeExact(arena.allocateFrom(argument));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("restricted")
    private static String text(MethodHandle function) {
        try {
            MemorySegment text = (MemorySegment) function.invokeExact();
            return text.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
