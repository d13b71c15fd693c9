package dev.lamina.check;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a check has opened; closes it in reverse order. */
final class Owned implements AutoCloseable {
    private final Deque<AutoCloseable> all = new ArrayDeque<>();

    <T extends AutoCloseable> T own(T resource) {
        all.push(resource);
        return resource;
    }

    @Override
    public void close() {
        while (!all.isEmpty()) {
            try (AutoCloseable next = all.pop()) {
                assert next != null;
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("check: cannot release " + e.getMessage(), e);
            }
        }
    }
}
