package dev.lamina.cuda.api;

/** Something of a context that must be released. The context knows what is alive. */
abstract class Owner implements AutoCloseable {
    private final Context context;
    private final String what;
    private boolean closed;

    Owner(Context context, String what) {
        this.context = context;
        this.what = what;
        context.born(this);
    }

    final Context context() {
        return context;
    }

    final boolean closed() {
        return closed || context.closed();
    }

    /** Makes the context current; fails where this or the context is closed. */
    final void enter() {
        ensureOpen();
        context.makeCurrent();
    }

    final void ensureOpen() {
        if (closed()) {
            throw new IllegalStateException(what + " is closed" + (closed ? "" : ", with its context"));
        }
    }

    /** Gives it back to the driver; the context is current. */
    abstract void release();

    /** Releases it; later calls do nothing, and neither does one after the context was closed. */
    @Override
    public final void close() {
        if (!closed()) {
            context.makeCurrent();
            closed = true;
            context.gone(this);
            release();
        }
        closed = true;
    }

    @Override
    public final String toString() {
        return what;
    }
}
