package dev.lamina.cuda.lowering;

import java.util.ArrayDeque;
import java.util.Deque;

/** Native objects that live as long as an executable; closed in reverse order. One thread. */
public final class Owned implements AutoCloseable {
    private final Deque<AutoCloseable> objects = new ArrayDeque<>();

    /** Keeps these to begin with. */
    public Owned(AutoCloseable... first) {
        for (AutoCloseable object : first) {
            add(object);
        }
    }

    /** Keeps an object. */
    public <T extends AutoCloseable> T add(T object) {
        objects.push(object);
        return object;
    }

    /** Closes all because of a failure, which a further one in closing must not hide: that is added to it as suppressed. */
    public void closeAfter(Throwable failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Closes all; idempotent. A failure to close one keeps none of the others open. */
    @Override
    public void close() {
        RuntimeException first = null;
        while (!objects.isEmpty()) {
            try {
                objects.pop().close();
            } catch (Exception e) {
                RuntimeException failure = e instanceof RuntimeException known ? known : new IllegalStateException(e);
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
