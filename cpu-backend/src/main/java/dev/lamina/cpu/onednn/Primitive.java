package dev.lamina.cpu.onednn;

import dev.lamina.cpu.vector.Kernel;

/** A primitive of oneDNN with its arguments, made once: a run is one call into the library. */
final class Primitive implements Kernel {
    private final String name;
    private final long handle;
    private final long stream;
    private final long count;
    private final long arguments;

    Primitive(String name, long handle, long stream, long count, long arguments) {
        this.name = name;
        this.handle = handle;
        this.stream = stream;
        this.count = count;
        this.arguments = arguments;
    }

    @Override
    public void run() {
        int status;
        try {
            status = (int) Dnnl.PRIMITIVE_EXECUTE.invokeExact(handle, stream, count, arguments);
        } catch (Throwable e) {
            throw NativeScope.unexpected("primitive_execute", e);
        }
        if (status != Dnnl.SUCCESS) {
            NativeScope.check(status, "primitive_execute of " + name);
        }
    }
}
