package dev.lamina.cuda.api;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * cuDNN's own words on the calling thread's last failure. JCuda's classes are older than that function, so it is called through Java's
 * foreign functions, in the library that is loaded already.
 */
final class DnnMessages {
    private static final Logger LOG = LoggerFactory.getLogger(DnnMessages.class);
    private static final int LONGEST = 512;
    private static final MethodHandle LAST_ERROR = bind();

    private DnnMessages() { }

    /** Why the calling thread's last call failed; empty if the library does not say. */
    static String last() {
        if (LAST_ERROR == null) {
            return "";
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(LONGEST);
            LAST_ERROR.invokeExact(text, (long) LONGEST);
            text.set(ValueLayout.JAVA_BYTE, LONGEST - 1, (byte) 0);
            return text.getString(0, StandardCharsets.UTF_8).strip();
        } catch (Throwable e) {
            LOG.debug("cudnnGetLastErrorString: {}", e.toString());
            return "";
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle bind() {
        try {
            return SymbolLookup.libraryLookup("libcudnn.so.9", Arena.global()).find("cudnnGetLastErrorString")
                    .map(function -> Linker.nativeLinker().downcallHandle(function,
                            FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG)))
                    .orElse(null);
        } catch (IllegalArgumentException e) {
            LOG.debug("cuDNN's messages stay unread: {}", e.getMessage());
            return null;
        }
    }
}
