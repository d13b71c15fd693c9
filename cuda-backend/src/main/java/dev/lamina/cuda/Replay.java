package dev.lamina.cuda;

import dev.lamina.backend.Profiled.StepTime;
import dev.lamina.cuda.api.CapturedGraph;
import dev.lamina.cuda.api.Event;
import dev.lamina.cuda.api.Stream;
import dev.lamina.cuda.lowering.Assembly;
import dev.lamina.cuda.lowering.Buffer;
import dev.lamina.cuda.lowering.Owned;
import dev.lamina.cuda.lowering.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a graph on the compute stream: the first time one by one, so that libraries load what they need; the second time they are
 * recorded into a CUDA graph, which is launched from then on. One thread.
 */
final class Replay implements AutoCloseable {
    private final CudaBackend backend;
    private final Assembly assembly;
    private final boolean capture;
    private CapturedGraph captured;
    private boolean warm;

    /**
     * A replay of an assembly's steps.
     *
     * @param capture whether steps are recorded; else they are enqueued one by one in every run
     */
    Replay(CudaBackend backend, Assembly assembly, boolean capture) {
        this.backend = backend;
        this.assembly = assembly;
        this.capture = capture;
    }

    /** Enqueues what depends on constants and the state only. */
    void prologue() {
        assembly.prologue().forEach(step -> step.work().enqueue(backend.compute()));
    }

    /** Enqueues the steps once. */
    void enqueue() {
        prepare();
        if (captured != null) {
            captured.launch(backend.compute());
            return;
        }
        assembly.steps().forEach(step -> step.work().enqueue(backend.compute()));
        warm = true;
    }

    private void prepare() {
        if (captured == null && warm && capture) {
            captured = capture();
        }
    }

    private CapturedGraph capture() {
        Stream compute = backend.compute();
        compute.beginCapture();
        try {
            assembly.steps().forEach(step -> step.work().enqueue(compute));
            return compute.endCapture();
        } catch (RuntimeException e) {
            compute.abandonCapture();
            throw e;
        }
    }

    /** To be called when buffers have moved: a captured graph holds the addresses of its capture. */
    void forget() {
        if (captured != null) {
            backend.quiesce();
            CapturedGraph old = captured;
            captured = null;
            old.close();
        }
    }

    /** Milliseconds of so many runs behind each other. */
    double time(int runs) {
        prepare();
        try (Event start = backend.context().timedEvent(); Event end = backend.context().timedEvent()) {
            backend.compute().record(start);
            for (int i = 0; i < runs; i++) {
                enqueue();
            }
            backend.compute().record(end);
            end.synchronize();
            return end.millisSince(start);
        }
    }

    /** Milliseconds of each step by itself. */
    List<StepTime> profile() {
        List<Step> steps = assembly.steps();
        try (Owned scope = new Owned()) {
            List<Event> marks = new ArrayList<>();
            for (int i = 0; i <= steps.size(); i++) {
                marks.add(scope.add(backend.context().timedEvent()));
            }
            backend.compute().record(marks.getFirst());
            for (int i = 0; i < steps.size(); i++) {
                steps.get(i).work().enqueue(backend.compute());
                backend.compute().record(marks.get(i + 1));
            }
            marks.getLast().synchronize();
            List<StepTime> times = new ArrayList<>();
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                times.add(new StepTime(step.nodes(), step.implementation(), marks.get(i + 1).millisSince(marks.get(i)),
                        step.buffers().stream().mapToLong(Buffer::bytes).sum()));
            }
            return times;
        }
    }

    @Override
    public void close() {
        forget();
    }
}
